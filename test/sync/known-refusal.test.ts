import { expect, it } from 'vitest';
import type { Failure } from '../../src/model/failure.ts';
import type { FieldWrite, Parked } from '../../src/model/state.ts';
import { curedByGroup } from '../../src/sync/known-refusal.ts';
import { makeField, makePair } from './builders.ts';

const pair = makePair([
  makeField({ name: 'state', group: 'address' }),
  makeField({ name: 'country', group: 'address' }),
  makeField({ name: 'title' }),
]);
const target = { system: 'salesforce', type: 'Lead', id: '1' } as const;
const parked = (
  field: string | null,
  failure: Partial<Failure> = {},
  system: Parked['system'] = 'salesforce',
) =>
  ({
    ...{
      pair: pair.name,
      unit: 'u',
      system,
      ref: { ...target, system },
      field,
      next: '',
      refused: 'x',
      since: 0,
    },
    failure: {
      ...{ category: 'value', system, code: 'FIELD_INTEGRITY_EXCEPTION', message: '', fields: ['State'] },
      ...failure,
    },
  }) as Parked;
const landed = (...fields: readonly string[]) => ({
  target,
  writes: fields.map((field) => ({ field }) as FieldWrite),
});

it('a refusal may be cured by a write to its group, in the same system, and by no other', () => {
  const row = parked('state');
  expect(curedByGroup(pair, landed('country'), [row])).toEqual([row]);
  expect(curedByGroup(pair, landed('title'), [row])).toEqual([]);
  expect(curedByGroup(pair, landed('country'), [parked('state', {}, 'hubspot')])).toEqual([]);
  expect(curedByGroup(pair, landed('title'), [parked(null)])).toEqual([]);
});

it('what no other field can cure is left: too long, not permitted, held by Tandem itself', () => {
  const rows = [
    parked('state', { code: 'STRING_TOO_LONG' }),
    parked('state', { category: 'permission' }),
    parked('state', { code: 'NOT_KEPT' }),
  ];
  expect(curedByGroup(pair, landed('country'), rows)).toEqual([]);
});
