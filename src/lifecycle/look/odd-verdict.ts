import type { RawFields, RawValue } from '../../model/value.ts';
import { quoted } from '../digest/plain-text.ts';
import { type PointedFields, pointedOn, type ShownField, wordsFor } from '../own-fields/pointed.ts';
import type { SeenRecord } from './person.ts';
import { verdictWords } from './sales-facts.ts';

/*
 * A word in the place of a verdict that is none: nobody is moved by it and the clock for the verdict runs on, so that the rep has to be told where they
 * typed it, and whoever keeps the list of the field in `status`.
 */

export const verdictField = 'Tandem_Disposition__c';
const label = 'Tandem Disposition';
const wordMax = 60;

const wordIn = (fields: RawFields): string => {
  const raw = fields[verdictField];
  return typeof raw === 'string' ? raw.trim() : '';
};

/** The rep's verdict as the record says it; null: none, or a word that is none. */
export const knownVerdict = (fields: RawFields): string | null => {
  const word = wordIn(fields);
  return verdictWords.includes(word) ? word : null;
};

/** A word that stands where a verdict should, and is none; null: there is no such word. */
export const oddVerdict = (fields: RawFields): string | null => {
  const word = wordIn(fields);
  return word === '' || verdictWords.includes(word) ? null : word;
};

const startOf = (word: string): string => `${quoted(word, wordMax) ?? ''} is no verdict: `;

/** What the rep is told instead of a next step: the word, and what can be chosen, as their page calls it; null: nothing. Pure. */
export const oddVerdictStep = (
  { ref, fields }: Pick<SeenRecord, 'ref' | 'fields'>,
  pointed: PointedFields,
  shown: ReadonlyMap<string, ShownField> = new Map(),
): string | null => {
  const word = oddVerdict(fields);
  if (word === null) return null;
  const field = pointedOn(pointed, ref.type, verdictField);
  const name = field === null ? label : (shown.get(`${ref.type}.${verdictField}`)?.label ?? field.name);
  return `${startOf(word)}choose ${verdictWords.map((each) => wordsFor(field, each)[0] ?? each).join(', ')} in ${name}`;
};

const isolates = /[\u2066-\u2069]/g;
const plain = (raw: RawValue | undefined): string => String(raw ?? '').replace(isolates, '');

/** Whether the step that the rep sees says so of a word that is no longer there, or does not of one that is. */
export const isStepOld = (step: RawValue | undefined, fields: RawFields): boolean => {
  const word = oddVerdict(fields);
  const says = plain(step);
  return word === null ? /^'.*' is no verdict: /.test(says) : !says.startsWith(plain(startOf(word)));
};

/** The objects on which verdicts stand in Tandem's own field: of a field of the company's, `check` tells which of its words say nothing. */
export const ownVerdictTypes = (pointed: PointedFields, types: readonly string[]): readonly string[] =>
  types.filter((type) => pointedOn(pointed, type, verdictField) === null);
