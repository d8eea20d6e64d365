import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { mappingJsonSchema } from '../../src/mapping/file-shape.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import { formsOf } from '../../src/model/mapping.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const schemaFile = join(root, 'config/schema/mapping.schema.json');
const configs = ['config', 'config/presets/mirror'];

/** The mirror's fields for people, by the contract: both ways, as far as they are plain fields. */
const peopleFields = {
  email: 'Email',
  hs_email_optout: 'HasOptedOutOfEmail',
  firstname: 'FirstName',
  lastname: 'LastName',
  phone: 'Phone',
  mobilephone: 'MobilePhone',
  company: 'Company',
  jobtitle: 'Title',
  website: 'Website',
  address: 'Street',
  city: 'City',
  state: 'State',
  zip: 'PostalCode',
  country: 'Country',
  industry: 'Industry',
  annualrevenue: 'AnnualRevenue',
  message: 'Description',
  numemployees: 'NumberOfEmployees',
  hs_analytics_source: 'LeadSource',
  hubspot_owner_id: 'OwnerId',
  do_not_call: 'DoNotCall',
  hs_email_hard_bounce_reason_enum: 'EmailBouncedReason',
};

/** What HubSpot cannot give back, and what it alone knows. */
const oneWay: Readonly<Record<string, string>> = {
  numemployees: 'to-hubspot',
  hs_analytics_source: 'to-salesforce',
  hs_email_hard_bounce_reason_enum: 'to-salesforce',
};

/** Once converted: the contact's names, and nothing of what its account has. */
const convertedFields = {
  ...Object.fromEntries(
    Object.entries(peopleFields).filter(
      ([name]) => !['company', 'website', 'industry', 'annualrevenue', 'numemployees'].includes(name),
    ),
  ),
  address: 'MailingStreet',
  city: 'MailingCity',
  state: 'MailingState',
  zip: 'MailingPostalCode',
  country: 'MailingCountry',
  associatedcompanyid: 'AccountId',
};

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly additionalProperties?: unknown;
}

/** What a JSON Schema of maps, lists and enums says of a value: enough of draft 7 for this schema. */
const complaints = (schema: Schema, value: unknown, path = ''): string[] => {
  if (schema.enum !== undefined)
    return schema.enum.includes(String(value)) ? [] : [`${path}: ${String(value)}`];
  if (schema.items !== undefined) {
    const { items } = schema;
    return Array.isArray(value)
      ? value.flatMap((entry, index) => complaints(items, entry, `${path}/${index}`))
      : [path];
  }
  if (schema.properties === undefined) return [];
  const { properties } = schema;
  const map = value as Record<string, unknown>;
  const missing = (schema.required ?? []).filter((key) => !(key in map)).map((key) => `${path}: no ${key}`);
  const inner = Object.entries(map).flatMap(([key, entry]) => {
    const known = properties[key];
    return known === undefined ? [`${path}: ${key} is unknown`] : complaints(known, entry, `${path}/${key}`);
  });
  return [...missing, ...inner];
};

