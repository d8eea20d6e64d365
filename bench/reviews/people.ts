import { codecKinds } from '../../src/mapping/codecs/registry.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import type { FieldMapping, MatchRule, PairMapping } from '../../src/model/mapping.ts';
import type { RecordSnapshot } from '../../src/model/record.ts';
import type { System } from '../../src/model/system.ts';
import type { RawValue } from '../../src/model/value.ts';
import { repositoryRoot } from '../../src/settings.ts';
import type { FebrlRow } from '../../test/data/febrl.ts';

/** The values of a row by the mapping's field names. FEBRL knows no email, phone or company. */
const valuesOf = (row: FebrlRow): Readonly<Record<string, string>> => ({
  firstname: row.given,
  lastname: row.surname,
  address: row.street,
  city: row.suburb,
  zip: row.postcode,
  state: row.state,
  country: 'Australia',
  date_of_birth: row.born,
});

const birthday: FieldMapping = {
  name: 'date_of_birth',
  fields: { hubspot: 'date_of_birth', salesforce: 'Birthdate' },
  codecs: codecKinds.date.make({}),
  kind: 'date',
  direction: 'both',
  conflict: 'newest',
  tie: 'salesforce',
  blank: 'clears',
  first: 'newest',
  fill: {},
  line: 1,
};

/** The shipped mapping of people, matched by what FEBRL knows; `withBirthday`: and a birthday, as a company may add it. */
export const peopleMapping = (withBirthday: boolean): PairMapping => {
  const { pairs } = loadMappings(`${repositoryRoot}config/presets/mirror`);
  const people = pairs.find(({ name }) => name === 'people');
  if (!people) throw new Error('the mirror preset has no pair `people`');
  const fields = withBirthday ? [...people.fields, birthday] : people.fields;
  const keys = ['lastname', 'zip', 'date_of_birth'];
  const match = [...people.fields, birthday]
    .filter(({ name }) => keys.includes(name))
    .map((field): MatchRule => ({ fields: field.fields, codecs: field.codecs, kind: field.kind }));
  return { ...people, fields, match };
};

const typeOf = { hubspot: 'contacts', salesforce: 'Lead' } as const;

/** The row as a record of one side, every value under its API name there; the birthday always, which a mapping need not know. */
export const recordOf = (pair: PairMapping, system: System, id: string, row: FebrlRow): RecordSnapshot => {
  const values = valuesOf(row);
  const names = [...pair.fields.filter(({ name }) => name !== birthday.name), birthday];
  const fields = Object.fromEntries(
    names.map(({ name, fields: api }): [string, RawValue] => [api[system], values[name] || null]),
  );
  return {
    ref: { system, type: typeOf[system], id },
    fields,
    stamp: 0,
    createdAt: 0,
    deleted: false,
    lastModifiedByUs: null,
    readAt: 0,
  };
};
