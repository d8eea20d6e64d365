import type { BreakerLimits } from '../../model/mapping.ts';
import { systemLabel } from '../../model/system.ts';
import type { Draft } from '../draft.ts';
import type { EngineContext } from '../engine.ts';
import type { SendJob } from '../send.ts';
import { changesOfEnd, changesOfJob, type Held, isCreationMeant, limitsOf } from './mass-change.ts';

const wordsOf = ({ kind, scope, field }: Held): string => {
  switch (kind) {
    case 'blank':
      return 'values emptied';
    case 'overwrite':
      return field === null ? 'values overwritten' : `values overwritten (${field})`;
    case 'delete':
      return 'records deleted';
    case 'create':
      return `records created in ${systemLabel[scope === 'create:hubspot' ? 'hubspot' : 'salesforce']}`;
  }
};

const limitInWords = ({ kind }: Held, { records, percent, creations }: BreakerLimits['mass']): string =>
  kind === 'create' ? `more than ${creations} wait` : `more than ${records} and ${percent}% wait`;

const putRight: Record<Held['kind'], string> = {
  blank: 'If not, put it right where it was done; what waits is then looked at anew.',
  overwrite: 'If not, put it right where it was done; what waits is then looked at anew.',
  delete: 'If not, put it right where it was done; what waits is then looked at anew.',
  create:
    'If not, delete what was made by mistake where it was made, or put the scope in the mapping right; what waits is then looked at anew.',
};

/** Says once that a mass change waits, in the log and in `status`. */
const tell = async (context: EngineContext, held: Held): Promise<void> => {
  const { id, pair, kind, field, records, links } = held;
  const percent = links === 0 ? 100 : Math.round((records / links) * 1_000) / 10;
  const next = `tandem apply --held ${id}`;
  context.events.emit('held', { id, pair, kind, field, records, percent, next });
  const limits = limitsOf(context.pair);
  await context.store.raiseProblem({
    key: `held:${id}`,
    what: `${pair}: a mass change is held: ${wordsOf(held)}`,
    cause: `${records} records, ${percent}% of all, in ${limits.minutes} minutes; ${limitInWords(held, limits)} for a word`,
    fault: 'data',
    next: `If it is meant: ${next}. ${putRight[kind]}`,
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

/** The jobs that the breaker counts: all but creations that are meant. */
const countedOf = async (
  { breakers, pair, store }: EngineContext,
  jobs: readonly SendJob[],
): Promise<readonly SendJob[]> => {
  const creates = jobs.filter(({ intent }) => intent.op === 'create');
  if (breakers === undefined || creates.length === 0) return jobs;
  const alignedAt = await breakers.alignedAt(pair.name);
  if (alignedAt === null) return jobs.filter((job) => !creates.includes(job));
  const contacts = creates.flatMap(({ intent: { source } }) =>
    source.system === 'hubspot' && source.type === 'contacts' ? [source.id] : [],
  );
  const handed = contacts.length === 0 ? undefined : await store.handedAmong?.(contacts);
  return jobs.filter(
    (job) => job.intent.op !== 'create' || !isCreationMeant(job, alignedAt, handed ?? new Set()),
  );
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
  const counted = await countedOf(context, jobs);
  const ofJobs = new Map(counted.map((job) => [job, changesOfJob(job, limits)]));
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
