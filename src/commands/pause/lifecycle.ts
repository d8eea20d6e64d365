import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  arePausedHandOffs,
  isAnyPaused,
  type PausedLifecycle,
  pausedLifecycle,
} from '../../lifecycle/run/pauses.ts';
import { journeySignals, type OpenOrders } from '../../model/journeys.ts';
import { isPeople, type PairMapping } from '../../model/mapping.ts';
import { isPausedBehaviour, parseScope } from '../../model/pause.ts';
import type { Store } from '../../store/open-store.ts';
import type { Waiting } from '../../store/operator/pauses.ts';

const lookEveryMs = 100;

/** Whether a folder has a lifecycle whose behaviours can be paused. */
export const hasLifecycle = (configDir: string): boolean => existsSync(join(configDir, 'lifecycle.yaml'));

/** Whether a scope is a behaviour of the lifecycle. */
export const isLifecycleScope = (scope: string): boolean => {
  const parsed = parseScope(scope);
  return parsed.kind === 'behaviour' && isPausedBehaviour(parsed.behaviour);
};

/** What these scopes keep still of the lifecycle; null: nothing, or there are no people. */
const pausedBy = (pairs: readonly PairMapping[], scopes: readonly string[]): PausedLifecycle | null => {
  const people = pairs.find(isPeople);
  if (people === undefined) return null;
  const paused = pausedLifecycle(
    people,
    scopes.map((scope) => ({ scope, by: 'hand' as const })),
  );
  return isAnyPaused(paused) ? paused : null;
};

/** What waits for a behaviour: orders by kind, and people who were told to have changed. */
export interface LifecycleWaits {
  readonly orders: readonly OpenOrders[];
  readonly people: number;
}

export const readLifecycleWaits = async (
  { lifecycle }: Pick<Store, 'lifecycle'>,
  rows: readonly Waiting[],
): Promise<LifecycleWaits> => ({
  orders: await lifecycle.openByKind(),
  people: rows.filter(({ pair }) => pair === journeySignals).reduce((sum, { records }) => sum + records, 0),
});

/** How many orders and people a behaviour's pause keeps waiting. */
export const waitingForBehaviour = (
  pairs: readonly PairMapping[],
  scope: string,
  { orders, people }: LifecycleWaits,
): number => {
  const paused = pausedBy(pairs, [scope]);
  if (paused === null) return 0;
  const own = orders.filter(({ kind }) => paused.kinds.some((each) => each === kind));
  return own.reduce((sum, { count }) => sum + count, paused.looks ? people : 0);
};

/**
 * Waits until the worker of the lifecycle keeps to pauses of these scopes: what was under way before has ended then. True at once where they are none of its
 * business, or none works.
 */
export const untilLifecycleStill = async (
  store: Pick<Store, 'lifecycle' | 'operator'>,
  pairs: readonly PairMapping[],
  scopes: readonly string[],
  deadlineMs: number,
): Promise<boolean> => {
  if (pausedBy(pairs, scopes) === null) return true;
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const noted = await store.lifecycle.notedPauses();
    if (scopes.every((scope) => noted?.includes(scope) === true)) return true;
    if (!(await store.operator.isOfficeHeld('lifecycle'))) return true;
    if (Date.now() > deadline) return false;
    await sleep(lookEveryMs);
  }
};

/** Called before pauses of these scopes end: whoever waited for a hand-over has the rep's whole time from then on. */
export const beforeResume = async (
  { lifecycle }: Pick<Store, 'lifecycle'>,
  pairs: readonly PairMapping[],
  scopes: readonly string[],
): Promise<void> => {
  const paused = pausedBy(pairs, scopes);
  if (paused !== null && arePausedHandOffs(paused)) await lifecycle.beginHandOffsAnew();
};
