import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BlankRule,
  blankRules,
  conflictRules,
  directions,
  type FieldMapping,
  firstRules,
} from '../../src/model/mapping.ts';
import { type Sides, type System, systems } from '../../src/model/system.ts';
import type { RawValue } from '../../src/model/value.ts';
import { type FieldState, fieldsEqual, mergeField, ruleForDifference } from '../../src/sync/merge.ts';
import type { ChangeTime } from '../../src/sync/newest.ts';
import { makeField } from './builders.ts';

const at = (from: number, to = from): ChangeTime => ({
  from,
  to,
  clock: from === to ? 'history' : 'interval',
});
const times = { hubspot: at(0, 10_000), salesforce: at(0, 10_000) };
const sides = (hubspot: RawValue, salesforce: RawValue): Sides<RawValue> => ({ hubspot, salesforce });
const state = (overrides: Partial<FieldState>): FieldState => ({
  base: undefined,
  values: sides(null, null),
  times,
  ...overrides,
});

/** The one value that a decision sends, and where. */
const sentBy = (field: FieldMapping, fieldState: FieldState): string => {
  const decision = mergeField(field, fieldState);
  if (decision.kind !== 'flow') return decision.kind;
  return decision.flows.map((flow) => `${flow.target}=${String(flow.sent)}`).join(' ');
};

describe('three-way merge of one field', () => {
  const both = sides('old', 'old');
  it.each<[string, Partial<FieldMapping>, Partial<FieldState>, string]>([
    ['equal and known', {}, { base: both, values: both }, 'same'],
    ['equal, differently spaced', {}, { base: both, values: sides('new', ' new ') }, 'settle'],
    ['HubSpot changed', {}, { base: both, values: sides('new', 'old') }, 'salesforce=new'],
    ['Salesforce changed', {}, { base: both, values: sides('old', 'new') }, 'hubspot=new'],
    ['cleared, and blanks clear', {}, { base: both, values: sides(null, 'old') }, 'salesforce=null'],
    ['cleared, and blanks keep', { blank: 'keeps' }, { base: both, values: sides(null, 'old') }, 'settle'],
    [
      'cleared, but required there',
      { fill: { salesforce: '[unknown]' } },
      { base: both, values: sides('', 'old') },
      'settle',
    ],
    [
      'against the direction',
      { direction: 'to-hubspot' },
      { base: both, values: sides('new', 'old') },
      'settle',
    ],
    ['not returned', {}, { base: both, values: { hubspot: 'new', salesforce: undefined } }, 'skip'],
    ['unreadable', {}, { base: both, values: sides('?x', 'old') }, 'hold'],
    [
      'unreadable but the other side changed',
      {},
      { base: sides('?x', 'old'), values: sides('?x', 'new') },
      'hubspot=new',
    ],
    ['a fill never flows back', { fill: { salesforce: 'none' } }, { values: sides(null, 'none') }, 'settle'],
    [
      'a value replaces a fill',
      { fill: { salesforce: 'none' } },
      { base: sides(null, 'none'), values: sides('new', 'none') },
      'salesforce=new',
    ],
    ['first meeting, one blank', {}, { values: sides(null, 'there') }, 'hubspot=there'],
    ['first meeting, undecided', {}, { values: sides('here', 'there') }, 'hubspot=there'],
    [
      'first meeting, tie to HubSpot',
      { tie: 'hubspot' },
      { values: sides('here', 'there') },
      'salesforce=here',
    ],
    ['first meeting, held', { first: 'hold' }, { values: sides('here', 'there') }, 'hold'],
    [
      'conflict, HubSpot newer',
      {},
      { base: both, values: sides('a', 'b'), times: { hubspot: at(9_000), salesforce: at(0, 5_000) } },
      'salesforce=a',
    ],
    [
      'conflict within 2 s is a tie',
      {},
      { base: both, values: sides('a', 'b'), times: { hubspot: at(9_000), salesforce: at(8_000) } },
      'hubspot=b',
    ],
    [
      'conflict, prefer HubSpot',
      { conflict: 'prefer-hubspot' },
      { base: both, values: sides('a', 'b') },
      'salesforce=a',
    ],
    [
      'conflict, prefer unless blank',
      { conflict: 'prefer-hubspot-unless-blank' },
      { base: both, values: sides(null, 'b') },
      'hubspot=b',
    ],
    [
      'conflict, blank must not clear',
      { blank: 'keeps', conflict: 'prefer-hubspot' },
      { base: both, values: sides(null, 'b') },
      'hubspot=b',
    ],
    [
      'conflict, highest',
      { conflict: 'highest', kind: 'number' },
      { base: sides('1', '1'), values: sides('9', '10') },
      'hubspot=10',
    ],
    [
      'conflict, lowest',
      { conflict: 'lowest', kind: 'number' },
      { base: sides('1', '1'), values: sides('9', '10') },
      'salesforce=9',
    ],
    ['conflict, held', { conflict: 'hold' }, { base: both, values: sides('a', 'b') }, 'hold'],
  ])('%s', (_name, field, fieldState, expected) => {
    expect(sentBy(makeField(field), state(fieldState))).toBe(expected);
  });

  it('says that the loser of a conflict was overwritten, and that a plain change was not', () => {
    const conflict = mergeField(makeField(), state({ base: both, values: sides('a', 'b') }));
    const change = mergeField(makeField(), state({ base: both, values: sides('a', 'old') }));
    expect(conflict).toMatchObject({ kind: 'flow', flows: [{ overwrites: true }] });
    expect(change).toMatchObject({ kind: 'flow', flows: [{ overwrites: false }] });
  });

  it('asks for history only where it could change the verdict', () => {
    const newerRecord = { hubspot: at(0, 60_000), salesforce: at(0, 10_000) };
    const olderRecord = { hubspot: at(0, 9_000), salesforce: at(0, 10_000) };
    const values = { base: both, values: sides('a', 'b') };
    expect(mergeField(makeField(), state({ ...values, times: newerRecord }))).toMatchObject({
      needsHistory: ['hubspot'],
    });
    expect(mergeField(makeField(), state({ ...values, times: olderRecord }))).toMatchObject({
      needsHistory: [],
    });
  });
});

