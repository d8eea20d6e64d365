import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type OwnField, type OwnFieldType, ownFields } from '../../../src/lifecycle/own-fields/own-fields.ts';
import { typeWords } from '../../../src/lifecycle/own-fields/type-words.ts';
import { type System, systemLabel } from '../../../src/model/system.ts';
import { tandemContactProperties } from '../../../src/sandbox/hubspot/schema/tandem-properties.ts';
import {
  tandemOpportunityFields,
  tandemPersonFields,
  taskKeyField,
} from '../../../src/sandbox/salesforce/schema/tandem-fields.ts';
import { repositoryRoot } from '../../../src/settings.ts';

const on = (object: string): readonly OwnField[] =>
  ownFields.filter(({ objects }) => objects.includes(object));
const valuesOf = ({ type }: { readonly type: OwnFieldType }): readonly string[] =>
  type.kind === 'picklist' ? type.values : [];

describe('the list of own fields', () => {
  it('has every field that the lifecycle names', () => {
    const names = globSync('src/lifecycle/**/*.ts', { cwd: repositoryRoot })
      .filter((file) => !file.includes('own-fields/'))
      .flatMap((file) => [
        ...readFileSync(join(repositoryRoot, file), 'utf8').matchAll(/\b(?:Tandem_\w+__c|tandem_[a-z_]+)\b/g),
      ])
      .map(([name]) => name);
    expect(names.length).toBeGreaterThan(100);
    const known = ownFields.map(({ name }) => name);
    expect([...new Set(names)].filter((name) => !known.includes(name))).toEqual([]);
  });

  it('names each once on an object', () => {
    const all = ownFields.flatMap(({ objects, name }) => objects.map((object) => `${object}.${name}`));
    expect([...all].sort()).toEqual([...new Set(all)].sort());
  });

  it('is what the simulated HubSpot has', () => {
    const typeOf: Readonly<Record<OwnFieldType['kind'], string>> = {
      text: 'string',
      'long-text': 'string',
      number: 'number',
      picklist: 'enumeration',
      date: 'date',
      datetime: 'datetime',
      checkbox: 'bool',
      formula: '',
    };
    const listed = on('contacts').map((field) => [field.name, typeOf[field.type.kind], valuesOf(field)]);
    const there = tandemContactProperties.map(({ name, type, options }) => [
      name,
      type,
      type === 'enumeration' ? (options ?? []).map(({ value }) => value) : [],
    ]);
    expect([...listed].sort()).toEqual([...there].sort());
  });

  it.each([
    ['Lead', tandemPersonFields],
    ['Contact', tandemPersonFields],
    ['Opportunity', tandemOpportunityFields],
    ['Task', [taskKeyField]],
  ] as const)('is what the simulated Salesforce has on %s', (object, fields) => {
    const typeOf: Readonly<Record<OwnFieldType['kind'], string>> = {
      text: 'string',
      'long-text': 'textarea',
      number: 'double',
      picklist: 'picklist',
      date: 'date',
      datetime: 'datetime',
      checkbox: 'boolean',
      formula: 'string',
    };
    const listed = on(object).map(({ name, type }) => [
      name,
      typeOf[type.kind],
      'charsMax' in type ? type.charsMax : null,
      'values' in type ? type.values : [],
    ]);
    const there = fields.map(({ name, type, length, picklist, formula }) => [
      name,
      type,
      formula === undefined && type !== 'picklist' ? (length ?? null) : null,
      picklist ?? [],
    ]);
    // The identity of deals is added beside them.
    const isOwn = ([name]: readonly unknown[]): boolean =>
      object !== 'Opportunity' || name !== 'HubSpot_Id__c';
    expect(listed.filter(isOwn).sort()).toEqual([...there].sort());
  });
});

const byWordsOf = ({ by, type }: OwnField): string => (type.kind === 'formula' ? 'the formula' : byWords[by]);
const byWords = { tandem: 'Tandem', people: 'people', both: 'people; Tandem empties it' } as const;
const needWords = ({ needs }: OwnField): string =>
  needs.length === 0
    ? '–'
    : needs.map((each) => (each === 'align' ? 'every mapping' : `\`${each}\``)).join(', ');

/** The rows of the page for one system; the values of lists stand below them. */
const tableOf = (system: System): string => {
  const own = ownFields.filter((field) => field.system === system);
  const lists = Map.groupBy(
    own.filter((field) => valuesOf(field).length > 0),
    (field) => valuesOf(field).join(', '),
  );
  return [
    '| field | on | type | needed by | filled by | use |',
    '|---|---|---|---|---|---|',
    ...own.map(
      (field) =>
        `| \`${field.name}\` | ${field.objects.join(', ')} | ${typeWords(field)} | ${needWords(field)} | ${byWordsOf(field)} | ${field.use} |`,
    ),
    '',
    '| values of | |',
    '|---|---|',
    ...[...lists].map(
      ([values, fields]) =>
        `| ${[...new Set(fields.map(({ name }) => `\`${name}\``))].join(', ')} | ${values
          .split(', ')
          .map((value) => `\`${value}\``)
          .join(', ')} |`,
    ),
  ].join('\n');
};

describe('the page of own fields for admins', () => {
  const page = join(repositoryRoot, 'docs/admins/fields.md');

  it.each(['salesforce', 'hubspot'] as const)(
    'lists those of %s as the code has them (UPDATE_SCHEMA=1 writes it)',
    (system) => {
      const text = readFileSync(page, 'utf8');
      const heading = `## ${systemLabel[system]}\n\n`;
      const [, after = ''] = text.split(heading);
      const written = after.split('\n\n## ')[0]?.trimEnd() ?? '';
      const table = tableOf(system);
      if (process.env.UPDATE_SCHEMA === '1') {
        writeFileSync(
          page,
          text.replace(`${heading}${written}`, () => `${heading}${table}`),
        );
        return;
      }
      expect(written).toBe(table);
    },
  );
});
