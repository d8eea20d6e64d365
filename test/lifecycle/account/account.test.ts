import { describe, expect, it } from 'vitest';
import {
  type HandOffAccount,
  handOffAccount,
  type Term,
  termOf,
  termsOf,
} from '../../../src/lifecycle/account/account.ts';
import { accountsByCohort, cohortAt } from '../../../src/lifecycle/account/cohorts.ts';
import { compareCounts } from '../../../src/lifecycle/account/differences.ts';
import { nextHands } from '../../../src/lifecycle/account/next-hand.ts';
import { accountJson, accountText } from '../../../src/lifecycle/account/render.ts';
import type { AccountRows, AccountTransition, HandOffRow } from '../../../src/lifecycle/account/rows.ts';
import { makeDefinition } from '../shipped-files.ts';
import { day, hour, makeHandOff, makeTransition, start } from './rows.ts';

const now = start + 5 * day;

interface Case {
  readonly handOff?: Partial<HandOffRow> | null;
  /** What follows the beginning of the turn. */
  readonly next?: readonly Partial<AccountTransition>[];
  readonly touchedAt?: number;
  readonly dueAt?: number | null;
  /** Of the hand-over itself. */
  readonly handedBy?: number | null;
  readonly mode?: 'observe' | 'act';
}

const rowsOf = (cases: readonly Case[]): AccountRows => ({
  transitions: cases.flatMap(({ next = [], mode = 'act' }, index) => [
    makeTransition({ journey: String(index), mode }),
    ...next.map((each) =>
      makeTransition({ journey: String(index), from: 'sales-ready', effects: [], definition: null, ...each }),
    ),
  ]),
  handOffs: cases.flatMap(({ handOff }, index) =>
    handOff === null
      ? []
      : [
          makeHandOff({
            journey: String(index),
            hubspot: String(100 + index),
            salesforce: `00Q00000000000${index % 10}`,
            ...handOff,
          }),
        ],
  ),
  touches: cases.flatMap(({ touchedAt }, index) =>
    touchedAt === undefined ? [] : [{ journey: String(index), turn: 1, at: touchedAt }],
  ),
  clocks: cases.flatMap(({ dueAt, handedBy }, index) => [
    ...(dueAt === undefined ? [] : [{ journey: String(index), turn: 1, kind: 'follow-up' as const, dueAt }]),
    ...(handedBy === undefined
      ? []
      : [{ journey: String(index), turn: 1, kind: 'hand-off' as const, dueAt: handedBy }]),
  ]),
});

const touched = { cause: 'touched', to: 'working', at: start + hour } as const;
const word = (
  cause: AccountTransition['cause'],
  to: AccountTransition['to'],
  extra: Partial<AccountTransition> = {},
) => ({ cause, to, from: 'working', at: start + day, ...extra }) as const;
const rerouted = word('rejected', 'sales-ready', { effects: ['re-route'], reason: 'Wrong territory' });

