import { setTimeout as sleep } from 'node:timers/promises';
import { didYouMean } from '../mapping/suggest.ts';
import { UsageError } from '../model/failure.ts';
import type { PairMapping } from '../model/mapping.ts';
import { behaviours, coversWhole, isPausedBehaviour, type Pause, parseScope } from '../model/pause.ts';
import { type Sides, systems } from '../model/system.ts';
import type { Waiting } from '../store/operator/pauses.ts';
import { exitCode } from './exit.ts';
import {
  beforeResume,
  hasLifecycle,
  isLifecycleScope,
  type LifecycleWaits,
  readLifecycleWaits,
  untilLifecycleStill,
  waitingForBehaviour,
} from './pause/lifecycle.ts';
import {
  answer,
  type CommandContext,
  iso,
  type StoreOptions,
  withExistingStore,
  withStore,
} from './with-store.ts';

export interface PauseOptions extends StoreOptions {
  readonly because?: string;
}

/** What is being worked on when a pause begins has this long to finish: the longest lease. */
const finishMs = 60_000;
const lookEveryMs = 100;

const objectsOf = (pairs: readonly PairMapping[]): readonly string[] =>
  pairs.flatMap(({ types }) => systems.map((system) => `${system}:${types[system]}`));

/** The scope as the store keeps it: an object's bare API name gets its system. Null: there is nothing of that name. */
const knownScope = (pairs: readonly PairMapping[], word: string): string | null => {
  const parsed = parseScope(word);
  const isPair = (pair: string | null): boolean => pair === null || pairs.some(({ name }) => name === pair);
  const object = objectsOf(pairs).find((each) => each === word || each.endsWith(`:${word}`));
  const isKnown =
    parsed.kind === 'all' ||
    (parsed.kind === 'object' && object !== undefined) ||
    ((parsed.kind === 'direction' || parsed.kind === 'behaviour') && isPair(parsed.pair)) ||
    (parsed.kind === 'mapping' && isPair(parsed.pair));
  if (isKnown) return word;
  return parsed.kind === 'mapping' ? (object ?? null) : null;
};

/** A scope to pause. `acts`: there is a lifecycle. @throws UsageError naming what there is */
const scopeToPause = (pairs: readonly PairMapping[], word: string, acts: boolean): string => {
  const scope = knownScope(pairs, word);
  if (scope !== null && (acts || !isLifecycleScope(scope))) return scope;
  const names = pairs.map(({ name }) => name);
  const directions = systems.map((system) => `to-${system}`);
  const own = behaviours.filter((each) => acts || !isPausedBehaviour(each));
  const known = ['all', ...names, ...objectsOf(pairs), ...directions, ...own];
  throw new UsageError(
    `There is nothing called '${word}' to pause.`,
    `${didYouMean(word, known)}Give one of: ${known.join(', ')}.`,
  );
};

/** A scope to resume: one that is paused, even if it is not configured any more, or could be. @throws UsageError naming what is paused */
const scopeToResume = (
  pairs: readonly PairMapping[],
  pauses: readonly Pick<Pause, 'scope'>[],
  word: string,
): string => {
  const paused = pauses.map(({ scope }) => scope);
  const meant = [word, ...systems.map((system) => `${system}:${word}`)];
  const scope = paused.find((each) => meant.includes(each)) ?? knownScope(pairs, word);
  if (scope !== null) return scope;
  throw new UsageError(
    `There is nothing called '${word}' to resume.`,
    paused.length === 0
      ? 'Nothing is paused.'
      : `${didYouMean(word, paused)}Paused now: ${paused.join(', ')}.`,
  );
};

/** The mappings that a scope keeps still, whole or in part. */
const pairsOf = (pairs: readonly PairMapping[], scope: string): readonly PairMapping[] => {
  if (isLifecycleScope(scope)) return [];
  const parsed = parseScope(scope);
  const isPart = parsed.kind === 'direction' || parsed.kind === 'behaviour';
  return pairs.filter(
    (pair) => coversWhole(pair, parsed) || (isPart && (parsed.pair === null || parsed.pair === pair.name)),
  );
};

/** Records that a pause keeps waiting: all of a pair that is still, and those of others that it holds. */
const waitingFor = (
  pairs: readonly PairMapping[],
  pause: Pick<Pause, 'scope'>,
  rows: readonly Waiting[],
): readonly Waiting[] => {
  const parsed = parseScope(pause.scope);
  return rows.filter((row) => {
    const pair = pairsOf(pairs, pause.scope).find(({ name }) => name === row.pair);
    return pair !== undefined && (row.held || coversWhole(pair, parsed));
  });
};

const recordsIn = (rows: readonly Waiting[]): number => rows.reduce((sum, { records }) => sum + records, 0);

/** A pause as `status`, `pause` and `resume` show it. */
export interface ShownPause {
  readonly scope: string;
  readonly since: string;
  readonly by: Pause['by'];
  readonly cause: string;
  /** Records that wait for its end; of a behaviour of the lifecycle, orders, and people where nobody is looked at. */
  readonly waiting: number;
}

/** What waits in the lifecycle; asked for only where a behaviour of it is paused. */
const waitsOf = async (
  store: Pick<CommandContext['store'], 'lifecycle'>,
  pauses: readonly Pick<Pause, 'scope'>[],
  rows: readonly Waiting[],
): Promise<LifecycleWaits> =>
  pauses.some(({ scope }) => isLifecycleScope(scope))
    ? readLifecycleWaits(store, rows)
    : { orders: [], people: 0 };

