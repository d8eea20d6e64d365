import { describe, expect, it } from 'vitest';
import { findOddVerdicts } from '../../../src/lifecycle/run/odd-verdicts.ts';
import { LifecycleRunner } from '../../../src/lifecycle/run/runner.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { withNurtured } from './nurtured.ts';
import { eventually } from './office.ts';

const people = withNurtured(2);

/** What the rep reads on the lead, and what the contact of HubSpot shows of the verdict and the score. */
const stepOf = async (at: number): Promise<unknown> =>
  (await people.office.read('salesforce', 'Lead', people.person(at).salesforce, 'Tandem_Next_Step__c'))
    .Tandem_Next_Step__c;
const inHubspot = (at: number): Promise<RawFields> =>
  people.office.read('hubspot', 'contacts', people.person(at).hubspot, 'tandem_disposition', 'tandem_stage');
const problems = async () => {
  await findOddVerdicts(people.office.context);
  return (await people.office.simulated.fixture.store.status.problems()).filter(
    ({ key }) => key === 'lifecycle:verdicts',
  );
};

/** The look at what reps did, as the worker takes it. */
const workerLooks = async (): Promise<void> => {
  const stop = new AbortController();
  const running = new LifecycleRunner(people.filed(), 3_600_000).run(stop.signal);
  const { status } = people.office.simulated.fixture.store;
  const isTold = async () => (await status.problems()).some(({ key }) => key === 'lifecycle:verdicts');
  await eventually(isTold, { timeout: 20_000, interval: 50 });
  stop.abort();
  await running;
};

describe('a word that is no verdict', () => {
  it('moves nobody, is told on the lead with the words that are, and in status, until a verdict stands there', async () => {
    // A list that an admin has added to.
    const picklist = ['Accepted', 'Rejected', 'Return to nurture', 'Maybe', 'Perhaps'];
    const field = { name: 'Tandem_Disposition__c', label: 'Tandem Disposition', type: 'picklist', picklist };
    await people.office.simulated.control('salesforce', 'schema', {
      objects: [{ name: 'Lead', label: 'Lead', fields: [field] }],
    });
    const at = people.somebody();
    await people.toSales(at);
    const step = await stepOf(at);
    expect(step).toMatch(/^Call /);
    expect(await problems()).toEqual([]);
    await people.edit(at, { Tandem_Disposition__c: 'Maybe' });
    expect(await stepOf(at)).toMatch(
      /^'Maybe' is no verdict: choose Accepted, Rejected, Return to nurture in Tandem Disposition/,
    );
    expect(await inHubspot(at)).toEqual({ tandem_disposition: null, tandem_stage: 'sales-ready' });
    // HubSpot's list knows no such word, and would refuse all else of the contact with it.
    expect(await people.orders(at, 'show')).toEqual([{ state: 'done', why: null, next: null }]);
    await workerLooks();
    expect(await problems()).toMatchObject([
      {
        what: `1 record with sales says a verdict that is none: ${people.person(at).salesforce}`,
        cause: expect.stringContaining('Accepted, Rejected, Return to nurture'),
      },
    ]);
    // Nothing is shown again and again while the word stands there.
    const shown = await people.office.calls('salesforce');
    await people.office.mark('salesforce', 'Lead', [people.person(at).salesforce]);
    await people.office.settle(people.filed());
    const after = await people.office.calls('salesforce');
    expect([...after].filter(([route, count]) => /^PATCH/.test(route) && count !== shown.get(route))).toEqual(
      [],
    );
    // Taken away, the step is what it was.
    await people.edit(at, { Tandem_Disposition__c: null });
    expect([await stepOf(at), await problems()]).toEqual([step, []]);
    await people.edit(at, { Tandem_Disposition__c: 'Perhaps' });
    await people.edit(at, { Tandem_Disposition__c: 'Accepted' });
    expect(await stepOf(at)).toMatch(/^Call /);
    expect(await inHubspot(at)).toEqual({ tandem_disposition: 'Accepted', tandem_stage: 'accepted' });
    expect(await problems()).toEqual([]);
  });
});
