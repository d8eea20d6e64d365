import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkAgainstSchemas } from '../../src/mapping/check-schemas.ts';
import { type Finding, formatFindings, MappingError } from '../../src/mapping/finding.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import type { PairMapping } from '../../src/model/mapping.ts';
import type { FieldDescription } from '../../src/model/record.ts';
import { bothSides } from '../../src/model/system.ts';
import { repositoryRoot } from '../../src/settings.ts';
import { creationForm } from '../../src/sync/creation-form.ts';

const shipped = `${repositoryRoot}config/presets/mirror/mappings`;
const anchor = '  salesforce: matchable\n';
const people = readFileSync(join(shipped, 'people.yaml'), 'utf8');
const lineOfRule = people.slice(0, people.indexOf(anchor)).split('\n').length + 1;

let config: string;
beforeEach(() => {
  config = mkdtempSync(join(tmpdir(), 'tandem-converted-'));
  mkdirSync(join(config, 'mappings'));
});
afterEach(() => rmSync(config, { recursive: true, force: true }));

const load = (rule: string, edit: (text: string) => string = (text) => text) => {
  const text = edit(people.replace(anchor, `${anchor}  converted: "${rule}"\n`));
  writeFileSync(join(config, 'mappings', 'people.yaml'), text);
  const companies = readFileSync(join(shipped, 'companies.yaml'), 'utf8');
  writeFileSync(join(config, 'mappings', 'companies.yaml'), companies);
  return loadMappings(config);
};

const findingsOf = (rule: string, edit?: (text: string) => string): readonly Finding[] => {
  try {
    load(rule, edit);
  } catch (error) {
    if (error instanceof MappingError) return error.findings;
    throw error;
  }
  throw new Error('expected findings, the mapping was accepted');
};

const peopleOf = (loaded: ReturnType<typeof loadMappings>): PairMapping => {
  const pair = loaded.pairs.find(({ name }) => name === 'people');
  if (pair === undefined) throw new Error('there is no pair of people');
  return pair;
};

const rule = "converted.AccountId != null || lifecyclestage == 'customer'";
const account = '001000000000001AAA';

interface Case {
  readonly name: string;
  readonly rule: string;
  readonly says: RegExp;
  readonly edit?: (text: string) => string;
}

describe('create.converted', () => {
  const cases: readonly Case[] = [
    {
      name: 'does not compile',
      rule: 'lifecyclestage ==',
      says: /is no expression that can be used/,
    },
    {
      name: 'gives no yes or no',
      rule: 'size(lifecyclestage)',
      says: /it gives a int, not true or false/,
    },
    { name: 'names no field', rule: 'true', says: /it names no field/ },
    {
      name: 'names a field that nobody writes',
      rule: 'converted.AccontId != null',
      says: /converted\.AccontId.*would be blank.*did you mean 'AccountId'/,
    },
    {
      name: 'makes contacts without a last name',
      rule: 'converted.AccountId != null',
      says: /Contact\.LastName is not written by any field.*map LastName, with a fill/,
      edit: (text) =>
        text.replace('    salesforce: LastName\n', '    salesforce: LastName\n    converted: false\n'),
    },
    {
      name: 'has no object that they would be',
      rule: "lifecyclestage == 'customer'",
      says: /'create.converted' has no meaning.*names no object for converted records/,
      edit: (text) => text.replace('converted: Contact\n', '\n'),
    },
    {
      name: 'is about nobody',
      rule: "lifecyclestage == 'customer'",
      says: /'create.converted' has no meaning.*nobody is created there/,
      edit: (text) => text.replace(anchor, '  salesforce: never\n'),
    },
  ];
  it.each(cases)('$name: check says so, with the line', ({ rule: text, says, edit }) => {
    const found = findingsOf(text, edit).filter((finding) => says.test(formatFindings([finding])));
    expect(found, formatFindings(findingsOf(text, edit))).not.toEqual([]);
    expect(found[0]).toMatchObject({ level: 'error', line: lineOfRule });
  });

  const described = (pair: PairMapping, without: string) =>
    bothSides((system) => {
      const names = [
        pair.identity[system],
        ...pair.fields.map(({ fields }) => fields[system]),
        'lifecyclestage',
      ];
      const fields = names.flatMap((name): [string, FieldDescription][] =>
        name === without
          ? []
          : [[name, { ...{ name, label: name, type: 'string', writable: true }, ...plain }]],
      );
      return { type: pair.types[system], fields: new Map(fields) };
    });
  const plain = { requiredOnCreate: false, maxLength: 255, options: null };

  it('names a property that HubSpot does not have, or makes contacts without account: told of the live schemas', () => {
    const pair = peopleOf(load(rule));
    expect(checkAgainstSchemas(pair, described(pair, 'none'))).toEqual([]);
    expect(checkAgainstSchemas(pair, described(pair, 'lifecyclestage'))).toMatchObject([
      { level: 'error', line: lineOfRule, what: expect.stringContaining('contacts.lifecyclestage') },
    ]);
    const alone = peopleOf(
      load("lifecyclestage == 'customer'", (text) =>
        text
          .replace('    only: converted\n', '    only: converted\n    direction: to-hubspot\n')
          .replace(/(salesforce: AccountId[\s\S]*?)\n {4}direction: both/, '$1'),
      ),
    );
    expect(checkAgainstSchemas(alone, described(alone, 'none'))).toMatchObject([
      { level: 'note', line: lineOfRule, why: expect.stringContaining('private') },
    ]);
  });

  it('chooses by what HubSpot has and by what the contact would have, and says why', () => {
    const loaded = load(rule);
    const pair = peopleOf(loaded);
    const chosen = (fields: Readonly<Record<string, string | null>>, asConverted = false) => {
      const ref = { system: 'hubspot', type: 'contacts', id: '1' } as const;
      const { form, why, unknown } = creationForm(pair, { ref, fields }, asConverted);
      return [form.types.salesforce, why, unknown.map(({ id }) => id)];
    };
    const holds = `create as Contact: create.converted holds: ${rule}`;
    const holdsNot = `create as Lead: create.converted does not hold: ${rule}`;
    expect(chosen({ lifecyclestage: 'lead', associatedcompanyid: null })).toEqual(['Lead', holdsNot, []]);
    expect(chosen({ lifecyclestage: 'customer', associatedcompanyid: null })).toEqual(['Contact', holds, []]);
    expect(chosen({ associatedcompanyid: '7' })).toEqual(['Lead', holdsNot, ['7']]);
    expect(chosen({ lifecyclestage: 'customer', associatedcompanyid: '7' })).toEqual(['Contact', holds, []]);
    loaded.references.learn('companies', { hubspot: '7', salesforce: account });
    expect(chosen({ associatedcompanyid: '7' })).toEqual(['Contact', holds, []]);
    expect(chosen({ lifecyclestage: 'lead' }, true)[0]).toBe('Contact');
  });

  it('leaves everybody a lead where the mapping says nothing', () => {
    const ref = { system: 'hubspot', type: 'contacts', id: '1' } as const;
    writeFileSync(join(config, 'mappings', 'people.yaml'), people);
    const companies = readFileSync(join(shipped, 'companies.yaml'), 'utf8');
    writeFileSync(join(config, 'mappings', 'companies.yaml'), companies);
    const pair = peopleOf(loadMappings(config));
    const { form, why } = creationForm(pair, { ref, fields: { lifecyclestage: 'customer' } });
    expect([form.types.salesforce, why]).toEqual(['Lead', null]);
  });
});
