import { beforeEach, describe, expect, it } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import type { Sides, System } from '../../src/model/system.ts';
import { alignStep } from '../../src/sync/align.ts';
import { workOnce } from '../../src/sync/work.ts';
import { withSimulators } from './simulated.ts';

/**
 * A create whose answer is lost, and whose record or source is deleted, converted or merged away before anybody knows: what it wrote is no entry of
 * anybody's, so that what somebody enters after it is a change.
 */
const simulated = withSimulators();
const { fixture } = simulated;

beforeEach(async () => {
  await fixture.reset();
  await simulated.control('hubspot', 'reset', { contacts: 0, leads: 0 });
  await simulated.control('salesforce', 'reset', { contacts: 0, leads: 0 });
  // Without it, what is known of Salesforce's values is when their record was changed last.
  await simulated.control('salesforce', 'history', { Lead: [], Contact: [] });
});

/** The system, whose first create is carried out after `before`, and not answered. */
const cutting = (system: System, before?: () => Promise<void>): Sides<Connector> => {
  const systems = simulated.connect();
  const inner = systems[system];
  let isCut = false;
  const writeMany: Connector['writeMany'] = async (type, rows, call) => {
    if (isCut || !rows.some(({ op }) => op === 'upsert')) return inner.writeMany(type, rows, call);
    isCut = true;
    await before?.();
    await inner.writeMany(type, rows, call);
    return rows.map(() => ({ kind: 'unknown', cause: 'cut' }));
  };
  return { ...systems, [system]: { ...inner, writeMany } };
};

/** One look at everybody, with a create whose answer is lost. */
const createUnanswered = async (target: System, before?: () => Promise<void>): Promise<void> => {
  const plain = simulated.context(cutting(target, before));
  // Nobody knows of its outcome until the deadline is passed.
  const context = { ...plain, timing: { ...plain.timing, intentDeadlineMs: 60_000 } };
  await expect
    .poll(
      async () => {
        const step = await alignStep(context);
        await workOnce(context, 'live');
        return step;
      },
      { interval: 1 },
    )
    .toBe('done');
};

/** The end of what is under way with no known outcome, and of all work. */
const passDeadline = async (): Promise<void> => {
  await fixture.query('update tandem.intents set deadline = now()');
  await simulated.drain();
};

const enter = async (system: System, type: string, records: readonly object[]): Promise<readonly string[]> =>
  ((await simulated.control(system, `records/${type}`, { records })) as { ids: string[] }).ids;

const idOfLead = async (): Promise<string> => {
  const connection = await simulated.asPerson();
  const { records } = await connection.query<{ Id: string }>('SELECT Id FROM Lead');
  return records[0]?.Id ?? '';
};

const links = async () =>
  fixture.query<{ hubspot: string; salesforce: string; ended: string | null }>(
    `select hubspot_id as hubspot, salesforce_id as salesforce, ended_cause as ended from tandem.links
     where pair = '${simulated.pair.name}'`,
  );

const ann = { email: 'ann@example.com', lastname: 'Ann', company: 'Acme', jobtitle: 'first' };
const annAsLead = { Email: 'ann@example.com', LastName: 'Ann', Company: 'Acme', Title: 'first' };

const titles = async (hubspot: string, salesforce: string, type = 'Lead'): Promise<readonly unknown[]> => {
  const systems = simulated.connect();
  const call = { class: 'live', purpose: 'verify' } as const;
  const ours = await systems.hubspot.readMany('contacts', [hubspot], ['jobtitle'], call);
  const theirs = await systems.salesforce.readMany(type, [salesforce], ['Title'], call);
  return [ours.get(hubspot)?.fields.jobtitle, theirs.get(salesforce)?.fields.Title];
};

describe('a create of unknown outcome whose record is deleted before anybody knows', () => {
  it('leaves a tombstone, and nobody is asked', async () => {
    const [contact = ''] = await enter('hubspot', 'contacts', [ann]);
    await createUnanswered('salesforce');
    const lead = await idOfLead();
    await (await simulated.asPerson()).sobject('Lead').delete(lead);
    await passDeadline();
    expect(await links()).toEqual([{ hubspot: contact, salesforce: lead, ended: 'deleted in Salesforce' }]);
    expect(await fixture.query('select cause from tandem.reviews')).toEqual([]);
  });

  it('and once that is back, an edit made meanwhile is a change', async () => {
    const [contact = ''] = await enter('hubspot', 'contacts', [ann]);
    await createUnanswered('salesforce');
    const lead = await idOfLead();
    await (await simulated.asPerson()).sobject('Lead').delete(lead);
    await passDeadline();
    await simulated.editContact(contact, { jobtitle: 'second' });
    await (await simulated.asPerson()).soap.undelete([lead]);
    await simulated.mark({ salesforce: lead });
    await simulated.drain();
    expect(await titles(contact, lead)).toEqual(['second', 'second']);
  });
});

/** A colleague converts the lead; answers the contact that it became. */
const convert = async (leadId: string): Promise<string> => {
  const connection = await simulated.asPerson();
  const result = await connection.soap.convertLead({ leadId, convertedStatus: 'Closed - Converted' });
  return String(result.contactId);
};

it('a contact that is deleted before anybody knows of the lead that it made, which was converted, is not made again', async () => {
  const [contact = ''] = await enter('hubspot', 'contacts', [ann]);
  await createUnanswered('salesforce');
  const lead = await idOfLead();
  const became = await convert(lead);
  const { access } = simulated.sandbox;
  const gone = await fetch(`${access.hubspot}/crm/v3/objects/contacts/${contact}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${access.hubspotPersonToken}` },
  });
  expect(gone.status).toBe(204);
  // Looked at in one batch with the contact: whichever comes first.
  const ref = { system: 'salesforce', type: 'Contact', id: became } as const;
  const mark = { pair: simulated.pair.name, ref, class: 'live', stamp: null, cause: 'test' } as const;
  await fixture.store.engine.commitSignals([mark]);
  await simulated.mark({ hubspot: contact });
  await passDeadline();
  expect((await links()).map(({ hubspot, ended }) => [hubspot, ended === null])).toEqual([[contact, false]]);
  // A person says what becomes of somebody who is gone on one side and was converted on the other.
  expect(await fixture.query('select unit from tandem.reviews')).toHaveLength(1);
});

it('a lead that is converted before anybody knows of the contact that it made keeps what was entered before', async () => {
  const [lead = ''] = await enter('salesforce', 'Lead', [annAsLead]);
  let became = '';
  await createUnanswered('hubspot', async () => {
    await simulated.editLeadAsPerson(lead, { Title: 'second' });
    became = await convert(lead);
    // Salesforce's stamps are whole seconds: what the create wrote is newer by any clock.
    const convertedAt = Date.now();
    await expect.poll(() => Date.now() - convertedAt, { timeout: 5_000 }).toBeGreaterThan(2_000);
  });
  await simulated.mark({ salesforce: lead });
  await passDeadline();
  const [link] = (await links()).filter(({ ended }) => ended === null);
  expect(link?.salesforce).toBe(became);
  expect(await titles(link?.hubspot ?? '', became, 'Contact')).toEqual(['second', 'second']);
});