describe.each(configs)('the configuration %s', (config) => {
  it('is right, and maps people as the contract says', () => {
    const { pairs } = loadMappings(join(root, config));
    const people = pairs.find(({ name }) => name === 'people');
    expect(people).toMatchObject({
      types: { hubspot: 'contacts', salesforce: 'Lead' },
      identity: { hubspot: 'tandem_salesforce_id', salesforce: 'HubSpot_Id__c' },
      create: { hubspot: 'matchable', salesforce: config === 'config' ? 'sales-ready' : 'matchable' },
      match: [{ fields: { hubspot: 'email', salesforce: 'Email' } }],
    });
    expect(
      Object.fromEntries(people?.fields.map(({ fields }) => [fields.hubspot, fields.salesforce]) ?? []),
    ).toEqual(peopleFields);
    expect(people?.conversion?.form.types).toEqual({ hubspot: 'contacts', salesforce: 'Contact' });
    expect(
      Object.fromEntries(
        people?.conversion?.form.fields.map(({ fields }) => [fields.hubspot, fields.salesforce]) ?? [],
      ),
    ).toEqual(convertedFields);
    for (const { name, direction, conflict, tie, first } of people?.fields ?? []) {
      const isSource = name === 'hs_analytics_source';
      expect({ name, direction, conflict, tie, first }).toEqual({
        name,
        direction: oneWay[name] ?? 'both',
        conflict: isSource ? 'prefer-salesforce-unless-blank' : 'newest',
        tie: 'salesforce',
        first: isSource ? 'prefer-salesforce' : 'newest',
      });
    }
    expect(people?.fields.filter(({ latch }) => latch).map(({ name }) => name)).toEqual([
      'hs_email_optout',
      'do_not_call',
      'hs_email_hard_bounce_reason_enum',
    ]);
    const filled = people?.fields.filter(({ fill }) => fill.salesforce !== undefined).map(({ name }) => name);
    expect(filled).toEqual(['lastname', 'company']);
  });

  it('maps companies and deals, in the order in which they refer to one another', () => {
    const { pairs } = loadMappings(join(root, config));
    expect(pairs.map(({ name, types }) => [name, types.hubspot, types.salesforce])).toEqual([
      ['companies', 'companies', 'Account'],
      ['people', 'contacts', 'Lead'],
      ['deals', 'deals', 'Opportunity'],
    ]);
    const referring = pairs
      .flatMap(formsOf)
      .flatMap(({ types, fields }) =>
        fields.flatMap(({ reference, fields: { salesforce } }) =>
          reference?.of === 'companies' ? [`${types.salesforce}.${salesforce}`] : [],
        ),
      );
    expect(referring).toEqual(['Contact.AccountId', 'Opportunity.AccountId']);
    const [, , deals] = pairs;
    expect(deals?.fields.find(({ ties }) => ties)?.ties).toMatchObject({ of: 'people', primary: null });
  });

  it('names the published schema in every file, and says every key of a field but options and fills', () => {
    const folder = join(root, config, 'mappings');
    for (const name of readdirSync(folder)) {
      const text = readFileSync(join(folder, name), 'utf8');
      const link = /^# yaml-language-server: \$schema=(.+)$/m.exec(text)?.[1] ?? '';
      expect(resolve(dirname(join(folder, name)), link)).toBe(schemaFile);
      const content = parse(text) as { fields: Record<string, unknown>[] };
      const keys = ['hubspot', 'salesforce', 'kind', 'direction', 'conflict', 'tie', 'blank', 'first'];
      for (const field of content.fields) expect(Object.keys(field)).toEqual(expect.arrayContaining(keys));
      const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as Schema;
      expect(complaints(schema, content)).toEqual([]);
      expect(
        complaints(schema, { ...content, fields: [{ hubspot: 'a', tie: 'none', kin: 1 }] }),
      ).toHaveLength(3);
    }
  });
});

it('config equals the mirror, but that a cold contact makes no lead', () => {
  const create = /^# Who is missing on a side[\s\S]*?^create:\n(?: {2}.*\n)+/m;
  const [ours, mirror] = configs.map((config) => join(root, config, 'mappings'));
  expect(readdirSync(ours ?? '')).toEqual(readdirSync(mirror ?? ''));
  for (const name of readdirSync(mirror ?? '')) {
    // The link to the schema is relative to the file.
    const [left, right] = [ours, mirror].map((folder) =>
      readFileSync(join(folder ?? '', name), 'utf8')
        .replace(/\$schema=.*/, '')
        .replace(name === 'people.yaml' ? create : /^$/, ''),
    );
    expect(left).toBe(right);
  }
});

it('the published schema is that of the code (npm run schema writes it)', () => {
  expect(readFileSync(schemaFile, 'utf8')).toBe(`${JSON.stringify(mappingJsonSchema(), null, 2)}\n`);
});
