import type { ConvertedRule } from '../model/mapping.ts';
import { faultOfExpression, makeExpression } from './expression.ts';
import type { MappingFile, MappingFileField } from './file-shape.ts';
import { didYouMean } from './suggest.ts';
import type { KeyPath } from './yaml-source.ts';

type Report = (path: KeyPath, what: string, why: string, fix: string) => void;

/** The variable that stands for what a converted record would be created with, by Salesforce's API names. */
const convertedName = 'converted';

/** An expression without fault as the rule of who is created as a converted record. */
export const makeConvertedRule = (text: string, line: number): ConvertedRule => {
  const expression = makeExpression(text, line);
  return {
    text,
    line,
    fields: expression.names.filter((name) => name !== convertedName),
    converted: expression.fieldsOf(convertedName),
    holds: (fields, converted) => expression.holds({ ...fields, [convertedName]: converted }),
  };
};

/** What a field is called on the converted record; null where it has none there, or is not written to it. */
const nameThere = ({ converted, salesforce, direction }: MappingFileField): string | null =>
  converted === false || direction === 'to-hubspot' ? null : (converted ?? salesforce);

/**
 * Fields without which Salesforce creates no record of an object, whatever the org (object reference, 2026-11: Contact LastName). Others are
 * known from the live schema.
 */
const neededBy: Readonly<Record<string, readonly string[]>> = { Contact: ['LastName'] };

/** What is wrong with the rule of who is created as a converted record: it cannot be used, or such a record could not be created. */
export const checkConvertedRule = ({ create, converted, fields }: MappingFile, report: Report): void => {
  const path = ['create', 'converted'];
  const text = create.converted;
  if (text === undefined) return;
  if (converted === undefined || create.salesforce === 'never') {
    const why =
      converted === undefined
        ? 'the mapping names no object for converted records'
        : 'create.salesforce is never: nobody is created there';
    const fix = converted === undefined ? "add 'converted: Contact' at the top, or delete it" : 'delete it';
    report(path, "'create.converted' has no meaning", why, fix);
    return;
  }
  const fault = faultOfExpression(text);
  const rule = fault === null ? makeConvertedRule(text, 1) : null;
  const wrong = rule && rule.fields.length + rule.converted.length === 0 ? 'it names no field' : fault;
  if (rule === null || wrong !== null) {
    const fix =
      "write it in CEL over HubSpot's internal names and converted.FIELD; docs/admins/mapping.md has examples";
    report(path, "'create.converted' is no expression that can be used", wrong ?? '', fix);
    return;
  }
  const written = fields.flatMap((field) => nameThere(field) ?? []);
  for (const name of rule.converted.filter((each) => !written.includes(each))) {
    const why = `no field is written to ${converted}.${name}, so that it would be blank for everybody`;
    const fix = `${didYouMean(name, written)}map it (only: converted where the first object has none), or correct the name`;
    report(path, `'create.converted' names ${convertedName}.${name}`, why, fix);
  }
  for (const name of (neededBy[converted] ?? []).filter((each) => !written.includes(each))) {
    const why = `Salesforce creates no ${converted} without it`;
    report(path, `${converted}.${name} is not written by any field`, why, `map ${name}, with a fill`);
  }
};
