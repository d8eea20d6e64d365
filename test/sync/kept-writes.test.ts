import { beforeEach, describe, expect, it } from 'vitest';
import type { Sides } from '../../src/model/system.ts';
import { pollOnce } from '../../src/sync/poll.ts';
import { withSimulators } from './simulated.ts';

/** A person empties a field back to what Tandem's last write had replaced there, and Tandem writes another field of the record after that. */
const simulated = withSimulators();
const { fixture } = simulated;
let ids: Sides<string>;

beforeEach(async () => {
  await fixture.reset();
  await simulated.control('hubspot', 'reset', { contacts: 0, leads: 0 });
  await simulated.control('salesforce', 'reset', { contacts: 0, leads: 0 });
  const [one] = await simulated.people([{ email: 'ann@example.com', lastname: 'Ann', company: 'Acme' }]);
  if (!one) throw new Error('nobody was linked');
  ids = one;
  await simulated.editContact(ids.hubspot, { jobtitle: 'Chief' });
  await simulated.mark({ hubspot: ids.hubspot });
  await simulated.drain();
});

const titles = async (): Promise<Sides<unknown>> =>
  simulated.values(ids, { hubspot: 'jobtitle', salesforce: 'Title' });
const bases = async (): Promise<readonly { base: string }[]> =>
  fixture.query<{ base: string }>("select base->>'jobtitle' as base from tandem.links");
const codes = async (): Promise<readonly { code: string }[]> =>
  fixture.query<{ code: string }>(
    "select failure->>'code' as code from tandem.parked where field = 'jobtitle'",
  );

describe('a value that Tandem wrote in Salesforce', () => {
  it('and a poll has shown there: what a person takes back later is their edit, whoever wrote last', async () => {
    expect(await titles()).toEqual({ hubspot: 'Chief', salesforce: 'Chief' });
    await pollOnce(simulated.context(), 'salesforce');
    expect((await bases())[0]?.base).toMatch(/true/);
    await simulated.editLeadAsPerson(ids.salesforce, { Title: '' });
    await simulated.editLead(ids.salesforce, { City: 'Oslo' });
    await simulated.mark({ salesforce: ids.salesforce });
    await simulated.drain();
    expect(await titles()).toEqual({ hubspot: null, salesforce: null });
    expect(await codes()).toEqual([]);
  });

  it('and that was never seen there: the system did not keep it, and nothing flows back', async () => {
    await simulated.editLead(ids.salesforce, { Title: '' });
    await simulated.mark({ salesforce: ids.salesforce });
    await simulated.drain();
    expect(await titles()).toEqual({ hubspot: 'Chief', salesforce: null });
    expect(await codes()).toEqual([{ code: 'NOT_KEPT' }]);
    await pollOnce(simulated.context(), 'salesforce');
    expect((await bases())[0]?.base).not.toMatch(/true/);
  });
});
