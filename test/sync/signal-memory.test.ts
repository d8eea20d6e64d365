import { expect, it } from 'vitest';
import type { ChangedRecord } from '../../src/model/record.ts';
import { SignalMemory } from '../../src/sync/signal-memory.ts';

const signal: ChangedRecord = {
  ref: { system: 'hubspot', type: 'contacts', id: '1' },
  stamp: 5,
  deleted: false,
  fields: { jobtitle: 'CEO' },
};

it.each([
  ['the same', signal, true],
  ['another value under the same stamp', { ...signal, fields: { jobtitle: 'CTO' } }, false],
  ['another stamp with the same values', { ...signal, stamp: 6 }, false],
  ['a deletion', { ...signal, deleted: true }, false],
  ['another record', { ...signal, ref: { ...signal.ref, id: '2' } }, false],
])('knows a signal again only when nothing of it differs: %s', (_what, second, known) => {
  const memory = new SignalMemory();
  expect(memory.has(signal)).toBe(false);
  memory.remember([signal]);
  expect(memory.has(second)).toBe(known);
});

it('forgets the oldest when it holds too many', () => {
  const memory = new SignalMemory(2);
  const of = (id: string): ChangedRecord => ({ ...signal, ref: { ...signal.ref, id } });
  memory.remember([of('1'), of('2')]);
  memory.remember([of('1'), of('3')]);
  expect(['1', '2', '3'].map((id) => memory.has(of(id)))).toEqual([true, false, true]);
});