const raw = fc.oneof(
  fc.constantFrom<RawValue>(null, '', ' ', 'a', 'A', ' a', 'b', 'c', '?x', '1', '2', 'none'),
  fc.string({ maxLength: 6 }),
);
const anyField = fc
  .record({
    direction: fc.constantFrom(...directions),
    conflict: fc.constantFrom(...conflictRules.filter((rule) => rule !== 'union')),
    first: fc.constantFrom(...firstRules.filter((rule) => rule !== 'union')),
    blank: fc.constantFrom<BlankRule>(...blankRules),
    tie: fc.constantFrom<System>(...systems),
    fill: fc.constantFrom<Partial<Sides<string>>>({}, { salesforce: 'none' }, { hubspot: 'none' }),
  })
  .map((overrides) => makeField(overrides));
const anyTimes = fc.tuple(fc.nat(20_000), fc.nat(20_000)).map(([from, length]) => at(from, from + length));
const anyState = fc.record({
  base: fc.option(fc.record({ hubspot: raw, salesforce: raw }), { nil: undefined }),
  values: fc.record({ hubspot: raw, salesforce: raw }),
  times: fc.record({ hubspot: anyTimes, salesforce: anyTimes }),
});

/** Plays a decision: what each side holds and what the base is afterwards. */
const apply = (field: FieldMapping, before: FieldState): FieldState => {
  const decision = mergeField(field, before);
  const values = { hubspot: before.values.hubspot ?? null, salesforce: before.values.salesforce ?? null };
  if (decision.kind === 'settle') return { ...before, base: values };
  if (decision.kind !== 'flow') return before;
  let after = { ...before };
  for (const flow of decision.flows) {
    const next = { ...values, [flow.target]: flow.sent };
    after = { ...after, values: next, base: next };
  }
  return after;
};

describe('laws of the merge', () => {
  it('twice equals once: after one decision was carried out, the next look asks for nothing', () => {
    fc.assert(
      fc.property(anyField, anyState, (field, before) => {
        const after = apply(field, before);
        expect(['same', 'hold']).toContain(mergeField(field, after).kind);
      }),
      { numRuns: 3_000 },
    );
  });

  it('what still differs afterwards is named by a rule', () => {
    fc.assert(
      fc.property(anyField, anyState, (field, before) => {
        if (before.base !== undefined) return;
        const after = apply(field, before);
        if (fieldsEqual(field, after.values)) return;
        expect(ruleForDifference(field, after)).not.toBeNull();
      }),
      { numRuns: 3_000 },
    );
  });

  it('a side that did not change since the last settle never wins', () => {
    fc.assert(
      fc.property(anyField, raw, raw, raw, (field, hubspot, salesforce, edited) => {
        const base = { hubspot, salesforce };
        const decision = mergeField(field, state({ base, values: { hubspot: edited, salesforce } }));
        if (decision.kind !== 'flow') return;
        expect(decision.flows.map((flow) => flow.target)).toEqual(['salesforce']);
      }),
      { numRuns: 3_000 },
    );
  });

  it('a blank never beats a value without a base', () => {
    fc.assert(
      fc.property(anyField, raw, anyTimes, anyTimes, (field, value, hubspot, salesforce) => {
        const decision = mergeField(
          field,
          state({ values: sides(value, null), times: { hubspot, salesforce } }),
        );
        if (decision.kind !== 'flow') return;
        expect(decision.flows.every((flow) => flow.target === 'salesforce')).toBe(true);
      }),
    );
  });
});
