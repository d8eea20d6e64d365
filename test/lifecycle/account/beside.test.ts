import { describe, expect, it } from 'vitest';
import { accountOf, everybody } from '../../../src/lifecycle/account/account.ts';
import { isUnexplained, makeBeside } from '../../../src/lifecycle/account/beside.ts';
import { accountsByCohort } from '../../../src/lifecycle/account/cohorts.ts';
import { ownCounts, ownCountsText } from '../../../src/lifecycle/account/own-counts.ts';
import { accountJson, accountText } from '../../../src/lifecycle/account/render.ts';
import type { AccountRows, HandOffRow } from '../../../src/lifecycle/account/rows.ts';
import type { Shown, ShownRecord } from '../../../src/lifecycle/account/shown.ts';
import { turnsOf } from '../../../src/lifecycle/account/turns.ts';
import { day, makeHandOff, makeTransition, start } from './rows.ts';

const now = start + 5 * day;
const october = start - 20 * day;
const lead = (journey: number): string => `00Q00000000000${journey}`;

const turn = (journey: number, nth: number, at: number, more: Partial<HandOffRow> = {}): AccountRows => ({
  transitions: [makeTransition({ journey: String(journey), turn: nth, at })],
  handOffs: [
    makeHandOff({
      ...{ journey: String(journey), turn: nth, readyAt: at, handedAt: at + 60_000 },
      ...{ hubspot: String(100 + journey), salesforce: lead(journey) },
      ...more,
    }),
  ],
  touches: [],
  clocks: [],
});
const all = (...turns: readonly AccountRows[]): AccountRows => ({
  transitions: turns.flatMap(({ transitions }) => transitions),
  handOffs: turns.flatMap(({ handOffs }) => handOffs),
  touches: [],
  clocks: [],
});

const contact = (
  journey: number,
  readyAt: number | null,
  handedAt: number | null = readyAt,
): ShownRecord => ({
  ...{ id: String(100 + journey), stage: 'sales-ready', readyAt, handedAt },
});
const inSalesforce = (journey: number, readyAt: number): ShownRecord => ({
  ...{ id: `${lead(journey)}EAA`, stage: 'sales-ready', readyAt, handedAt: null },
});

const besides = (rows: AccountRows, shown: Shown, erased: readonly string[] = []) => {
  const whole = accountOf(turnsOf(rows, now), now, everybody);
  const beside = makeBeside(whole, {
    shown,
    erased: { hubspot: new Set(erased), salesforce: new Set(erased) },
  });
  const months = accountsByCohort(rows, now, 'month', 'Etc/UTC', [october, start]);
  return { whole: beside(whole), months: months.map(beside) };
};
/** Of each cohort: its name, and of each term the system, its count, ours, and what differs. */
const told = (months: ReturnType<typeof besides>['months']) =>
  months.map(({ account, comparisons }) => [
    account.cohort.name,
    ...comparisons.map(
      ({ system, term, theirs, ours, differences }) =>
        `${system} ${term} ${theirs} of ${ours}${differences.map(({ id, why, explained }) => `; ${id}: ${why}${explained ? ' (explained)' : ''}`).join('')}`,
    ),
  ]);

