import type { Draft } from '../draft.ts';
import type { EngineContext } from '../engine.ts';
import type { SendJob } from '../send.ts';
import { changesOfEnd, changesOfJob, type Held, limitsOf } from './mass-change.ts';

const words: Record<Held['kind'], string> = {
  blank: 'values emptied',
  overwrite: 'values overwritten',
  delete: 'records deleted',
};

/** Says once that a mass change waits, in the log and in `status`. */
const tell = async (context: EngineContext, held: Held): Promise<void> => {
  const { id, pair, kind, field, records, links } = held;
  const percent = links === 0 ? 100 : Math.round((records / links) * 1_000) / 10;
  const next = `tandem apply --held ${id}`;
  context.events.emit('held', { id, pair, kind, field, records, percent, next });
  const what = `${pair}: a mass change is held: ${words[kind]}${field === null ? '' : ` (${field})`}`;
  const { records: most, percent: share, minutes } = limitsOf(context.pair);
  await context.store.raiseProblem({
    key: `held:${id}`,
    what,
    cause: `${records} records, ${percent}% of all, in ${minutes} minutes; more than ${most} and ${share}% wait for a word`,
    fault: 'data',
    next: `If it is meant: ${next}. If not, put it right where it was done; what waits is then looked at anew.`,
  });
};

/** The link lives on and the unit waits, as if its record's deletion had not been seen yet. */
const holdEnd = (draft: Draft): void => {
  draft.end = undefined;
  draft.erase = undefined;
  draft.ledger = draft.ledger.filter(({ event }) => event !== 'end');
  draft.closedIntents = [];
  draft.stillParked = [...draft.unit.parked];
  draft.review = undefined;
  draft.marks = [];
  draft.held = true;
};

/**
 * The mass-change breaker: of writes and endings that are about to happen, leaves out those that belong to a mass change that no person
 * has confirmed. Their units stay dirty until it is released. Answers the jobs that may be sent.
 */
export const holdBack = async (
  context: EngineContext,
  jobs: readonly SendJob[],
  drafts: readonly Draft[],
): Promise<readonly SendJob[]> => {
  const { breakers, pair } = context;
  if (!breakers) return jobs;
  const limits = limitsOf(pair);
  const ofJobs = new Map(jobs.map((job) => [job, changesOfJob(job, limits)]));
  const ofEnds = new Map(drafts.map((draft) => [draft, changesOfEnd(draft)]));
  const changes = [...ofJobs.values(), ...ofEnds.values()].flat();
  if (changes.length === 0) return jobs;
  const { open, begun } = await breakers.noteChanges(pair.name, changes, limits);
  for (const held of begun) await tell(context, held);
  if (open.length === 0) return jobs;
  const scopes = new Set(open.map(({ scope }) => scope));
  for (const [draft, ends] of ofEnds) if (ends.some(({ scope }) => scopes.has(scope))) holdEnd(draft);
  return jobs.filter((job) => {
    const isHeld = (ofJobs.get(job) ?? []).some(({ scope }) => scopes.has(scope));
    if (isHeld) job.draft.held = true;
    return !isHeld;
  });
};