const waitingOf = (
  pairs: readonly PairMapping[],
  scope: string,
  rows: readonly Waiting[],
  waits: LifecycleWaits,
): number =>
  isLifecycleScope(scope)
    ? waitingForBehaviour(pairs, scope, waits)
    : recordsIn(waitingFor(pairs, { scope }, rows));

export const shownPauses = async (
  { operator, lifecycle }: Pick<CommandContext['store'], 'operator' | 'lifecycle'>,
  pairs: readonly PairMapping[],
): Promise<readonly ShownPause[]> => {
  const [pauses, rows] = [await operator.pauses(), await operator.waiting()];
  const waits = await waitsOf({ lifecycle }, pauses, rows);
  return pauses.map(({ scope, since, by, cause }) => ({
    scope,
    since: iso(since),
    by,
    cause,
    waiting: waitingOf(pairs, scope, rows, waits),
  }));
};

export const pauseWords = ({ scope, since, by, cause, waiting }: ShownPause): string =>
  `  ${scope} since ${since}${by === 'schema' ? ', by itself' : ''}${cause === '' ? '' : `: ${cause}`} (${waiting} ${isLifecycleScope(scope) ? 'orders' : 'records'} wait)`;

/** Waits until nothing is written any more that was under way when the pause began. Answers whether that is so. */
const untilStill = async (
  { operator }: Pick<CommandContext['store'], 'operator'>,
  pairs: readonly string[],
): Promise<boolean> => {
  const fence = await operator.newestFence();
  const deadline = Date.now() + finishMs;
  while ((await operator.workedUnder(pairs, fence)) > 0) {
    if (Date.now() > deadline) return false;
    await sleep(lookEveryMs);
  }
  return true;
};

/** Pauses scopes; when it ends, what was under way has ended as well. */
export const pauseCommand = async (options: PauseOptions): Promise<number> =>
  withStore(options, async ({ store, mappings: { pairs } }) => {
    const scopes = (options.args.length === 0 ? ['all'] : options.args).map((word) =>
      scopeToPause(pairs, word, hasLifecycle(options.config)),
    );
    for (const scope of scopes) {
      await store.operator.pause({ scope, by: 'hand', cause: options.because ?? '' });
    }
    const covered = [...new Set(scopes.flatMap((scope) => pairsOf(pairs, scope).map(({ name }) => name)))];
    const ended = await Promise.all([
      untilStill(store, covered),
      untilLifecycleStill(store, pairs, scopes, finishMs),
    ]);
    const still = ended.every(Boolean);
    const paused = await shownPauses(store, pairs);
    const last = still ? '' : '\nA write that was under way has not ended yet; it will within a minute.';
    answer(options, { paused, still }, `Paused:\n${paused.map(pauseWords).join('\n')}${last}`);
    return exitCode.fine;
  });

const waitedBy = (rows: readonly Waiting[]) => {
  const byObject: Record<string, Sides<number>> = {};
  for (const { pair, system, records } of rows) {
    const counts = byObject[pair] ?? { hubspot: 0, salesforce: 0 };
    byObject[pair] = { ...counts, [system]: counts[system] + records };
  }
  return byObject;
};

/** Ends pauses that a person made, and says what waited for it. */
export const resumeCommand = async (options: StoreOptions): Promise<number> =>
  withExistingStore(options, async ({ store, mappings: { pairs } }) => {
    const before = await store.operator.pauses();
    const ownScopes = before.filter(({ by }) => by === 'hand').map(({ scope }) => scope);
    const scopes =
      options.args.length === 0 ? ownScopes : options.args.map((word) => scopeToResume(pairs, before, word));
    const rows = await store.operator.waiting();
    const waited = [...new Set(scopes.flatMap((scope) => waitingFor(pairs, { scope }, rows)))];
    const waits = await waitsOf(store, before, rows);
    const orders = scopes
      .filter(isLifecycleScope)
      .reduce((sum, scope) => sum + waitingForBehaviour(pairs, scope, waits), 0);
    await beforeResume(
      store,
      pairs,
      scopes.filter((scope) => ownScopes.includes(scope)),
    );
    const resumed = await store.operator.resume(scopes, 'hand');
    const paused = await shownPauses(store, pairs);
    const records = resumed.length === 0 ? 0 : recordsIn(waited);
    const oldest =
      resumed.length === 0 || waited.length === 0 ? null : Math.min(...waited.map(({ since }) => since));
    const byObject = resumed.length === 0 ? {} : waitedBy(waited);
    const words = [
      resumed.length === 0 ? 'Nothing of that was paused by hand.' : `Resumed: ${resumed.join(', ')}.`,
      ...(resumed.length === 0
        ? []
        : [`${records} records had waited${oldest === null ? '' : `, the oldest since ${iso(oldest)}`}.`]),
      ...(resumed.some(isLifecycleScope) ? [`${orders} orders of the lifecycle had waited.`] : []),
      ...Object.entries(byObject).map(
        ([pair, counts]) =>
          `  ${pair}: ${counts.hubspot} changed in HubSpot, ${counts.salesforce} in Salesforce`,
      ),
      ...(paused.length === 0 ? [] : ['Still paused:', ...paused.map(pauseWords)]),
    ];
    const waitedJson = {
      records,
      orders: resumed.length === 0 ? 0 : orders,
      oldestSince: oldest === null ? null : iso(oldest),
      byObject,
    };
    answer(options, { resumed, waited: waitedJson, paused }, words.join('\n'));
    const missed = scopes.filter((scope) => !resumed.includes(scope));
    return missed.length === 0 ? exitCode.fine : exitCode.found;
  });
