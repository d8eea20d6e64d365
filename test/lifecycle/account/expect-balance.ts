import { expect } from 'vitest';
import { handOffAccount, termOf, termsOf } from '../../../src/lifecycle/account/account.ts';
import { accountsByCohort } from '../../../src/lifecycle/account/cohorts.ts';
import { leaves } from '../../../src/lifecycle/account/leaf.ts';
import type { AccountRows } from '../../../src/lifecycle/account/rows.ts';

/** Every ready turn is in exactly one leaf, and every sum is that of its parts. */
export const expectBalance = (rows: AccountRows, now: number): void => {
  const account = handOffAccount(rows, now);
  const keyOf = ({ journey, turn }: { journey: string; turn: number }) => `${journey}/${turn}`;
  const ready = new Set([
    ...rows.transitions.filter(({ at, effects }) => at <= now && effects.includes('hand-off')).map(keyOf),
    ...rows.handOffs.filter(({ readyAt }) => readyAt <= now).map(keyOf),
  ]);
  const inLeaves = leaves.flatMap((leaf) => termOf(account, leaf).entries.map(keyOf));
  expect(inLeaves.length).toBe(ready.size);
  expect(new Set(inLeaves)).toEqual(ready);
  for (const { count, entries, parts } of termsOf(account)) {
    expect(entries.length).toBe(count);
    if (parts.length > 0) expect(parts.reduce((sum, part) => sum + part.count, 0)).toBe(count);
  }
  const byCohort = accountsByCohort(rows, now, 'month', 'Europe/Berlin');
  expect(byCohort.reduce((sum, { ready: { count } }) => sum + count, 0)).toBe(ready.size);
};