describe('the systems’ own counts of a cohort', () => {
  it('are by the date on the record, and a later turn has replaced it', () => {
    const rows = all(turn(1, 1, october), turn(2, 1, october), turn(2, 2, start), turn(3, 1, start));
    const { whole, months } = besides(rows, {
      hubspot: {
        records: [contact(1, october), contact(2, start), contact(3, start)],
        uncounted: new Map(),
      },
      salesforce: {
        records: [inSalesforce(1, october), inSalesforce(2, start), inSalesforce(3, start)],
        uncounted: new Map(),
      },
    });
    const replaced = 'turn 2 has replaced the date on the record (2026-11-02 09:00) (explained)';
    expect(told(months)).toEqual([
      ['2026-11', 'hubspot ready 2 of 2', 'hubspot handed 2 of 2', 'salesforce received 2 of 2'],
      [
        '2026-10',
        `hubspot ready 1 of 2; 102: ${replaced}`,
        `hubspot handed 1 of 2; 102: ${replaced}`,
        `salesforce received 1 of 2; ${lead(2)}EAA: ${replaced}`,
      ],
    ]);
    // As it has to be: nothing is wrong with it.
    expect([whole, ...months].map(isUnexplained)).toEqual([false, false, false]);
    const [, last] = months;
    expect(last && accountText(last.account, last.comparisons)).toContain(
      `Differences: 3, 3 of them explained
- HubSpot does not count 102 (2/1) as ready: turn 2 has replaced the date on the record (2026-11-02 09:00)`,
    );
    expect(last && accountJson(last.account, last.comparisons)).toMatchObject({
      ready: { count: 2, theirs: { hubspot: 1, salesforce: null } },
      differences: [{ record: '2/1', why: expect.stringMatching(/^turn 2/), explained: true }, {}, {}],
    });
  });

  it('tell of each record that is missing what is there in its place', () => {
    const rows = all(...[1, 2, 3, 4, 5, 6].map((journey) => turn(journey, 1, start)), turn(7, 1, october));
    const { months } = besides(all(rows, turn(7, 2, start)), {
      hubspot: {
        records: [
          contact(2, october),
          contact(3, start, null),
          contact(6, start),
          // Still as before: what the new turn shows was not written yet.
          contact(7, october),
        ],
        uncounted: new Map([['105', 'no-date']]),
      },
      salesforce: {
        records: [1, 2, 3, 6, 7].map((journey) => inSalesforce(journey, start)),
        uncounted: new Map([
          [`${lead(4)}EAA`, 'converted'],
          [`${lead(5)}EAA`, 'follower'],
        ]),
      },
    });
    const reasons = new Map(
      months[0]?.comparisons.flatMap(({ system, term, differences }) =>
        differences.map(({ id, why }) => [`${system} ${term} ${id}`, why]),
      ),
    );
    expect(Object.fromEntries(reasons)).toEqual({
      ...Object.fromEntries(
        ['ready', 'handed'].flatMap((term) => [
          [`hubspot ${term} 101`, 'it is not there: deleted, merged into another one, or hidden from Tandem'],
          [
            `hubspot ${term} 102`,
            'it shows 2026-10-13 09:00 UTC, when no turn of theirs began: somebody else wrote it',
          ],
          [`hubspot ${term} 104`, 'it is not there: deleted, merged into another one, or hidden from Tandem'],
          [`hubspot ${term} 105`, 'tandem_ready_at is empty there: not written yet, or emptied since'],
          [`hubspot ${term} 107`, 'it still shows turn 1 (2026-10-13 09:00)'],
        ]),
      ),
      'hubspot handed 103': 'tandem_handed_at is empty there',
      [`salesforce received ${lead(4)}EAA`]: 'the lead was converted, and the person counts by the contact',
      [`salesforce received ${lead(5)}EAA`]:
        'it follows another record of the person now, and is not counted by itself',
    });
    expect(months.map(isUnexplained)).toEqual([true, true]);
  });

  it('tell of each record that is too many whose it is', () => {
    const rows = all(
      turn(1, 1, start, { state: 'held', why: 'no owner', handedAt: null }),
      turn(2, 1, start, { mode: 'observe', handedAt: null }),
      turn(3, 1, start),
      turn(4, 1, start, { hubspot: null, salesforce: null }),
    );
    const { months } = besides(
      rows,
      {
        hubspot: {
          records: [contact(2, start), contact(3, october), contact(8, start)],
          uncounted: new Map(),
        },
        salesforce: { records: [inSalesforce(1, start), inSalesforce(9, start)], uncounted: new Map() },
      },
      ['108'],
    );
    const extra = months.flatMap(({ account, comparisons }) =>
      comparisons.flatMap(({ term, differences }) =>
        differences.flatMap(({ kind, id, why, explained }) =>
          kind === 'extra' && term !== 'handed' ? [[account.cohort.name, id, why, explained]] : [],
        ),
      ),
    );
    expect(extra).toEqual([
      ['2026-11', '102', 'here it was only observed, and shows nowhere by itself', false],
      ['2026-11', '108', 'the person was erased here, and all turns of theirs with them', true],
      ['2026-11', `${lead(1)}EAA`, 'here they are held back', false],
      [
        '2026-11',
        `${lead(9)}EAA`,
        'no turn of theirs is kept here: somebody else wrote the date, or their journey has ended',
        false,
      ],
      [
        '2026-10',
        '103',
        'it shows 2026-10-13 09:00 UTC, and here they became ready 2026-11-02 09:00 (turn 1)',
        false,
      ],
    ]);
    const nobody = months[0]?.comparisons.flatMap(({ differences }) =>
      differences.flatMap(({ record, why }) => (record === '4/1' ? [why] : [])),
    );
    expect(new Set(nobody)).toEqual(
      new Set(['no record there is linked with them: none was made, or its link has ended']),
    );
  });
});

describe('what a system can count by cohort', () => {
  it('is said, by its field, beside what it cannot count and why', () => {
    const text = ownCountsText(ownCounts(null, new Map())).join('\n');
    expect(text).toContain(
      '- HubSpot ready, handed (by tandem_ready_at); it cannot count held back, received,',
    );
    expect(text).toContain(
      '- Salesforce received (by Tandem_Ready_At__c); it cannot count ready, handed, held back,',
    );
    const { by } = ownCounts(null, new Map());
    expect(by.map(({ terms, notCounted }) => terms.length + notCounted.length)).toEqual([16, 16]);
    expect(ownCountsText(ownCounts('with --offline neither system is asked', new Map()))).toEqual([
      "By cohort no counts of the systems' own: with --offline neither system is asked.",
    ]);
  });
});
