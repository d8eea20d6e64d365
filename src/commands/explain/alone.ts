import { composeSystems } from '../../compose.ts';
import { CallFailed } from '../../model/failure.ts';
import { formFor, type PairMapping, typesOn } from '../../model/mapping.ts';
import type { RecordSnapshot } from '../../model/record.ts';
import { formatRef, otherSystem, type RecordRef, systemLabel, systems } from '../../model/system.ts';
import type { RecordLife } from '../../store/operator/life.ts';
import { type AloneRule, ruleOfAlone } from '../../sync/alone.ts';
import { fieldsOf } from '../../sync/engine.ts';
import { formOfRecord, refOfLink } from '../../sync/forms.ts';
import { followerIn } from '../../sync/identity.ts';
import { type Unasked, unaskedBy, withoutCredentials } from '../find-record.ts';
import { type CommandContext, iso } from '../with-store.ts';
import type { LifeEvent } from './life-events.ts';

/** Records that are asked for at most; an email leads to one or two. */
const askedMax = 20;

/** The rule of a record that its system does not show: that is all that is known of it. */
export const notShownRule = 'not shown';

interface Why {
  readonly rule: string;
  readonly cause: string;
  readonly next?: string;
}

const ruleWords = (pair: PairMapping, record: RecordSnapshot, rule: AloneRule): Why => {
  const { system } = record.ref;
  const other = otherSystem(system);
  const [here, there] = [systemLabel[system], systemLabel[other]];
  switch (rule) {
    case 'converted':
      return { rule, cause: 'the lead was converted: its contact has its place' };
    case 'no valid match key': {
      const keys = pair.match.map(({ fields }) => fields[system]).join(' or ');
      const none = `it has no valid ${keys}, by which its counterpart in ${there} is found`;
      return pair.match.length === 0
        ? { rule, cause: `the mapping matches by nothing, and creates only what is matched` }
        : { rule, cause: none, next: `Enter one in ${here}: it is looked at by itself then.` };
    }
    case 'out of scope': {
      const text = pair.scope?.[system]?.text ?? '';
      const next = `Change the record in ${here}, or scope.${system} in ${pair.file}.`;
      return { rule, cause: `it takes no part: scope.${system} is ${text}`, next };
    }
    case 'create: never':
      return {
        rule,
        cause: `nobody in ${there} has its match key, and the mapping creates nobody there (create.${other}: never)`,
        next: `Enter it in ${there} with the same match key: it is linked by itself then.`,
      };
    case 'not sales-ready':
      return {
        rule,
        cause: `it was not handed to sales, and nobody else is created in ${there} (create.${other}: sales-ready)`,
        next: 'tandem score RECORD says what is missing.',
      };
  }
};

/**
 * Why a record that was read now has no counterpart. `isWaiting`: the store says itself what it waits for. Null: there is nothing more to say. Pure.
 */
export const whyAlone = (
  pair: PairMapping,
  ref: RecordRef,
  record: RecordSnapshot | undefined,
  handed: ReadonlySet<string>,
  isWaiting: boolean,
): Why | null => {
  const here = systemLabel[ref.system];
  if (record === undefined) {
    const next = `Look for it in ${here}, and whether it is shared with the integration user.`;
    return { rule: notShownRule, cause: `${here} shows no such record to Tandem`, next };
  }
  if (record.ref.id !== ref.id)
    return { rule: 'merged', cause: `it was merged into ${formatRef(record.ref)}` };
  if (record.deleted) return { rule: 'deleted', cause: `it is deleted in ${here}` };
  const rule = ruleOfAlone(pair, record, handed);
  if (rule !== null) return ruleWords(formOfRecord(pair, ref), record, rule);
  if (isWaiting) return null;
  const next = 'tandem sync RECORD looks at it now.';
  return { rule: 'not looked at', cause: 'no rule keeps it alone; it was not looked at yet', next };
};

const eventOf = (
  pair: PairMapping,
  ref: RecordRef,
  event: string,
  { rule, cause, next }: Why,
): LifeEvent => ({
  ...{ at: iso(Date.now()), event, object: pair.name, system: ref.system, record: formatRef(ref) },
  ...{ field: null, from: null, to: null, cause, rule, clock: null, by: 'tandem', covers: 'record' },
  ...(next === undefined ? {} : { next }),
});

/** Records that the store knows no link of, each with its mapping; those that follow one say so. */
const sortOut = async (
  { store, mappings: { pairs } }: CommandContext,
  refs: readonly RecordRef[],
  life: RecordLife,
) => {
  const own = new Set(life.links.flatMap(({ ids }) => systems.map((system) => `${system} ${ids[system]}`)));
  const events: LifeEvent[] = [];
  const alone: { readonly pair: PairMapping; readonly ref: RecordRef }[] = [];
  for (const ref of refs.filter(({ system, id }) => !own.has(`${system} ${id}`)).slice(0, askedMax)) {
    const pair = pairs.find((each) => typesOn(each, ref.system).includes(ref.type));
    if (pair === undefined) continue;
    const link = (await store.engine.linksOf(pair.name, ref.system, [ref.id])).get(ref.id);
    if (link === undefined) alone.push({ pair, ref });
    else if (followerIn(link, ref) && link.ended === null) {
      const primary = formatRef(refOfLink(pair, link, 'salesforce'));
      const whose = formatRef(refOfLink(pair, link, 'hubspot'));
      const cause = `it follows ${primary}, which is aligned with ${whose}: it gets identity, consent and erasure alone`;
      events.push(eventOf(pair, ref, 'follows', { rule: 'follower', cause }));
    }
  }
  return { events, alone };
};

/** Why records of which the store knows no link have no counterpart, and why the systems could not be asked, where they had to be. */
export interface Alone {
  readonly events: readonly LifeEvent[];
  readonly unasked: Unasked | null;
}

/** Reads the records that have no link and says which rule of the mapping keeps them alone. Calls nobody where there are none. */
export const aloneNow = async (
  context: CommandContext,
  refs: readonly RecordRef[],
  life: RecordLife,
): Promise<Alone> => {
  const { settings, store, log } = context;
  const { events, alone } = await sortOut(context, refs, life);
  if (alone.length === 0) return { events, unasked: null };
  if (settings.connections === null) return { events, unasked: withoutCredentials(settings) };
  const waiting = new Set([...life.parked, ...life.reviews].map(({ unit }) => unit));
  for (const { ref } of life.dirty) waiting.add(formatRef(ref));
  const { connectors } = composeSystems(settings.connections, store.budget, log);
  const call = { class: 'live', purpose: 'read' } as const;
  const whys: LifeEvent[] = [];
  try {
    for (const { pair, ref } of alone) {
      // What a mapping carries over is not asked for here: a field that is not there any more keeps nobody from an answer.
      const form = { ...formFor(pair, ref.system, ref.type), fields: [] };
      const read = await connectors[ref.system].readMany(
        ref.type,
        [ref.id],
        fieldsOf(form, ref.system),
        call,
      );
      const handed = ref.type === 'contacts' ? await store.engine.handedAmong([ref.id]) : new Set<string>();
      const why = whyAlone(pair, ref, read.get(ref.id), handed, waiting.has(formatRef(ref)));
      if (why !== null) whys.push(eventOf(pair, ref, 'alone', why));
    }
    return { events: [...events, ...whys], unasked: null };
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    return { events: [...events, ...whys], unasked: unaskedBy(error) };
  } finally {
    await Promise.all(systems.map(async (system) => connectors[system].close()));
  }
};
