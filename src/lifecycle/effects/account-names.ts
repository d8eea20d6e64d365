import { plainFields } from '../../model/mapping.ts';
import type { RawFields, RawValue } from '../../model/value.ts';
import type { MappedRecord } from '../digest/input.ts';

const read = (fields: RawFields, name: string): RawValue =>
  Object.hasOwn(fields, name) ? (fields[name] ?? null) : null;

/**
 * `account.*` of routing rules: each mapped field of the company under its Salesforce name, as Salesforce has it, or, where it is blank there or no account is yet,
 * what HubSpot has in Salesforce's form (a number is one). What Tandem filled in itself reads as blank. Pure.
 */
export const accountNames = (company: MappedRecord | null): RawFields => {
  if (company === null) return {};
  const { pair, fields } = company;
  return Object.fromEntries(
    plainFields(pair).flatMap(({ fields: names, codecs }): [string, RawValue][] => {
      const own = read(fields.salesforce, names.salesforce);
      if (codecs.salesforce.decode(own).kind === 'value') return [[names.salesforce, own]];
      const theirs = codecs.hubspot.decode(read(fields.hubspot, names.hubspot));
      return theirs.kind === 'value' ? [[names.salesforce, codecs.salesforce.encode(theirs)]] : [];
    }),
  );
};
