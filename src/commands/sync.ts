import { setTimeout as sleep } from 'node:timers/promises';
import { composeEngine, composeSystems, logEvents } from '../compose.ts';
import { UsageError } from '../model/failure.ts';
import type { PairMapping } from '../model/mapping.ts';
import { formatRef, type RecordRef, systems } from '../model/system.ts';
import { requireConnections } from '../settings.ts';
import type { RecordLife } from '../store/operator/life.ts';
import { pausedParts } from '../sync/pauses.ts';
import { workOnce } from '../sync/work.ts';
import { exitCode } from './exit.ts';
import { lifeEvents } from './explain/life-events.ts';
import { lookFor, noRecord, pairOf, refsOfLink } from './find-record.ts';
import { assertOwnAccounts } from './own-accounts.ts';
import { learnOwners } from './run/owners.ts';
import { answer, type CommandContext, iso, type StoreOptions, withStore } from './with-store.ts';

/** A record that is not settled in this time has an outcome that is not known yet, or cannot be read; the worker goes on with it. */
const waitMs = 60_000;
const lookEveryMs = 200;

interface Subject {
  readonly pair: PairMapping;
  readonly refs: readonly RecordRef[];
}

/** The mapping of the records and the records on both sides. @throws UsageError where there is none. */
const subjectsOf = async (context: CommandContext, text: string): Promise<readonly Subject[]> => {
  const { pairs } = context.mappings;
  const asked = await lookFor(context, text);
  const found = asked.refs;
  const links = (await context.store.operator.life(found)).links.filter(({ ended }) => ended === null);
  const linked = links.flatMap((link): readonly Subject[] => {
    const pair = pairs.find(({ name }) => name === link.pair);
    return pair === undefined ? [] : [{ pair, refs: refsOfLink(pair, link.ids) }];
  });
  const inLink = new Set(linked.flatMap(({ refs }) => refs.map(formatRef)));
  const alone = found
    .filter((ref) => !inLink.has(formatRef(ref)))
    .flatMap((ref): readonly Subject[] => {
      const pair = pairOf(pairs, ref, undefined);
      return pair === undefined ? [] : [{ pair, refs: [ref] }];
    });
  const subjects = [...linked, ...alone];
  if (subjects.length > 0) return subjects;
  const { what, next } = noRecord(asked);
  throw new UsageError(found.length === 0 ? what : 'No mapping has this object.', next);
};

const mark = async ({ store }: CommandContext, subjects: readonly Subject[]): Promise<void> =>
  store.engine.commitSignals(
    subjects.flatMap(({ pair, refs }) =>
      refs.map((ref) => ({
        pair: pair.name,
        ref,
        class: 'live' as const,
        stamp: null,
        cause: 'sync by hand',
      })),
    ),
  );

/** Whether nothing of these records is left to look at, but what a pause holds. */
const isDone = ({ dirty }: RecordLife): boolean => dirty.every(({ held }) => held);

const untilDone = async (
  { store }: CommandContext,
  refs: readonly RecordRef[],
  step: () => Promise<unknown>,
): Promise<RecordLife> => {
  const deadline = Date.now() + waitMs;
  for (;;) {
    await step();
    const life = await store.operator.life(refs);
    if (isDone(life) || Date.now() > deadline) return life;
    await sleep(lookEveryMs);
  }
};

/** Works these records off in this process, as a worker would, and no others. */
const byItself = async (
  context: CommandContext,
  subjects: readonly Subject[],
  refs: readonly RecordRef[],
): Promise<RecordLife> => {
  const { settings, store, log, mappings } = context;
  const { gates, connectors } = composeSystems(requireConnections(settings), store.budget, log);
  const close = async (): Promise<unknown> =>
    Promise.all(systems.map(async (system) => connectors[system].close()));
  await assertOwnAccounts(store.operator, connectors).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const worker = await store.registerWorker({ name: 'sync', exclusive: null, onLost: () => undefined });
  const ids = refs.map(({ id }) => id);
  const engines = [...new Set(subjects.map(({ pair }) => pair))].map((pair) =>
    composeEngine({
      pair,
      mappings,
      store: store.engine,
      systems: connectors,
      gates,
      wake: { wake: () => undefined },
      events: logEvents(log),
      holder: worker.id,
      signal: AbortSignal.timeout(waitMs * 2),
    }),
  );
  try {
    await store.engine.breakLeasesOfDead();
    await learnOwners(connectors, mappings);
    return await untilDone(context, refs, async () => {
      for (const engine of engines) await workOnce(engine, 'live', { only: ids });
    });
  } finally {
    await close();
    await worker.leave();
  }
};

