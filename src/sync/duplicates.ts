import type { WorkClass } from '../model/budget.ts';
import { type DuplicateReport, duplicatesCode, type Failure } from '../model/failure.ts';
import { formFor, type PairMapping, typesOn } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { Parked, Review } from '../model/state.ts';
import { formatRef, type RecordRef, type System, systemLabel } from '../model/system.ts';
import { digestOf } from './digest.ts';
import { type Draft, parkIn } from './draft.ts';
import { contextFor, type EngineContext, fieldsOf } from './engine.ts';
import { formOfRecord } from './forms.ts';
import { isConverted } from './identity.ts';
import { linkedAmong } from './lookup.ts';
import { rawFieldsOf } from './plan.ts';
import { takesPart } from './scope.ts';
import type { SentJob } from './send.ts';

/** Records that a question names one by one; a rule seldom finds more. */
const namedMax = 5;

const isOfRule = ({ failure }: Pick<Parked, 'failure'>): boolean => failure.code === duplicatesCode;

/** Whether a duplicate rule has refused the unit's counterpart before: a person may have answered that since. */
export const wasBlocked = ({ unit }: Pick<Draft, 'unit'>): boolean => unit.parked.some(isOfRule);

/** What is parked as far as a creation minds it: what a rule refused is sent again once the mapping or a person lets it pass. */
export const parkedForCreation = ({ duplicates }: PairMapping, draft: Draft): readonly Parked[] =>
  duplicates === 'save' || draft.ruledOut
    ? draft.unit.parked.filter((row) => !isOfRule(row))
    : draft.unit.parked;

/** Whether a creation that is not sent waits for the answer to a question that stands. */
export const waitsForAnswer = (stillParked: readonly Parked[]): boolean => stillParked.some(isOfRule);

interface Blocked {
  readonly sent: SentJob;
  readonly failure: Failure;
  readonly report: DuplicateReport;
}

const blockedOf = (sent: SentJob): Blocked | null => {
  const { job, outcome } = sent;
  if (job.intent.op !== 'create' || outcome.kind !== 'refused') return null;
  const { failure } = outcome;
  if (failure.code !== duplicatesCode) return null;
  return { sent, failure, report: failure.duplicates ?? { rule: null, canSave: null, matches: [] } };
};

/** What a person who is asked has to know of a record that was found, beside its values. */
const stateOf = (
  pair: PairMapping,
  ref: RecordRef,
  record: RecordSnapshot | undefined,
  isLinked: (ref: RecordRef) => boolean,
): string | null => {
  if (!typesOn(pair, ref.system).includes(ref.type))
    return 'is of an object that this mapping does not align';
  if (record === undefined) return 'is not shown to Tandem';
  if (record.deleted) return 'was deleted';
  if (isConverted(pair, record)) return 'was converted: its contact stands for it';
  if (isLinked(ref)) return 'is linked with another record already';
  return takesPart(formOfRecord(pair, ref), record) ? null : "takes no part, by the mapping's scope";
};

/** Reads the records that rules found, a call an object, and says of each what is special about it. */
const statesOf = async (
  context: EngineContext,
  system: System,
  refs: readonly RecordRef[],
  workClass: WorkClass,
): Promise<ReadonlyMap<string, string>> => {
  const { pair, systems } = context;
  const pages = await Promise.all(
    typesOn(pair, system).map(async (type) => {
      const ids = [...new Set(refs.filter((ref) => ref.type === type).map(({ id }) => id))];
      if (ids.length === 0) return [];
      const fields = fieldsOf(formFor(pair, system, type), system);
      return [
        ...(await systems[system].readMany(type, ids, fields, contextFor(context, workClass, 'match'))),
      ];
    }),
  );
  const read = new Map(pages.flat());
  const isLinked = await linkedAmong(context, system, refs);
  return new Map(
    refs.flatMap((ref): [string, string][] => {
      const found = read.get(ref.id);
      // A record that was merged is answered under its survivor's id.
      const words = stateOf(pair, ref, found?.ref.id === ref.id ? found : undefined, isLinked);
      return words === null ? [] : [[ref.id, words]];
    }),
  );
};

/** What the causes of these questions say: they may have no candidates, and all the same somebody new is one of the answers. */
const ruleWords = (system: System): string => `${systemLabel[system]}'s duplicate rule`;

/** Whether a question is one of a duplicate rule. */
export const isOfDuplicateRule = ({ cause }: Pick<Review, 'cause'>): boolean =>
  cause.includes(ruleWords('salesforce'));

const causeOf = (
  system: System,
  { report: { rule, canSave, matches }, sent }: Blocked,
  states: ReadonlyMap<string, string>,
): string => {
  const name = `${ruleWords(system)}${rule === null ? '' : ` ${rule}`}`;
  const head =
    sent.job.draft.ruledOut && canSave === false
      ? `decided to be new, but ${name} lets nobody save it`
      : `${name} takes it for a record that is there`;
  const special = matches.flatMap((ref) => {
    const words = states.get(ref.id);
    return words === undefined ? [] : [`${formatRef(ref)} ${words}`];
  });
  const whom =
    matches.length === 0
      ? ['it names none that is shown to Tandem']
      : special.length > namedMax
        ? [...special.slice(0, namedMax), `and ${special.length - namedMax} more of this kind`]
        : special;
  return [head, ...whom].join('; ');
};

const nextOf = (source: RecordRef, target: System, { report: { canSave } }: Blocked): string => {
  const there = systemLabel[target];
  const record = formatRef(source);
  const pass =
    canSave === false
      ? `To have it beside them, let the rule warn instead of block in ${there}, or leave Tandem's user out of it, then tandem failures retry.`
      : `tandem reviews decide ${record} create saves it beside them.`;
  return `Look at whom the rule means: tandem reviews show ${record}. ${pass}`;
};

/** The failure, with the rule's name in its message. */
const told = ({ failure, report: { rule } }: Blocked): Failure =>
  rule === null ? failure : { ...failure, message: `${failure.message} (duplicate rule ${rule})` };

/**
 * A record that a duplicate rule of the other system refused to create is a question for a person: the candidates are the records that the rule
 * found. Nothing passes the rule but the mapping's or a person's word. Answers what was sent and is not such a case.
 */
export const askAboutDuplicates = async (
  context: EngineContext,
  sent: readonly SentJob[],
  workClass: WorkClass,
): Promise<readonly SentJob[]> => {
  const blocked = sent.flatMap((each) => blockedOf(each) ?? []);
  if (blocked.length === 0) return sent;
  const { pair, mappingHash } = context;
  const matches = blocked.flatMap(({ report }) => report.matches);
  // Salesforce alone has duplicate rules.
  const system = blocked[0]?.sent.job.intent.target.system ?? 'salesforce';
  const states =
    matches.length === 0 ? new Map<string, string>() : await statesOf(context, system, matches, workClass);
  for (const each of blocked) {
    const { draft, intent } = each.sent.job;
    draft.closedIntents.push(intent.id);
    const candidates = each.report.matches.filter(({ type }) => typesOn(pair, system).includes(type));
    const cause = causeOf(system, each, states);
    draft.review = { pair: pair.name, unit: draft.key, ref: intent.source, cause, candidates };
    parkIn(draft, pair.name, {
      ref: intent.target,
      field: null,
      failure: told(each),
      next: nextOf(intent.source, system, each),
      refused: digestOf(mappingHash, rawFieldsOf(intent.writes)),
    });
  }
  const asked = new Set(blocked.map((each) => each.sent));
  return sent.filter((each) => !asked.has(each));
};
