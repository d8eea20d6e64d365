import { describe, expect, it } from 'vitest';
import { batchMinimum, historyMinimum } from '../../bench/align/minimum.ts';
import { callsAt } from '../../bench/cost/first-alignment.ts';
import { type Figure, makeFigure, meetsTarget } from '../../bench/figure.ts';
import { latenciesOf, percentile, type Typed, titleOf } from '../../bench/latency/arrivals.ts';
import { type Both, count, emptyTally } from '../../bench/peers/tally.ts';
import { makeSeedTrace, makeTrace, type Part } from '../../bench/peers/trace.ts';

describe('how the benchmarks reckon', () => {
  it('reads calls at any size off the line through two runs, fixed costs included once', () => {
    const run = (records: number, hubspot: number, salesforce: number) => ({
      records,
      calls: { hubspot, salesforce },
    });
    expect(callsAt(run(100, 30, 12), run(300, 50, 16), 1_300)).toEqual({ hubspot: 150, salesforce: 36 });
  });

  it('an edit has arrived when it or a later one of the same record was written, and never by an earlier one', () => {
    const typed = (targetId: string, number: number, sentAtMs: number): Typed => ({
      ...{ to: 'salesforce', targetId, number, sentAtMs },
    });
    const arrivals = new Map([
      [
        'salesforce A',
        [
          { number: 1, atMs: 1_400 },
          { number: 3, atMs: 3_000 },
        ],
      ],
      ['hubspot B', [{ number: 9, atMs: 9_000 }]],
    ]);
    const edits = [
      ...[typed('A', 1, 1_000), typed('A', 2, 2_000), typed('A', 3, 2_900)],
      ...[typed('A', 4, 3_000), typed('B', 9, 1_000)],
    ];
    expect(latenciesOf(edits, arrivals)).toEqual([400, 1_000, 100, null, null]);
  });

  it('nothing beside nothing is equal, and meets a target of nothing', () => {
    const base = { name: 'a', against: 'target', unit: 'b', detail: {}, theirs: 0 };
    const common = { ...base, better: 'lower' } as const;
    const [none, some] = [makeFigure({ ...common, ours: 0 }), makeFigure({ ...common, ours: 2 })];
    expect([none.ratio, meetsTarget(none), meetsTarget(some)]).toEqual([1, true, false]);
    expect(JSON.parse(JSON.stringify(some))).toMatchObject({ ratio: null });
  });

  it('a percentile is a value that was measured', () => {
    const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
    expect([50, 99, 100].map((percent) => percentile(hundred, percent))).toEqual([50, 99, 100]);
    expect(percentile([7], 50)).toBe(7);
  });

  it('the titles of the edits all differ', () => {
    expect(new Set([0, 1, 10, 11].map(titleOf)).size).toBe(4);
  });

  it('a trace is one for its seed, edits both sides, empties some, and never lets two edits meet in a field', () => {
    const people = Array.from({ length: 40 }, (_, at) => ({ hubspot: `${at}`, salesforce: `00Q${at}` }));
    const trace = makeTrace(people, 7);
    expect(makeTrace(people, 7)).toEqual(trace);
    expect(makeTrace(people, 8)).not.toEqual(trace);
    const places = trace.map(({ person, field }) => `${person.hubspot} ${field.hubspot}`);
    expect(new Set(places).size).toBe(places.length);
    expect(new Set(trace.map(({ from }) => from)).size).toBe(2);
    const emptied = trace.filter(({ value }) => value === null).length;
    expect(emptied).toBeGreaterThan(0);
    expect(emptied).toBeLessThan(trace.length / 2);
  });

  it('in the rough half the second edit of a person comes after the first kill, and nobody comes twice', () => {
    const people = Array.from({ length: 40 }, (_, at) => ({ hubspot: `${at}`, salesforce: `00Q${at}` }));
    const { calm, rough } = makeSeedTrace(people, 7);
    const [first, second] = rough;
    expect(new Set(first.edits.map(({ person }) => person)).size).toBe(people.length);
    expect(second.edits.length).toBeGreaterThan(0);
    const sides = new Map(first.edits.map(({ person, from }) => [person, from]));
    for (const { person, from } of second.edits) expect(sides.get(person)).not.toBe(from);
    const emails = [calm, first, second].flatMap((part) => part.newcomers.map(({ email }) => email));
    expect(new Set(emails).size).toBe(emails.length);
  });

  it('counts what is not on both sides, what is still there, and every record that nobody asked for', () => {
    const ids = { hubspot: '1', salesforce: '00Q1' };
    const title = { hubspot: 'jobtitle', salesforce: 'Title' } as const;
    const city = { hubspot: 'city', salesforce: 'City' } as const;
    const part: Part = {
      edits: [
        { person: ids, from: 'hubspot', field: title, value: 'Planner' },
        { person: ids, from: 'salesforce', field: city, value: null },
      ],
      newcomers: [
        { email: 'new@b.example', on: ['hubspot'], name: 'New' },
        { email: 'gone@b.example', on: ['salesforce'], name: 'Gone' },
      ],
      correction: { from: 'hubspot', email: 'right@b.example' },
    };
    const before: Both = { hubspot: new Map([['1', {}]]), salesforce: new Map([['00Q1', {}]]) };
    const after: Both = {
      hubspot: new Map([
        ['1', { email: 'right@b.example', jobtitle: 'Planner', city: 'Oslo' }],
        ['2', { email: 'new@b.example', lastname: 'New' }],
      ]),
      salesforce: new Map([
        ['00Q1', { Email: 'wrong@b.example', Title: 'Planner', City: null }],
        ['00Q2', { Email: 'new@b.example', LastName: 'New' }],
        ['00Q3', { Email: 'new@b.example', LastName: 'New' }],
        ['00Q4', { Email: 'gone@b.example', LastName: 'Gone' }],
        ['00Q5', { Email: 'right@b.example' }],
        ['00Q6', { Email: 'else@b.example' }],
      ]),
    };
    const tally = emptyTally();
    count(tally, before, after, [part], [{ ids, before: 'wrong@b.example' }]);
    expect(tally).toMatchObject({
      ...{ changes: 5, clears: 1, clearsLost: 1 },
      lost: { edits: 1, newcomers: 1, corrections: 1 },
      duplicates: { newcomers: 1, corrected: 1, others: 1 },
    });
  });
});

