import { describe, expect, it } from 'vitest';
import { askBoth } from '../../../src/commands/handoffs/ask-both.ts';
import { handOffAccount } from '../../../src/lifecycle/account/account.ts';
import { isUnexplained, makeBeside } from '../../../src/lifecycle/account/beside.ts';
import { accountsByCohort } from '../../../src/lifecycle/account/cohorts.ts';
import { shownDates } from '../../../src/lifecycle/account/shown.ts';
import { accountRows } from '../../../src/lifecycle/run/account-rows.ts';
import { withNurtured } from './nurtured.ts';

/** So many days before now a first turn is taken to have begun: in a month that is over. */
const daysAgo = 40;
const nurtured = withNurtured(4);
const { office } = nurtured;

/** The accounts by month, as the command makes them: over the store's own rows, beside what both real clients list. */
const byMonth = async () => {
  const { store, pair, models, staff } = office.context;
  const { lifecycle, engine } = office.simulated.fixture.store;
  const { calendarOf } = await staff();
  const [transitions, effects, clocks, held] = await Promise.all([
    lifecycle.accountTransitions(),
    lifecycle.handOffEffects(pair.name),
    lifecycle.allClocks(),
    lifecycle.heldHandOffs(pair.name),
  ]);
  const now = await store.now();
  const rows = accountRows({ transitions, effects, clocks, held }, models.sla, calendarOf, now);
  const whole = handOffAccount(rows, now);
  const asked = await askBoth(office.simulated.connect(), engine, pair, models.lifecycle.pointed, whole);
  const beside = makeBeside(whole, asked);
  return accountsByCohort(rows, now, 'month', 'Etc/UTC', shownDates(asked.shown)).map(beside);
};
const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7);
const told = (all: Awaited<ReturnType<typeof byMonth>>) =>
  all.map(({ account, comparisons, standing }) => ({
    cohort: account.cohort.name,
    counts: comparisons.map(({ system, term, theirs, ours }) => `${system} ${term} ${theirs} of ${ours}`),
    now: standing.map(({ term, count, theirs }) => `${term} ${count} ${theirs.hubspot} ${theirs.salesforce}`),
    differences: [...comparisons, ...standing].flatMap(({ differences }) =>
      differences.map(({ id, why, explained }) => ({ id, why, explained })),
    ),
  }));

describe('the account of a cohort', () => {
  it('has what both systems count by the date on their records, and each difference with its reason', async () => {
    const { fixture } = office.simulated;
    const [plain, twice, erased, emptied] = [0, 1, 2, 3].map(() => nurtured.somebody());
    for (const at of [plain, twice, erased, emptied]) await nurtured.toSales(at ?? 0);
    const agreed = await byMonth();
    const this_ = monthOf(Date.now());
    expect(told(agreed)).toEqual([
      {
        cohort: this_,
        counts: ['hubspot ready 4 of 4', 'hubspot handed 4 of 4', 'salesforce received 4 of 4'],
        now: ['touched-now 0 0 0', 'accepted-now 0 0 0', 'returned-now 0 0 0'],
        differences: [],
      },
    ]);

    // Who was with sales in a month that is over, was given back, and is with sales once more.
    await nurtured.giveBack(twice ?? 0, 'Not now');
    const contact = nurtured.person(twice ?? 0).hubspot;
    for (const [table, column] of [
      ['transitions', 'at'],
      ['effects', 'at'],
    ])
      await fixture.query(
        `update tandem.${table} set ${column} = ${column} - interval '${daysAgo} days'
         where turn = 1 and journey_id = (select id from tandem.journeys where contact_id = $1)`,
        [contact],
      );
    await nurtured.toSales(twice ?? 0);
    // Who was erased is in no account, and both systems still show what they showed.
    const gone = nurtured.person(erased ?? 0);
    await fixture.store.operator.erase(
      office.context.pair.name,
      {
        refs: [
          { system: 'hubspot', type: 'contacts', id: gone.hubspot },
          { system: 'salesforce', type: 'Lead', id: gone.salesforce },
        ],
        keys: [],
        cause: 'erased by hand',
      },
      false,
    );
    // And a colleague empties the date on one lead.
    const lead = nurtured.person(emptied ?? 0).salesforce;
    await office.edit('Lead', lead, { Tandem_Ready_At__c: null });

    const before = [await office.calls('hubspot'), await office.calls('salesforce')];
    const months = await byMonth();
    const made = async (nth: 0 | 1): Promise<number> => {
      const now = await office.calls(nth === 0 ? 'hubspot' : 'salesforce');
      const sum = (calls?: ReadonlyMap<string, number>) =>
        [...(calls ?? [])].reduce((all, [, n]) => all + n, 0);
      return sum(now) - sum(before[nth]);
    };
    // A page of HubSpot's contacts, one of leads and one of Salesforce's contacts, however many months there are.
    expect([await made(0), await made(1)]).toEqual([1, 2]);
    const replaced = { why: expect.stringMatching(/^turn 2 has replaced the date/), explained: true };
    const wasErased = {
      why: 'the person was erased here, and all turns of theirs with them',
      explained: true,
    };
    const secondTurn = nurtured.person(twice ?? 0);
    expect(told(months)).toEqual([
      {
        cohort: this_,
        counts: ['hubspot ready 4 of 3', 'hubspot handed 4 of 3', 'salesforce received 3 of 3'],
        now: ['touched-now 0 0 0', 'accepted-now 0 0 0', 'returned-now 0 0 0'],
        differences: [
          { id: gone.hubspot, ...wasErased },
          { id: gone.hubspot, ...wasErased },
          {
            id: lead,
            why: 'Tandem_Ready_At__c is empty there: not written yet, or emptied since',
            explained: false,
          },
          { id: gone.salesforce, ...wasErased },
        ],
      },
      {
        cohort: monthOf(Date.now() - daysAgo * 24 * 3_600_000),
        counts: ['hubspot ready 0 of 1', 'hubspot handed 0 of 1', 'salesforce received 0 of 1'],
        now: ['touched-now 0 0 0', 'accepted-now 0 0 0', 'returned-now 0 0 0'],
        differences: [
          { id: secondTurn.hubspot, ...replaced },
          { id: secondTurn.hubspot, ...replaced },
          { id: secondTurn.salesforce, ...replaced },
        ],
      },
    ]);
    // Of the month that is over all is as it has to be; of this one a person has to look.
    expect(months.map(isUnexplained)).toEqual([true, false]);
  });
});
