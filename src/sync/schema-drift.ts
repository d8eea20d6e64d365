import { checkAgainstSchemas } from '../mapping/check-schemas.ts';
import type { Finding } from '../mapping/finding.ts';
import { hubspotCurrency, salesforceCurrency } from '../model/currency.ts';
import { apiFieldsOf, type FieldMapping, type PairMapping } from '../model/mapping.ts';
import { nativeFieldsOf } from '../model/native-ids.ts';
import { fieldScope } from '../model/pause.ts';
import type { FieldDescription, ObjectDescription } from '../model/record.ts';
import { type Sides, type System, systemLabel, systems } from '../model/system.ts';

/** What a mapping cannot do any more because of what a system became, and what keeps still for it. */
export interface Misfit {
  /** A field of the mapping, or the whole mapping. */
  readonly scope: string;
  readonly system: System;
  readonly what: string;
  readonly cause: string;
  readonly next: string;
}

/** Records are found by it, or cannot be created without it: a mapping without this field would do harm, and stops as a whole. */
const isVital = (pair: PairMapping, field: FieldMapping, sides: Sides<ObjectDescription>): boolean =>
  pair.match.some((rule) => rule.fields.hubspot === field.fields.hubspot) ||
  systems.some(
    (system) =>
      pair.create[system] !== 'never' &&
      apiFieldsOf(field, system).some((name) => sides[system].fields.get(name)?.requiredOnCreate === true),
  );

const blamedSystem = ({ what }: Finding): System =>
  systems.find((system) => what.startsWith(systemLabel[system])) ?? 'salesforce';

const misfitOf = (
  pair: PairMapping,
  sides: Sides<ObjectDescription>,
  finding: Finding,
): readonly Misfit[] => {
  const system = blamedSystem(finding);
  const fields = pair.fields.filter(({ line }) => line === finding.line);
  const common = { system, what: finding.what, cause: finding.why };
  const step = `An admin of ${systemLabel[system]}: ${finding.fix}. It goes on by itself within minutes after that`;
  if (fields.length === 0 || fields.some((field) => isVital(pair, field, sides))) {
    return [{ ...common, scope: pair.name, next: `${step}; until then nothing of ${pair.name} is written.` }];
  }
  return fields.map(({ name }) => ({
    ...common,
    scope: fieldScope(pair.name, name),
    next: `${step}; the other fields go on meanwhile.`,
  }));
};

/** What of a pair does not fit the systems as they are. Pure; one misfit per scope, the first that was found. */
export const misfits = (pair: PairMapping, sides: Sides<ObjectDescription>): readonly Misfit[] => {
  const found = checkAgainstSchemas(pair, sides)
    .filter(({ level }) => level === 'error')
    .flatMap((finding) => misfitOf(pair, sides, finding));
  const whole = found.find(({ scope }) => scope === pair.name);
  if (whole) return [whole];
  return [...new Map(found.reverse().map((misfit) => [misfit.scope, misfit])).values()].reverse();
};

const currencyField: Sides<string> = { hubspot: hubspotCurrency, salesforce: salesforceCurrency };

/** The mapped fields of a type, and those without which nothing is created: what a mapping can notice of a schema. */
const noticed = (pairs: readonly PairMapping[], system: System, description: ObjectDescription) => {
  const mapped = new Set(
    pairs
      .filter(({ types }) => types[system] === description.type)
      .flatMap((pair) => [
        pair.identity[system],
        ...nativeFieldsOf(pair, system),
        ...pair.fields.flatMap((field) => apiFieldsOf(field, system)),
        // Several currencies can be switched on under a mapping that knows of one.
        ...pair.fields.flatMap(({ kind, currencyCodes }) =>
          kind === 'currency' ? [currencyCodes?.[system] ?? currencyField[system]] : [],
        ),
      ]),
  );
  return [...description.fields.values()].filter(
    ({ name, requiredOnCreate }) => mapped.has(name) || requiredOnCreate,
  );
};

const sorted = (texts: readonly string[]): readonly string[] => [...texts].sort((a, b) => (a < b ? -1 : 1));

/**
 * What decides whether a value is read and accepted, in an order of its own: two descriptions that say the same are one text, wherever they
 * come from. What is proposed in lists that take any text, and how things are called, decides nothing.
 */
const essence = (field: FieldDescription): string => {
  const { name, type, writable, updateOnly, requiredOnCreate, maxLength, unique, options, references } =
    field;
  return JSON.stringify([
    ...[name, type, writable, updateOnly ?? false, requiredOnCreate, maxLength, unique ?? null],
    options === null ? null : sorted(options),
    references ? sorted(references.types) : null,
  ]);
};

/** What of an object the mappings can notice, as one text: equal texts, equal schema. */
export const essenceOf = (
  pairs: readonly PairMapping[],
  system: System,
  description: ObjectDescription,
): string => sorted(noticed(pairs, system, description).map(essence)).join('\n');

/** API names of the fields that mappings can notice and that are not what they were; those that came and went among them. */
export const changedFields = (
  pairs: readonly PairMapping[],
  system: System,
  before: ObjectDescription,
  now: ObjectDescription,
): readonly string[] => {
  const texts = (description: ObjectDescription) =>
    new Map(noticed(pairs, system, description).map((field) => [field.name, essence(field)]));
  const [old, present] = [texts(before), texts(now)];
  return [...new Set([...old.keys(), ...present.keys()])].filter(
    (name) => old.get(name) !== present.get(name),
  );
};

/** Options that a closed list lost: records with one of them are refused from now on. */
export interface LostOptions {
  readonly field: string;
  readonly system: System;
  readonly apiField: string;
  readonly options: readonly string[];
}

/** Options of mapped fields that were there before and are gone. */
export const lostOptions = (
  pair: PairMapping,
  system: System,
  before: ObjectDescription | null,
  sides: Sides<ObjectDescription>,
): readonly LostOptions[] =>
  pair.fields.flatMap((field) =>
    apiFieldsOf(field, system).flatMap((apiField): readonly LostOptions[] => {
      const had = before?.fields.get(apiField)?.options ?? null;
      const has = sides[system].fields.get(apiField)?.options ?? null;
      if (had === null || has === null) return [];
      const options = had.filter((option) => !has.includes(option));
      return options.length === 0 ? [] : [{ field: field.name, system, apiField, options }];
    }),
  );
