import type { Fault } from '../../model/failure.ts';
import { isPeople, type PairMapping } from '../../model/mapping.ts';
import type { Problem } from '../../model/state.ts';
import type { Store } from '../../store/open-store.ts';
import type { ParkedGroup } from '../../store/status/waiting.ts';
import { parkedWords } from '../../sync/standing.ts';
import { causeId, messageOf } from '../failures/named-cause.ts';
import { iso } from '../with-store.ts';
import { withCallsAsOne } from './calls.ts';
import { lateProblems } from './late-hand-offs.ts';
import { lateMs, lateRowProblems } from './late-rows.ts';
import { activePairs, livingWorkersOf, noWorkerProblems } from './no-worker.ts';

/** A problem in the words of `status --json` (contract.md), and by which it is known again. */
export interface CurrentProblem {
  readonly key: string;
  readonly what: string;
  readonly since: string;
  readonly records: number;
  readonly cause: string;
  readonly fault: Fault;
  readonly next: string;
}

/** Whose fault a refusal is: rights are the other system's to give, a missing field is the mapping's, a malformed request ours. */
const faultOfParked = ({ category, system }: ParkedGroup): Fault => {
  if (category === 'permission') return system;
  if (category === 'schema') return 'config';
  return category === 'request' ? 'tandem' : 'data';
};

/** Parked rows of one cause are one problem: what, since when, how many, whose fault, what to press. */
const parkedProblems = async (store: Store, pair: string): Promise<readonly CurrentProblem[]> => {
  const groups = await store.status.parkedByCause(pair);
  return groups.map((group) => ({
    key: `parked:${pair}:${group.system}:${group.field ?? '*'}:${group.code}`,
    what: `${pair}: ${group.field ?? 'whole record'} ${parkedWords(group.code)} ${group.system}: ${group.code}`,
    since: iso(group.since),
    records: group.records,
    cause: messageOf(group),
    fault: faultOfParked(group),
    next: `${group.next} Its records: tandem failures show ${causeId({ ...group, pair })}`,
  }));
};

/** Nobody can be given the lead: the file names nobody else. */
const isHeld = (why: string): boolean => why.startsWith('nobody can take it');

/** Whose fault an order's refusal is: a right is the system's to give, a list of ours is the file's. */
const faultOfOrder = (why: string, next: string): Fault => {
  if (isHeld(why) || next.startsWith('Make the HubSpot list')) return 'config';
  if (!next.startsWith('Give the ')) return 'data';
  return why.startsWith('hubspot') ? 'hubspot' : 'salesforce';
};

/** Hand-offs and other orders of the lifecycle that go no further until somebody acts: the lead waits in a visible place. */
const orderProblems = async (store: Store): Promise<readonly CurrentProblem[]> => {
  const groups = await store.lifecycle.refusedEffects();
  return groups.map(({ kind, why, next, since, count }) => ({
    key: `order:${kind}:${why}`,
    what: `lifecycle: ${kind} waits`,
    since: iso(since),
    records: count,
    cause: why,
    fault: faultOfOrder(why, next),
    next,
  }));
};

/** That nobody works, or that something waits for too long although somebody does. */
const stillProblems = async (
  store: Store,
  pairs: readonly PairMapping[],
  standing: readonly Problem[],
  start: string | undefined,
): Promise<readonly CurrentProblem[]> => {
  const living = await livingWorkersOf(store);
  const active = await activePairs(store, pairs);
  const gone = living.length > 0 ? null : await store.operator.goneWorker();
  const due = await store.status.dueRows(active.map(({ name }) => name));
  const nobody = noWorkerProblems(living, gone, due, start);
  if (living.length === 0 || nobody.some(({ key }) => key === 'worker:none:sync')) return nobody;
  const late = await Promise.all(active.map(async ({ name }) => store.status.lateRows(name, lateMs)));
  const budgets = late.some((rows) => rows.length > 0) ? await store.status.budget() : [];
  return [
    ...nobody,
    ...active.flatMap((pair, index) => lateRowProblems(pair, late[index] ?? [], standing, budgets)),
  ];
};

/** Everything that is wrong now: what keeps work from flowing, then what was refused. `start`: the command that starts a worker. */
export const currentProblems = async (
  store: Store,
  pairs: readonly PairMapping[],
  start?: string,
): Promise<readonly CurrentProblem[]> => {
  const standing = withCallsAsOne(await store.status.problems());
  // Of what waits for a word it is known how many records that are.
  const held = new Map(
    (await store.operator.heldChanges()).map(({ id, records }) => [`held:${id}`, records]),
  );
  const people = pairs.find(isPeople);
  const late = people === undefined ? [] : await store.lifecycle.lateHandOffs(people.name);
  const pauses = late.length === 0 ? [] : await store.operator.pauses();
  const parked = await Promise.all(pairs.map(async ({ name }) => parkedProblems(store, name)));
  return [
    ...(await stillProblems(store, pairs, standing, start)),
    ...standing.map(({ key, what, since, cause, fault, next }) => ({
      ...{ key, what, cause, fault, next },
      since: iso(since),
      records: held.get(key) ?? 0,
    })),
    ...parked.flat(),
    ...(people === undefined ? [] : lateProblems(late, standing, people, pauses)),
    ...(await orderProblems(store)),
  ];
};
