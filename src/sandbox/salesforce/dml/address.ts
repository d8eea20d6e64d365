import { refuse, type SalesforceError } from '../errors.ts';
import {
  type FieldDefinition,
  type PicklistEntry,
  picklistEntries,
  type StoredValue,
} from '../schema/field.ts';
import type { BoundField, ObjectSchema } from '../schema/org-schema.ts';
import type { FieldChanges, Operation } from './read-fields.ts';

/*
 * State and country/territory picklists: each address has a code beside its text, and the two are kept in line (help: State and
 * Country/Territory Picklist Field-Syncing Logic, read 2026-12-01). The text is the integration value, by default the country's name.
 * The refusals are in the words of public captures; case does not matter (help: State, Country, and Territory Picklist Fields).
 */

interface Pair {
  readonly text: BoundField;
  readonly code: BoundField;
}

const notValid = (text: FieldDefinition, what: 'country' | 'state'): SalesforceError => {
  const list =
    what === 'country'
      ? 'country/territory from the list of valid countries'
      : 'state from the list of valid states';
  return refuse(
    'FIELD_INTEGRITY_EXCEPTION',
    `There's a problem with this ${what}, even though it may appear correct. Please select a ${list}.: ${text.label}`,
    [text.name],
  );
};

const notAvailable = (code: FieldDefinition, value: string, what: string): SalesforceError =>
  refuse(
    'FIELD_INTEGRITY_EXCEPTION',
    `The ${code.name} field contains ${value}, which isn't an available ${what}. Your administrator can add it for you.`,
    [code.name],
  );

const same = (a: string, b: StoredValue): boolean => a.toLowerCase() === String(b).toLowerCase();
export const integrationOf = (entry: PicklistEntry): string =>
  entry.integration ?? entry.label ?? entry.value;

/** What a text and its code are after a write that says either or both; undefined where neither was said. */
const settle = (
  { text, code }: Pair,
  entries: readonly PicklistEntry[],
  values: readonly StoredValue[],
  changes: FieldChanges,
  operation: Operation,
  what: 'country' | 'state',
): PicklistEntry | null | undefined => {
  const saysCode = changes.has(code);
  const saysText = changes.has(text);
  if (!saysCode && !saysText) return undefined;
  const givenCode = values[code.column] ?? null;
  const givenText = values[text.column] ?? null;
  const byCode = entries.find((entry) => same(entry.value, givenCode));
  const byText = entries.find((entry) => same(integrationOf(entry), givenText));
  if (saysCode && givenCode !== null && byCode === undefined)
    throw notAvailable(code.definition, String(givenCode), what === 'country' ? 'country/territory' : what);
  if (saysCode && (!saysText || operation === 'create') && givenCode !== null) return byCode ?? null;
  if (saysText && givenText !== null && byText === undefined) throw notValid(text.definition, what);
  const saysBoth = saysText && saysCode && (operation === 'update' || givenCode !== null);
  if (saysBoth && byText?.value !== byCode?.value) throw notValid(text.definition, what);
  return (saysText ? byText : byCode) ?? null;
};

const pairOf = (schema: ObjectSchema, prefix: string, part: 'Country' | 'State'): Pair | undefined => {
  const text = schema.field(prefix + part);
  const code = schema.field(`${prefix}${part}Code`);
  return text === undefined || code === undefined ? undefined : { text, code };
};

/** Keeps the texts and codes of the addresses that a write touches in line, or refuses it in the vendor's words. */
export const followAddress = (
  schema: ObjectSchema,
  values: StoredValue[],
  changes: FieldChanges,
  operation: Operation,
): void => {
  const touched = [...changes.keys()].flatMap(
    ({ definition }) =>
      /^(.*)(?:Country|State)(?:Code)?$/.exec(
        definition.compoundFieldName?.endsWith('Address') ? definition.name : '',
      )?.[1] ?? [],
  );
  for (const prefix of new Set(touched)) {
    const country = pairOf(schema, prefix, 'Country');
    const state = pairOf(schema, prefix, 'State');
    if (country === undefined || state === undefined) continue;
    const put = (pair: Pair, entry: PicklistEntry | null): void => {
      values[pair.code.column] = entry?.value ?? null;
      values[pair.text.column] = entry === null ? null : integrationOf(entry);
    };
    const chosen = settle(
      country,
      picklistEntries(country.code.definition),
      values,
      changes,
      operation,
      'country',
    );
    if (chosen !== undefined) put(country, chosen);
    const saysState = changes.has(state.text) || changes.has(state.code);
    if (chosen === null && !saysState) put(state, null);
    const code = values[country.code.column] ?? null;
    const stateSaid = saysState && (values[state.text.column] ?? values[state.code.column] ?? null) !== null;
    if (stateSaid && code === null) {
      const { name, label } = (changes.has(state.text) ? state.text : state.code).definition;
      throw refuse(
        'FIELD_INTEGRITY_EXCEPTION',
        `A country/territory must be specified before specifying a state value for field: ${label}`,
        [name],
      );
    }
    const known = picklistEntries(state.code.definition).filter((entry) =>
      entry.validFor?.includes(String(code)),
    );
    const chosenState = settle(state, known, values, changes, operation, 'state');
    if (chosenState !== undefined) put(state, chosenState);
    else if (
      chosen &&
      values[state.code.column] &&
      !known.some(({ value }) => value === values[state.code.column])
    ) {
      const { name, label } = state.code.definition;
      throw refuse(
        'FIELD_INTEGRITY_EXCEPTION',
        `The existing country/territory doesn't recognize the state value for field: ${label}`,
        [name],
      );
    }
  }
};