const cases: readonly (readonly [string, Case, Term, string | null])[] = [
  ['no hand-off was begun', { handOff: null }, 'held', 'hand-off not begun'],
  ['the behaviour observes', { handOff: null, mode: 'observe' }, 'held', 'observed only'],
  ['an observed hand-off is recorded', { handOff: { mode: 'observe' } }, 'held', 'observed only'],
  ['nobody can own it', { handOff: { state: 'held', why: 'no owner', handedAt: null } }, 'held', 'no owner'],
  ['its steps are under way', { handOff: { state: 'in-flight', handedAt: null } }, 'in-flight', null],
  [
    'its steps are under way, in time',
    { handOff: { state: 'in-flight', handedAt: null, why: 'its record is under way' }, handedBy: now + 1 },
    'in-flight',
    null,
  ],
  [
    'its steps take longer than they may',
    { handOff: { state: 'in-flight', handedAt: null, why: 'its record is under way' }, handedBy: now },
    'in-flight-late',
    'its record is under way',
  ],
  [
    'a step is refused for longer than the steps may take',
    { handOff: { state: 'failed', why: 'refused by a validation rule', handedAt: null }, handedBy: start },
    'in-flight-late',
    'refused by a validation rule',
  ],
  ['it took longer than it might, and is done', { handedBy: start }, 'not-yet-due', 'without a clock'],
  ['it was handed after this moment', { handOff: { handedAt: now + 1 } }, 'in-flight', null],
  [
    'a step is refused',
    { handOff: { state: 'failed', why: 'refused by a validation rule', handedAt: null } },
    'failed',
    'refused by a validation rule',
  ],
  ['nobody touched it, in time', { dueAt: now + 1 }, 'not-yet-due', null],
  ['its clock stands still', { dueAt: null }, 'not-yet-due', 'clock stands still'],
  ['it has no clock', {}, 'not-yet-due', 'without a clock'],
  ['nobody touched it, and it is due', { dueAt: now }, 'overdue', null],
  ['a rep called', { dueAt: start, touchedAt: start + hour }, 'being-worked', null],
  ['a touch to come does not count yet', { dueAt: start, touchedAt: now + 1 }, 'overdue', null],
  ['a rep began to work', { next: [touched] }, 'being-worked', null],
  ['a rep accepted', { next: [touched, word('accepted', 'accepted')] }, 'accepted', null],
  ['a deal was opened', { next: [word('opened', 'opportunity')] }, 'accepted', null],
  [
    'the deal was lost',
    {
      next: [
        word('opened', 'opportunity'),
        word('deal-lost', 'returned', { from: 'opportunity', reason: 'No budget' }),
      ],
    },
    'accepted',
    'deal lost: No budget',
  ],
  ['a rep rejected', { next: [word('rejected', 'returned', { reason: 'No need' })] }, 'rejected', 'No need'],
  [
    'a rep gave it back',
    { next: [touched, word('sent-back', 'returned', { reason: 'Not now' })] },
    'returned',
    'Not now',
  ],
  [
    'it stalled',
    { next: [touched, word('stalled', 'returned', { reason: 'Stalled' })] },
    'returned',
    'Stalled',
  ],
  [
    'accepted, then given back',
    {
      next: [
        touched,
        word('accepted', 'accepted'),
        word('sent-back', 'returned', { reason: 'Not now', at: start + 2 * day }),
      ],
    },
    'returned',
    'Not now',
  ],
  [
    'given back, and taken up again by the rep',
    {
      next: [
        touched,
        word('sent-back', 'returned', { reason: 'Not now' }),
        word('touched', 'working', { from: 'nurture', at: start + 3 * day }),
      ],
    },
    'being-worked',
    null,
  ],
  ['a rep disqualified', { next: [touched, word('disqualified', 'disqualified')] }, 'disqualified', null],
  [
    'rejected for good',
    { next: [word('rejected', 'disqualified', { reason: 'Is a competitor or job seeker' })] },
    'disqualified',
    'Is a competitor or job seeker',
  ],
  [
    'nobody touched it in ten days',
    { next: [{ cause: 'untouched', to: 'returned', at: start + 2 * day, reason: 'No touch' }] },
    'moved',
    'No touch',
  ],
  [
    'excluded before anybody touched it',
    { next: [{ cause: 'excluded', to: 'disqualified', at: start + hour }] },
    'moved',
    'excluded',
  ],
  [
    'given to another rep, who does not have it yet',
    { next: [touched, rerouted] },
    'moved',
    'on the way to another rep',
  ],
  [
    'given to another rep, who has it',
    { next: [touched, rerouted], handOff: { handedAt: start + 2 * day }, dueAt: now + 1 },
    'not-yet-due',
    null,
  ],
  [
    'given to another rep, who accepts',
    {
      next: [touched, rerouted, word('accepted', 'accepted', { at: start + 3 * day })],
      handOff: { handedAt: start + 2 * day },
    },
    'accepted',
    null,
  ],
  [
    'an SDR handed it on, the rep waits',
    {
      next: [word('qualified', 'sales-ready', { from: 'sdr', effects: ['hand-on'] })],
      handOff: { handedAt: start + 2 * day },
      dueAt: now,
    },
    'overdue',
    null,
  ],
];

const check = (account: HandOffAccount): void => {
  for (const { count, entries, parts } of termsOf(account)) {
    expect(entries.length).toBe(count);
    expect(new Set(entries.map(({ journey, turn }) => `${journey}/${turn}`)).size).toBe(count);
    if (parts.length > 0) expect(parts.reduce((sum, part) => sum + part.count, 0)).toBe(count);
  }
};

