import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { makeScopeRule } from '../../src/mapping/scope-rule.ts';
import { fieldsOf } from '../../src/sync/engine.ts';
import { decidedCause, erasedPrefix, liftedCause } from '../../src/sync/identity.ts';
import { marksOf } from '../../src/sync/intake.ts';
import { pair, withSimulators } from './simulated.ts';

const idsShape = z.object({ ids: z.array(z.string()) });

/** A contact, and two leads of its address. */
type Three = readonly [string, string, string];

/** One address, a contact and two leads: nobody can tell which of the leads is the contact's. */
describe('consent of a person whom a question is open about', () => {
  const simulated = withSimulators();
  let number = 0;

  beforeEach(async () => {
    await simulated.fixture.reset();
    await simulated.control('salesforce', 'rules', []);
    simulated.pair = pair;
  });

  const load = async (
    system: 'hubspot' | 'salesforce',
    type: string,
    records: readonly object[],
  ): Promise<readonly string[]> =>
    idsShape.parse(await simulated.control(system, `records/${type}`, { records })).ids;

  const nextEmail = (): string => {
    number += 1;
    return `twin${number}@example.com`;
  };
  const leadOf = (email: string, fields: object = {}) => ({
    ...{ Email: email, LastName: 'Twin', Company: 'Acme', Status: 'Open - Not Contacted' },
    ...fields,
  });
  const contactOf = (email: string) => ({ email, lastname: 'Twin', company: 'Acme' });

  /** A contact and two leads, none of them linked. */
  const twins = async (lead: object = {}): Promise<Three> => {
    const email = nextEmail();
    const [contact = ''] = await load('hubspot', 'contacts', [contactOf(email)]);
    const [one = '', two = ''] = await load('salesforce', 'Lead', [leadOf(email), leadOf(email, lead)]);
    await simulated.align();
    expect(await linksOf([contact])).toEqual([]);
    return [contact, one, two];
  };

  /** A contact linked with its lead, and a lead that came later and was looked at. */
  const linkedAndTwin = async (twin: object = {}): Promise<Three> => {
    const email = nextEmail();
    const [contact = ''] = await load('hubspot', 'contacts', [contactOf(email)]);
    await simulated.align();
    const [lead = ''] = await linksOf([contact]);
    const [later = ''] = await load('salesforce', 'Lead', [leadOf(email, twin)]);
    const records = [contact, lead, later] as const;
    await signal(records);
    return records;
  };

  const linksOf = async (contacts: readonly string[]): Promise<readonly string[]> =>
    [...(await simulated.fixture.store.engine.linksOf(pair.name, 'hubspot', contacts)).values()].map(
      ({ ids }) => ids.salesforce,
    );
  const asked = async (): Promise<readonly string[]> =>
    (await simulated.fixture.store.status.reviews(pair.name, 100)).items.map(({ ref }) => ref.id);

  /** Tells the engine of these records as they are now, as a poll would, and works until there is nothing to do. */
  const signal = async ([contact, ...leads]: Three): Promise<void> => {
    const context = simulated.context();
    const call = { class: 'live', purpose: 'poll' } as const;
    for (const [system, ids] of [
      ['hubspot', [contact]],
      ['salesforce', leads],
    ] as const) {
      const read = await context.systems[system].readMany(
        pair.types[system],
        ids,
        fieldsOf(simulated.pair, system),
        call,
      );
      await context.store.commitSignals(await marksOf(context, [...read.values()], 'live', 'poll'));
    }
    await simulated.drain();
  };

  const optOutContact = async (id: string): Promise<void> => {
    const { access } = simulated.sandbox;
    const { email } = (await shown(id)).contact;
    const path = `communication-preferences/v4/statuses/${encodeURIComponent(String(email))}/unsubscribe-all`;
    const response = await fetch(`${access.hubspot}/${path}?channel=EMAIL`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access.hubspotPersonToken}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(response.ok).toBe(true);
  };

  /** What each of the three says to opting out of mail, and to calls. */
  const shown = async (contact: string, ...leads: readonly string[]) => {
    const { hubspot, salesforce } = simulated.connect();
    const call = { class: 'live', purpose: 'verify' } as const;
    const names = ['email', 'hs_email_optout', 'do_not_call'];
    const left = await hubspot.readMany('contacts', [contact], names, call);
    const right = await salesforce.readMany('Lead', leads, ['HasOptedOutOfEmail', 'DoNotCall'], call);
    return {
      contact: left.get(contact)?.fields ?? {},
      mail: [
        left.get(contact)?.fields.hs_email_optout === 'true',
        ...leads.map((id) => right.get(id)?.fields.HasOptedOutOfEmail),
      ],
      calls: [
        left.get(contact)?.fields.do_not_call === 'true',
        ...leads.map((id) => right.get(id)?.fields.DoNotCall),
      ],
    };
  };
  it('goes from the contact to both leads, links nobody, and the question stays', async () => {
    const records = await twins();
    await optOutContact(records[0]);
    await signal(records);
    expect((await shown(...records)).mail).toEqual([true, true, true]);
    expect((await shown(...records)).calls).toEqual([false, false, false]);
    expect(await linksOf([records[0]])).toEqual([]);
    expect(await asked()).toEqual(expect.arrayContaining([...records]));
  });

  it('goes from one lead to the other and to the contact, and nothing else goes', async () => {
    const records = await twins();
    await simulated.editLeadAsPerson(records[2], { Title: 'Boss' });
    await simulated.editLeadAsPerson(records[2], { DoNotCall: true });
    await signal(records);
    expect((await shown(...records)).calls).toEqual([true, true, true]);
    expect((await shown(...records)).mail).toEqual([false, false, false]);
    const title = await simulated.values({ hubspot: records[0], salesforce: records[1] }, jobtitle);
    expect(title).toEqual({ hubspot: null, salesforce: null });
  });
  const jobtitle = { hubspot: 'jobtitle', salesforce: 'Title' };

  it('holds from the first alignment on', async () => {
    const records = await twins({ HasOptedOutOfEmail: true });
    expect((await shown(...records)).mail).toEqual([true, true, true]);
  });

  it('goes from a lead that came later to the linked ones', async () => {
    const records = await linkedAndTwin();
    await simulated.editLeadAsPerson(records[2], { HasOptedOutOfEmail: true });
    await signal(records);
    expect((await shown(...records)).mail).toEqual([true, true, true]);
    expect(await linksOf([records[0]])).toEqual([records[1]]);
  });

  it('goes from the linked contact to the lead that came later', async () => {
    const records = await linkedAndTwin();
    await optOutContact(records[0]);
    await signal(records);
    expect((await shown(...records)).mail).toEqual([true, true, true]);
    expect(await linksOf([records[0]])).toEqual([records[1]]);
  });

  it('says of each record why mail to their address bounced, as the contact says it', async () => {
    const records = await linkedAndTwin();
    const reason = { hs_email_hard_bounce_reason_enum: 'UNKNOWN_USER' };
    await load('hubspot', 'contacts', [{ id: records[0], ...reason }]);
    await signal(records);
    const call = { class: 'live', purpose: 'verify' } as const;
    const [, ...leads] = records;
    const read = await simulated.connect().salesforce.readMany('Lead', leads, ['EmailBouncedReason'], call);
    expect(leads.map((id) => read.get(id)?.fields.EmailBouncedReason)).toEqual([
      'UNKNOWN_USER',
      'UNKNOWN_USER',
    ]);
  });

  it('reaches a lead of the same address that takes no part, and is heard from it', async () => {
    const scope = { salesforce: makeScopeRule("Status != 'Closed - Not Converted'", 1) };
    simulated.pair = { ...pair, scope };
    const records = await linkedAndTwin({ Status: 'Closed - Not Converted' });
    expect(await asked()).not.toContain(records[2]);
    await optOutContact(records[0]);
    await signal(records);
    expect((await shown(...records)).mail).toEqual([true, true, true]);
    await simulated.editLeadAsPerson(records[2], { DoNotCall: true });
    await signal(records);
    expect((await shown(...records)).calls).toEqual([true, true, true]);
  });

  it('does not reach somebody of whom a person has said that it is somebody else', async () => {
    const records = await linkedAndTwin();
    const [, lead, later] = records;
    const ref = { system: 'salesforce', type: 'Lead', id: later } as const;
    const { engine, operator, status } = simulated.fixture.store;
    const [question] = (await status.reviews(pair.name, 100)).items.filter((each) => each.ref.id === later);
    if (!question) throw new Error('nothing is asked of the later lead');
    await operator.decideNew(
      question,
      { cause: liftedCause, never: erasedPrefix },
      { pair: pair.name, ref, class: 'live', stamp: null, cause: decidedCause },
    );
    expect(await engine.decidedNew(pair.name, 'salesforce', [later])).toHaveProperty('size', 1);
    await simulated.drain();
    await simulated.editLeadAsPerson(lead, { DoNotCall: true });
    await signal(records);
    expect((await shown(...records)).calls).toEqual([true, true, false]);
  });

  it('comes to rest where each refuses what the other says, and flows once it is taken', async () => {
    const records = await linkedAndTwin({ HasOptedOutOfEmail: false });
    await simulated.control('salesforce', 'rules', [
      { object: 'Lead', kind: 'readonly', field: 'DoNotCall' },
    ]);
    await simulated.control('hubspot', 'faults', [
      { match: { path: '/communication-preferences/' }, effect: { status: 403, code: 'MISSING_SCOPES' } },
    ]);
    await simulated.editLeadAsPerson(records[2], { HasOptedOutOfEmail: true });
    await simulated.editContact(records[0], { do_not_call: 'true' });
    await signal(records);
    const parked = await simulated.fixture.query(
      'select system, field from tandem.parked order by system, field, unit',
    );
    expect(parked).toEqual([
      { system: 'hubspot', field: '' },
      { system: 'salesforce', field: 'do_not_call' },
      { system: 'salesforce', field: 'do_not_call' },
    ]);
    await simulated.control('salesforce', 'rules', []);
    await simulated.control('hubspot', 'faults', []);
    await simulated.fixture.store.operator.retryParked({}, 'retry by hand');
    await simulated.drain();
    expect(await shown(...records)).toMatchObject({ mail: [true, true, true], calls: [true, true, true] });
    expect(await simulated.fixture.query('select unit from tandem.parked')).toEqual([]);
  });
});