describe('the batch minimum', () => {
  it.each([
    ['hubspot', 1_000, 10 + 5 + 5],
    ['salesforce', 1_000, 10 + 5 + 10],
    ['hubspot', 1, 3],
    ['hubspot', 101, 2 + 1 + 1],
    ['salesforce', 201, 3 + 2 + 3],
  ] as const)('from %s, %i records: %i', (from, changed, minimum) => {
    expect(batchMinimum(from, changed)).toBe(minimum);
  });
});

it.each([
  ['hubspot', 'polled', 101, 3],
  ['hubspot', 'told', 101, 0],
  ['salesforce', 'polled', 101, 0],
] as const)('histories from %s, %s: %i records in %i calls', (from, signal, changed, calls) => {
  expect(historyMinimum(from, changed, signal)).toBe(calls);
});

it('a target is met on the right side of it, and a rival is no target', () => {
  const make = (ours: number, better: Figure['better'], against = 'target'): Figure => ({
    name: 'x',
    ratio: ours,
    against,
    ours,
    theirs: 1,
    better,
    unit: '',
    detail: {},
  });
  expect(
    [make(1, 'lower'), make(1.1, 'lower'), make(1, 'higher'), make(0.9, 'higher')].map(meetsTarget),
  ).toEqual([true, false, true, false]);
  expect(meetsTarget(make(2, 'lower', 'record-by-record'))).toBeNull();
});