describe('a turn is in', () => {
  it.each(cases)('the right place where %s', (_, story, leaf, why) => {
    const account = handOffAccount(rowsOf([story]), now);
    check(account);
    expect(account.ready.entries.map((entry) => [entry.leaf, entry.why])).toEqual([[leaf, why]]);
  });

  it('is in the account though its beginning is no longer stored', () => {
    const rows = { ...rowsOf([{ dueAt: now }]), transitions: [] };
    expect(handOffAccount(rows, now).ready.entries).toMatchObject([{ leaf: 'overdue', readyAt: start }]);
  });

  it('is in the cohort of the time when it became ready, whatever happened later', () => {
    const rows = rowsOf([{ next: [touched] }]);
    const of = (from: number, to: number) => handOffAccount(rows, now, { name: 'x', from, to }).ready.count;
    expect([of(start, start + 1), of(start - 1, start), of(start + 1, now)]).toEqual([1, 0, 0]);
    expect(handOffAccount(rows, start - 1).ready.count).toBe(0);
  });
});

describe('cohorts', () => {
  it('are weeks from Monday and months, by the clock of the company', () => {
    const at = Date.UTC(2026, 11, 31, 23, 30);
    expect(cohortAt(at, 'month', 'Etc/UTC')).toEqual({
      name: '2026-12',
      from: Date.UTC(2026, 11, 1),
      to: Date.UTC(2027, 0, 1),
    });
    expect(cohortAt(at, 'month', 'Europe/Berlin')).toMatchObject({
      name: '2027-01',
      from: Date.UTC(2026, 11, 31, 23),
    });
    expect(cohortAt(at, 'week', 'Europe/Berlin')).toMatchObject({
      name: '2026-W53',
      from: Date.UTC(2026, 11, 27, 23),
    });
  });

  it('have an account each, newest first, and together they are the whole', () => {
    const rows = rowsOf(cases.map(([, story]) => story));
    const moved = {
      ...rows,
      transitions: rows.transitions.map((each) =>
        each.journey === '3' ? { ...each, at: each.at - 20 * day } : each,
      ),
    };
    const accounts = accountsByCohort(moved, now, 'week', 'Etc/UTC');
    expect(accounts.map(({ cohort, ready }) => [cohort.name, ready.count])).toEqual([
      ['2026-W45', cases.length - 1],
      ['2026-W42', 1],
    ]);
    // What a system shows of a week in which nobody of ours became ready is not left out.
    const more = accountsByCohort(moved, now, 'week', 'Etc/UTC', [start - 7 * day, start, start + 2 * day]);
    expect(more.map(({ cohort, ready }) => [cohort.name, ready.count])).toEqual([
      ['2026-W45', cases.length - 1],
      ['2026-W44', 0],
      ['2026-W42', 1],
    ]);
  });
});

const mixed = rowsOf([
  { handOff: null, mode: 'observe' },
  { handOff: { state: 'held', why: 'no owner', handedAt: null } },
  { dueAt: now },
  { next: [touched] },
  { next: [touched, word('accepted', 'accepted')] },
  { next: [word('rejected', 'returned', { reason: 'No need' })] },
]);

