import {
  isPrimaryAssociation,
  ownerReference,
  type PairMapping,
  primaryAssociationType,
} from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { RawValue } from '../model/value.ts';
import { againAfterMs } from './backoff.ts';
import type { Seeking } from './becoming.ts';
import { attemptsOf, lookAgain } from './draft.ts';
import type { EngineContext } from './engine.ts';
import { rawOf } from './evidence.ts';
import { formOfRecord } from './forms.ts';
import { viewOf } from './merge.ts';

/** A record that the rule asks about and that has no link (yet): the company of a contact, whose account is not known. */
interface Unknown {
  /** The pair that it is of, and its id there. */
  readonly of: string;
  readonly id: string;
  /** Its object, where the property says which. */
  readonly type: string | null;
}

/** As what a record that is missing on the other side is created there. */
export interface CreationForm {
  readonly form: PairMapping;
  /** The ledger's words for it; null where the mapping leaves no choice. */
  readonly why: string | null;
  /** What may yet make it another form. */
  readonly unknown: readonly Unknown[];
}

/**
 * Chooses the form by the mapping's `create.converted`. Pure. The rule sees HubSpot's properties as they are, and under `converted` what a converted
 * record would be created with: a reference is null while its record has no link.
 * `asConverted`: a converted lead holds the record's id, so that it can be nothing else.
 */
export const creationForm = (
  pair: PairMapping,
  record: Pick<RecordSnapshot, 'ref' | 'fields'>,
  asConverted = false,
): CreationForm => {
  const { conversion } = pair;
  const own = { form: formOfRecord(pair, record.ref), why: null, unknown: [] };
  if (conversion === undefined || record.ref.system !== 'hubspot') return own;
  const later = conversion.form.types.salesforce;
  if (asConverted) {
    return {
      form: conversion.form,
      why: `create as ${later}: a converted lead holds its id`,
      unknown: [],
    };
  }
  const { creates } = conversion;
  if (creates === undefined) return own;
  const values: Record<string, RawValue> = {};
  const unknown: Unknown[] = [];
  for (const field of conversion.form.fields.filter(({ fields }) =>
    creates.converted.includes(fields.salesforce),
  )) {
    const raw = rawOf(record, field.fields.hubspot) ?? null;
    const value = viewOf(field, 'hubspot', raw);
    if (value.kind === 'value') values[field.fields.salesforce] = field.codecs.salesforce.encode(value);
    else if (value.kind === 'blank') values[field.fields.salesforce] = field.fill.salesforce ?? null;
    const of = field.reference?.of;
    if (value.kind !== 'foreign' || of === undefined || of === ownerReference) continue;
    const type = isPrimaryAssociation(pair.types.hubspot, field) ? primaryAssociationType : null;
    unknown.push({ of, id: String(raw), type });
  }
  if (creates.holds(record.fields, values)) {
    return {
      form: conversion.form,
      why: `create as ${later}: create.converted holds: ${creates.text}`,
      unknown: [],
    };
  }
  const why = `create as ${own.form.types.salesforce}: create.converted does not hold: ${creates.text}`;
  return { ...own, why, unknown };
};

/** After so many looks, some two and a half minutes, the rule's answer counts as it stands. */
const looksMax = 4;

/**
 * Whether a creation waits because what its form depends on is still being worked on: else who arrives together with their company would be a
 * lead for ever, by a second. A company nobody has told of yet is looked at first. Where the link begins the record is woken at once; where it
 * does not (no domain, a question, a pause) nobody waits longer than `looksMax`.
 */
export const waitsForForm = async (
  context: EngineContext,
  seeking: readonly Seeking[],
): Promise<ReadonlySet<Seeking>> => {
  const open = seeking
    .map((each) => ({ each, unknown: creationForm(context.pair, each.record).unknown }))
    .filter(({ each, unknown }) => unknown.length > 0 && attemptsOf(each.draft.unit) < looksMax);
  const waiting = new Set<Seeking>();
  for (const of of new Set(open.flatMap(({ unknown }) => unknown.map((one) => one.of)))) {
    const own = open.map(({ each, unknown }) => ({ each, unknown: unknown.filter((one) => one.of === of) }));
    const ids = [...new Set(own.flatMap(({ unknown }) => unknown.map(({ id }) => id)))];
    const dirty = (await context.store.dirtyAmong?.(of, 'hubspot', ids)) ?? new Set<string>();
    for (const { each, unknown } of own) {
      const untold = unknown.filter(({ id }) => !dirty.has(id));
      if (untold.length < unknown.length) waiting.add(each);
      else if (untold.some((one) => mark(each, one))) waiting.add(each);
    }
  }
  return waiting;
};

/**
 * Has a company looked at that is about to be made by HubSpot itself, or was a moment ago: with a live change, and once. A first alignment lists
 * companies before people.
 */
const mark = ({ draft }: Seeking, { of, id, type }: Unknown): boolean => {
  const isLive = draft.unit.dirty.some((row) => row.class === 'live' || row.class === 'consent');
  if (type === null || !isLive || attemptsOf(draft.unit) > 0) return false;
  draft.marks.push({
    pair: of,
    ref: { system: 'hubspot', type, id },
    class: 'live',
    stamp: null,
    cause: 'somebody of theirs is to be created',
  });
  return true;
};

/** Has a record that waits looked at again. */
export const waitForForm = ({ draft }: Seeking): void =>
  lookAgain(draft, againAfterMs(attemptsOf(draft.unit)));