type Outcome = 'written' | 'equal' | 'alone' | 'refused' | 'review' | 'waits' | 'paused';

/** What a look came to; `isLinked`: a link of the records lives. Pure. */
export const outcomeOf = (
  life: Pick<RecordLife, 'dirty' | 'reviews' | 'parked'>,
  wrote: boolean,
  isLinked: boolean,
): Outcome => {
  if (life.dirty.some(({ held }) => held)) return 'paused';
  if (life.dirty.length > 0) return 'waits';
  if (life.reviews.length > 0) return 'review';
  if (life.parked.some(({ discarded }) => !discarded)) return 'refused';
  if (wrote) return 'written';
  return isLinked ? 'equal' : 'alone';
};

/** Nobody has to do anything; that somebody stays alone is the mapping's rule. */
const fineOutcomes: ReadonlySet<Outcome> = new Set(['written', 'equal', 'alone']);

const words: Readonly<Record<Outcome, string>> = {
  written: 'Looked at, and written.',
  equal: 'Looked at: both sides say the same, or a rule leaves the difference.',
  alone: 'Looked at: it has no counterpart. tandem explain RECORD says why.',
  refused: 'Looked at: something was refused. tandem failures show RECORD says what and why.',
  review: 'Looked at: a person has to decide. tandem reviews show RECORD has the candidates.',
  waits: 'It is not settled yet; a worker goes on with it by itself.',
  paused: 'It is paused: tandem resume lets it go on.',
};

/** Whether a link of one of the records lives, a follower's among them. */
const areLinked = async ({ store }: CommandContext, subjects: readonly Subject[]): Promise<boolean> => {
  for (const { pair, refs } of subjects) {
    for (const { system, id } of refs) {
      const link = (await store.engine.linksOf(pair.name, system, [id])).get(id);
      if (link?.ended === null) return true;
    }
  }
  return false;
};

/** Looks at a record now: through the worker that runs, or by itself where none does. */
export const syncCommand = async (options: StoreOptions): Promise<number> =>
  withStore(options, async (context) => {
    const [record = ''] = options.args;
    const { store, mappings } = context;
    const subjects = await subjectsOf(context, record);
    const refs = subjects.flatMap((each) => each.refs);
    const before = await store.operator.life(refs);
    await mark(context, subjects);
    const pauses = await store.operator.pauses();
    const isPaused = subjects.some(({ pair }) => pausedParts(pair, pauses).whole);
    const workers = (await store.operator.workers()).filter(({ id }) => id.startsWith('run:'));
    const life = isPaused
      ? await store.operator.life(refs)
      : workers.length > 0
        ? await untilDone(context, refs, async () => undefined)
        : await byItself(context, subjects, refs);
    const ledger = life.ledger.slice(before.ledger.length);
    const isLinked = await areLinked(context, subjects);
    const outcome = isPaused ? 'paused' : outcomeOf(life, ledger.length > 0, isLinked);
    const events = lifeEvents(mappings.pairs, { ...life, ledger }).map(
      ({ covers: _covers, ...event }) => event,
    );
    const by = workers.length > 0 ? 'worker' : 'itself';
    const json = { at: iso(Date.now()), records: refs.map(formatRef), by, outcome, events };
    answer(options, json, `${refs.map(formatRef).join(', ')}\n${words[outcome]}`);
    return fineOutcomes.has(outcome) ? exitCode.fine : exitCode.found;
  });