describe('the systems’ own counts', () => {
  const unasked = { why: null, explained: false };

  it('stand beside ours but for what was only observed, and each difference is a record', () => {
    const account = handOffAccount(mixed, now);
    const ids = (term: Term, system: 'hubspot' | 'salesforce') =>
      termOf(account, term).entries.flatMap((entry) => entry[system] ?? []);
    const comparisons = compareCounts(account, {
      // The first was observed alone, and has no record; of the others HubSpot does not show the last.
      hubspot: { ready: ids('ready', 'hubspot').slice(0, -1) },
      salesforce: { received: [...ids('received', 'salesforce').slice(1), '00Q00000000000Z'] },
    });
    expect(comparisons.map(({ system, term, theirs, ours }) => [system, term, theirs, ours])).toEqual([
      ['hubspot', 'ready', 4, 5],
      ['salesforce', 'received', 4, 4],
    ]);
    expect(comparisons.flatMap(({ differences }) => differences)).toEqual([
      {
        ...{ system: 'hubspot', term: 'ready', kind: 'missing', id: '105', record: '5/1', ours: 'ready' },
        ...unasked,
      },
      {
        system: 'salesforce',
        term: 'received',
        kind: 'missing',
        id: '00Q000000000002EAA',
        record: '2/1',
        ours: 'received',
        ...unasked,
      },
      {
        system: 'salesforce',
        term: 'received',
        kind: 'extra',
        id: '00Q00000000000ZEAQ',
        record: null,
        ours: null,
        ...unasked,
      },
    ]);
  });

  it('in the text of the account', () => {
    const account = handOffAccount(mixed, now);
    const comparisons = compareCounts(account, {
      hubspot: { ready: ['100', '101', '102', '103', '104'], handed: ['101'] },
    });
    expect(accountText(account, comparisons)).toBe(`Ready: all, as of 2026-11-07 09:00 UTC
ready 6 (HubSpot 5)
  handed 4 (HubSpot 1)
    received 4
      touched 3
        accepted 1
        returned 0
        rejected 1
          - No need: 1
        disqualified 0
        being worked 1
      not yet due 0
      overdue 1
      moved 0
    in flight 0
    in flight (late) 0
    failed 0
  held back 2
    - no owner: 1
    - observed only: 1

Differences: 7
- HubSpot does not count 105 (5/1) as ready
- HubSpot counts 100 as ready, not in this account
- HubSpot does not count 102 (2/1) as handed
- HubSpot does not count 103 (3/1) as handed
- HubSpot does not count 104 (4/1) as handed
- HubSpot does not count 105 (5/1) as handed
- HubSpot counts 101 (1/1) as handed, here held back`);
  });

  it('in JSON, with every record of every term', () => {
    const json = accountJson(handOffAccount(mixed, now));
    expect(json).toMatchObject({
      asOf: '2026-11-07T09:00:00.000Z',
      cohort: { name: 'all', from: null, to: null },
      differences: [],
    });
    expect(json.ready.records).toHaveLength(6);
    expect(json.ready.theirs).toEqual({ hubspot: null, salesforce: null });
    const [handed, heldBack] = json.ready.parts;
    expect([handed?.term, handed?.count, heldBack?.term, heldBack?.count]).toEqual(['handed', 4, 'held', 2]);
    expect(heldBack?.entries[1]).toEqual({
      record: '1/1',
      journey: '1',
      turn: 1,
      readyAt: '2026-11-02T09:00:00.000Z',
      handedAt: null,
      definition: '2026-1',
      why: 'no owner',
      hubspot: '101',
      salesforce: '00Q000000000001',
    });
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });
});

describe('who has the next step', () => {
  const { stages } = makeDefinition();

  it('is told for each place, as lifecycle.yaml names them for the stage that people have there', () => {
    const hands = nextHands(stages);
    expect(hands.held).toEqual({ side: 'marketing', who: 'Demand generation' });
    expect(hands.overdue).toEqual({ side: 'sales', who: 'Owner of the lead' });
    expect(hands.disqualified).toEqual({ side: 'marketing', who: 'Marketing operations' });
    const others = { ...stages.accepted, used: false, accountable: { marketing: '', sales: 'Somebody' } };
    expect(nextHands({ ...stages, accepted: others }).accepted.who).toBe('Owner of the lead');
    expect(
      nextHands({ ...stages, returned: { used: true, accountable: { marketing: '', sales: '' } } }).moved,
    ).toEqual({
      side: 'marketing',
      who: null,
    });
  });

  it('stands beside the places that have anybody, and in the JSON of each', () => {
    const account = handOffAccount(mixed, now);
    const text = accountText(account, [], [], nextHands(stages));
    expect(text).toMatch(/^ +overdue 1 · next: sales: Owner of the lead$/m);
    expect(text).toMatch(/^ +in flight 0$/m);
    expect(text).toMatch(/^ +held back 2 · next: marketing: Demand generation$/m);
    const json = accountJson(account, [], [], nextHands(stages));
    expect(json.ready.next).toBeNull();
    expect(json.ready.parts.find(({ term }) => term === 'held')?.next).toEqual({
      side: 'marketing',
      who: 'Demand generation',
    });
    expect(accountJson(account).ready.parts[0]?.next).toBeNull();
  });
});
