import type { FieldMapping, PairMapping } from '../../src/model/mapping.ts';
import type { RecordSnapshot } from '../../src/model/record.ts';
import type { System } from '../../src/model/system.ts';
import { blank, type RawValue, type SideCodec } from '../../src/model/value.ts';

/** Text as Salesforce keeps it: trimmed, empty is null. A value that starts with `?` is one the codec cannot read. */
export const plainText: SideCodec = {
  decode: (raw) => {
    const text = raw === null ? '' : String(raw).trim();
    if (text === '') return blank;
    return text.startsWith('?') ? { kind: 'foreign', raw, why: 'test' } : { kind: 'value', key: text, text };
  },
  encode: (value) => (value.kind === 'blank' ? null : value.text),
};

export const makeField = (overrides: Partial<FieldMapping> = {}): FieldMapping => ({
  name: 'jobtitle',
  fields: { hubspot: 'jobtitle', salesforce: 'Title' },
  codecs: { hubspot: plainText, salesforce: plainText },
  kind: 'text',
  direction: 'both',
  conflict: 'newest',
  tie: 'salesforce',
  blank: 'clears',
  first: 'newest',
  fill: {},
  line: 1,
  ...overrides,
});

export const makePair = (fields: readonly FieldMapping[] = [makeField()]): PairMapping => ({
  name: 'people',
  file: 'people.yaml',
  types: { hubspot: 'contacts', salesforce: 'Lead' },
  identity: { hubspot: 'tandem_salesforce_id', salesforce: 'HubSpot_Id__c' },
  match: [
    {
      fields: { hubspot: 'email', salesforce: 'Email' },
      more: { hubspot: 'hs_additional_emails' },
      codecs: { hubspot: plainText, salesforce: plainText },
      kind: 'email',
    },
  ],
  create: { hubspot: 'matchable', salesforce: 'matchable' },
  fields,
});

export const makeSnapshot = (
  system: System,
  fields: Readonly<Record<string, RawValue>>,
  overrides: Partial<RecordSnapshot> = {},
): RecordSnapshot => ({
  ref:
    system === 'hubspot'
      ? { system, type: 'contacts', id: '1' }
      : { system, type: 'Lead', id: '00Q000000000001AAA' },
  fields,
  stamp: 1_000_000,
  createdAt: 500_000,
  deleted: false,
  lastModifiedByUs: null,
  readAt: 0,
  ...overrides,
});
