import type { PairMapping } from '../../model/mapping.ts';
import type { Store } from '../../store/open-store.ts';
import type { DueRows } from '../../store/status/late-rows.ts';
import type { GoneWorker, WorkerRow } from '../../store/workers.ts';
import { pausedParts } from '../../sync/pauses.ts';
import { iso } from '../with-store.ts';
import type { CurrentProblem } from './problems.ts';

/** A worker that is stopped in order comes back within so long, as a rule: a new version, another machine. */
export const restartMs = 300_000;
/** Processes of a fleet start one after the other. */
const fleetStartMs = 60_000;

/** What has to be done by somebody, and what stands still where nobody does it. */
const needed = [
  ['sync', 'nothing is written'],
  ['schedule', 'nobody polls, lists or looks for drift'],
] as const;

const waitWords = ({ rows }: DueRows): string =>
  rows === 0 ? 'nothing that is known of waits' : `${rows} records wait for a look`;

/** How a worker is started, where nobody says otherwise. */
export const startOfWorker = 'bin/tandem run';

const noneProblem = (
  gone: GoneWorker | null,
  due: DueRows,
  start: string,
): Omit<CurrentProblem, 'key' | 'records' | 'fault'> | null => {
  const next = `Start it: ${start}. It goes on where the last one stopped, and nothing has to be repaired.`;
  if (gone !== null && !gone.isStopped) {
    return {
      what: 'No worker runs: the last one vanished',
      since: iso(gone.seenAt),
      cause: `Process ${gone.pid} on ${gone.host} was heard of last then and did not end in order: it was killed, or its machine or the database was lost; ${waitWords(due)}`,
      next: `${next} Its last log lines say more.`,
    };
  }
  if (gone !== null && (due.rows > 0 || due.now - gone.seenAt > restartMs)) {
    return {
      what: 'No worker runs',
      since: iso(gone.seenAt),
      cause: `Process ${gone.pid} on ${gone.host} was stopped in order then, and none was started since; ${waitWords(due)}`,
      next,
    };
  }
  if (due.rows === 0 || due.since === null) return null;
  const cause = `${waitWords(due)}, and none was left to run`;
  return { what: 'No worker runs', since: iso(due.since), cause, next };
};

/** Workers run, and none of them does what has to be done. */
const rolesProblems = (living: readonly WorkerRow[], due: DueRows): readonly CurrentProblem[] => {
  const since = Math.min(...living.map((worker) => worker.since));
  if (due.now - since < fleetStartMs) return [];
  return needed
    .filter(([role]) => living.every(({ roles }) => !roles.includes(role)))
    .map(([role, stands]) => ({
      key: `worker:none:${role}`,
      what: `No worker with the role ${role} runs`,
      since: iso(since),
      records: role === 'sync' ? due.rows : 0,
      cause: `${living.length === 1 ? 'The one that lives has' : 'Those that live have'} other roles: ${stands}`,
      fault: 'tandem',
      next: `Start one: bin/tandem run --role ${role}, or without --role, which does all.`,
    }));
};

/**
 * That nobody works, in the words of `status`: a worker that vanished, at once; one that was stopped, once it stays away; and whatever waits while none
 * lives. A run that ended idle (`--until-idle`) has said so itself, and is not missed while nothing waits. `start` is the command that starts one. Pure.
 */
export const noWorkerProblems = (
  living: readonly WorkerRow[],
  gone: GoneWorker | null,
  due: DueRows,
  start = startOfWorker,
): readonly CurrentProblem[] => {
  if (living.length > 0) return rolesProblems(living, due);
  const told = noneProblem(gone, due, start);
  return told === null ? [] : [{ key: 'worker:none', ...told, records: due.rows, fault: 'tandem' }];
};

/** Workers that work on the whole; a command that looks at one record is none. */
export const livingWorkersOf = async ({ operator }: Pick<Store, 'operator'>): Promise<readonly WorkerRow[]> =>
  (await operator.workers()).filter(({ name }) => name === 'run');

/** Pairs that nobody keeps still: what waits in the others waits for a person's word. */
export const activePairs = async (
  { operator }: Pick<Store, 'operator'>,
  pairs: readonly PairMapping[],
): Promise<readonly PairMapping[]> => {
  const pauses = await operator.pauses();
  return pairs.filter((pair) => !pausedParts(pair, pauses).whole);
};
