import { Connection } from 'jsforce';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RecordRef } from '../../src/model/system.ts';
import { alignStep } from '../../src/sync/align.ts';
import type { EngineContext } from '../../src/sync/engine.ts';
import { erasedPrefix, liftedCause } from '../../src/sync/identity.ts';
import { workOnce } from '../../src/sync/work.ts';
import { withStore } from '../store/postgres.ts';
import { pair, Simulated } from './simulated.ts';

describe('a converted lead, which keeps the HubSpot id that it had', () => {
  const fixture = withStore();
  const simulated = new Simulated(fixture);
  let context: EngineContext;
  let salesforce: Connection;
  let number = 0;

  beforeAll(async () => {
    await simulated.start();
    const { access } = simulated.sandbox;
    salesforce = new Connection({ loginUrl: access.salesforce, version: '62.0' });
    await salesforce.login(access.salesforcePersonUsername, access.salesforcePersonPassword);
  });
  afterAll(async () => simulated.close());
  beforeEach(async () => {
    await fixture.reset();
    context = simulated.context();
  });

  const drain = async (): Promise<void> => {
    await vi.waitUntil(
      async () => {
        await fixture.query('update tandem.dirty set due = now()');
        await workOnce(context, 'live');
        const { dirty, leased, openIntents } = await context.store.backlog(pair.name);
        return dirty + leased + openIntents === 0;
      },
      { timeout: 15_000, interval: 5 },
    );
  };

  const align = async (): Promise<void> => {
    await vi.waitUntil(
      async () => {
        const step = await alignStep(context);
        await workOnce(context, 'live');
        return step === 'done';
      },
      { timeout: 15_000, interval: 1 },
    );
    await drain();
  };

  interface Person {
    readonly contact: string;
    readonly lead: string;
    readonly email: string;
  }

  /** Somebody in HubSpot, and the lead that the engine made. */
  const person = async (): Promise<Person> => {
    number += 1;
    const email = `convert${number}@example.com`;
    const answer = (await simulated.control('hubspot', 'records/contacts', {
      records: [{ email, lastname: `Person ${number}`, company: 'Acme' }],
    })) as { ids?: string[] };
    const contact = answer.ids?.[0] ?? '';
    await mark({ system: 'hubspot', type: 'contacts', id: contact });
    await drain();
    const link = (await context.store.linksOf(pair.name, 'hubspot', [contact])).get(contact);
    if (!link) throw new Error('nobody was linked');
    return { contact, lead: link.ids.salesforce, email };
  };

  const mark = async (...refs: readonly RecordRef[]): Promise<void> =>
    context.store.commitSignals(
      refs.map((ref) => ({ pair: pair.name, ref, class: 'live', stamp: null, cause: 'test' })),
    );

  interface Made {
    readonly contactId: string;
    readonly accountId: string;
  }

  /** A colleague converts a lead, into a contact that is there where one is given. */
  const convert = async (lead: string, into?: Made): Promise<Made> => {
    const result = await salesforce.soap.convertLead({
      leadId: lead,
      convertedStatus: 'Closed - Converted',
      ...into,
    });
    if (!result.success) throw new Error(JSON.stringify(result));
    return { contactId: String(result.contactId), accountId: String(result.accountId) };
  };

  const contactRef = (id: string): RecordRef => ({ system: 'hubspot', type: 'contacts', id });
  const leadRef = (id: string): RecordRef => ({ system: 'salesforce', type: 'Lead', id });
  const personRef = (id: string): RecordRef => ({ system: 'salesforce', type: 'Contact', id });

  const valueIn = async (type: string, id: string, field: string): Promise<unknown> =>
    ((await salesforce.sobject(type).retrieve(id)) as Record<string, unknown>)[field];
  const linkOf = async (contact: string) =>
    (await context.store.linksOf(pair.name, 'hubspot', [contact])).get(contact);
  const standing = async () => {
    const { parked, reviews } = await context.store.backlog(pair.name);
    return { parked, reviews };
  };
  const questions = async () => (await fixture.store.status.reviews(pair.name, 10)).items;

  it('follows its contact and is left alone, look after look', async () => {
    const { contact, lead } = await person();
    const { contactId: made } = await convert(lead);
    await mark(leadRef(lead));
    await drain();
    expect(await linkOf(contact)).toMatchObject({ ids: { salesforce: made }, followers: [{ id: lead }] });
    expect(await valueIn('Contact', made, 'HubSpot_Id__c')).toBe(contact);
    expect(await valueIn('Lead', lead, 'HubSpot_Id__c')).toBe(contact);
    const written = await fixture.query('select from tandem.ledger');
    await mark(leadRef(lead), personRef(made), contactRef(contact));
    await drain();
    expect(await fixture.query('select from tandem.ledger')).toHaveLength(written.length);
    expect(await standing()).toEqual({ parked: 0, reviews: 0 });
  });

  it('stands for its contact where the store was lost', async () => {
    const { contact, lead } = await person();
    const { contactId: made } = await convert(lead);
    await mark(leadRef(lead));
    await drain();
    await fixture.reset();
    await align();
    expect((await linkOf(contact))?.ids.salesforce).toBe(made);
    expect(await standing()).toEqual({ parked: 0, reviews: 0 });
  });

  it('stands for its contact where nothing else names it', async () => {
    const { contact, lead } = await person();
    const { contactId: made } = await convert(lead);
    await salesforce.sobject('Contact').update({ Id: made, Email: `other${number}@example.com` });
    await simulated.control('hubspot', 'records/contacts', {
      records: [{ id: contact, tandem_salesforce_id: '' }],
    });
    await fixture.reset();
    await mark(contactRef(contact));
    await drain();
    expect((await linkOf(contact))?.ids.salesforce).toBe(made);
    expect(await standing()).toEqual({ parked: 0, reviews: 0 });
  });

  const decideNew = async (contact: string): Promise<void> => {
    const review = (await questions()).find(({ ref }) => ref.id === contact);
    if (!review) throw new Error('nothing is asked');
    await fixture.store.operator.decideNew(
      review,
      { cause: liftedCause, never: erasedPrefix },
      { pair: pair.name, ref: contactRef(contact), class: 'live', stamp: null, cause: 'decided by hand' },
    );
    await drain();
  };

  it('does not keep its person from being created anew after its contact was deleted', async () => {
    const { contact, lead } = await person();
    const { contactId: made } = await convert(lead);
    await mark(leadRef(lead));
    await drain();
    await simulated.editContact(contact, { jobtitle: 'Pilot' });
    await salesforce.sobject('Contact').destroy(made);
    await mark(personRef(made), contactRef(contact));
    await drain();
    expect(await standing()).toEqual({ parked: 0, reviews: 1 });
    await decideNew(contact);
    const link = await linkOf(contact);
    expect(link?.ended).toBeNull();
    expect(link?.ids.salesforce).not.toBe(made);
    expect(link?.types?.salesforce).toBe('Contact');
    const anew = String(link?.ids.salesforce);
    expect(await valueIn('Contact', anew, 'HubSpot_Id__c')).toBe(contact);
    expect(await valueIn('Contact', anew, 'Title')).toBe('Pilot');
    await simulated.editContact(contact, { jobtitle: 'Captain', city: 'Rome' });
    await mark(contactRef(contact), leadRef(lead));
    await drain();
    expect(await valueIn('Contact', anew, 'MailingCity')).toBe('Rome');
    expect(await valueIn('Contact', anew, 'Title')).toBe('Captain');
    expect(await standing()).toEqual({ parked: 0, reviews: 0 });
  });

  it('has its contact stand for it where that was deleted: a question, and nothing is created', async () => {
    const { contact, lead } = await person();
    const { contactId: made } = await convert(lead);
    await simulated.control('hubspot', 'records/contacts', {
      records: [{ id: contact, email: `moved${number}@example.com`, tandem_salesforce_id: '' }],
    });
    await salesforce.sobject('Contact').destroy(made);
    await fixture.reset();
    await mark(contactRef(contact));
    await drain();
    expect(await questions()).toMatchObject([
      {
        ref: { id: contact },
        cause: 'its counterpart was deleted',
        candidates: [{ id: made }],
      },
    ]);
    expect(await linkOf(contact)).toBeUndefined();
  });

  /** A colleague archives a contact. */
  const archive = async (contact: string): Promise<void> => {
    const { access } = simulated.sandbox;
    const response = await fetch(`${access.hubspot}/crm/v3/objects/contacts/${contact}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${access.hubspotPersonToken}` },
    });
    expect(response.status).toBe(204);
  };

  it.each([true, false])(
    'does not bring its archived person back as its contact, archived noticed before: %s',
    async (isNoticed) => {
      const { contact, lead } = await person();
      await archive(contact);
      if (isNoticed) {
        await mark(contactRef(contact));
        await drain();
      }
      const { contactId: converted } = await convert(lead);
      // The contact is seen first: nothing says yet what it was.
      await mark(personRef(converted));
      await drain();
      await mark(personRef(converted), leadRef(lead), contactRef(contact));
      await drain();
      const made = await fixture.query(
        "select from tandem.ledger where event = 'create' and system = 'hubspot'",
      );
      expect(made).toEqual([]);
      expect((await linkOf(contact))?.ended).not.toBeNull();
      const asked = (await questions()).map(({ ref, candidates }) => `${ref.id} ${candidates[0]?.id}`);
      expect(asked.includes(`${converted} ${lead}`)).toBe(isNoticed);
    },
  );

  it('does not keep its person from being created where it was converted into the contact of somebody else', async () => {
    const one = await person();
    const other = await person();
    const theirs = await convert(other.lead);
    await mark(leadRef(other.lead));
    await drain();
    await convert(one.lead, theirs);
    await mark(leadRef(one.lead));
    await drain();
    expect(await standing()).toEqual({ parked: 0, reviews: 1 });
    await decideNew(one.contact);
    const link = await linkOf(one.contact);
    expect(link?.ended).toBeNull();
    expect(link?.ids.salesforce).not.toBe(theirs.contactId);
    expect((await linkOf(other.contact))?.ids.salesforce).toBe(theirs.contactId);
    expect(await standing()).toEqual({ parked: 0, reviews: 0 });
  });
});
