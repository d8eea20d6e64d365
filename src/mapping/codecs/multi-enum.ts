import { blank, type Canonical, type RawValue } from '../../model/value.ts';
import { cleanText } from '../clean-text.ts';
import { type CodecKind, clearedHubspot, clearedSalesforce, plainKind } from './codec-kind.ts';
import { makeValueTable } from './value-table.ts';

/** Between the members of a set on both sides. */
export const memberSeparator = ';';

/** The members of a set as a value; its key has them in one order, its text in the order entered. */
export const setOf = (members: readonly string[]): Canonical => {
  const distinct = [...new Set(members)];
  if (distinct.length === 0) return blank;
  return {
    kind: 'value',
    key: [...distinct].sort().join(memberSeparator),
    text: distinct.join(memberSeparator),
  };
};

/** Members as entered. Empty ones are dropped, so that no text starts with a separator: HubSpot would append, not replace. */
const membersOf = (raw: RawValue): string[] =>
  cleanText(raw)
    .split(memberSeparator)
    .map(cleanText)
    .filter((member) => member !== '');

/**
 * Several of a list, as a set: the order means nothing (Salesforce puts its own). With a table of `values`, one member that is
 * not in it makes the whole value foreign, since the rest alone would take the member away on the other side.
 */
export const multiEnum: CodecKind = {
  ...plainKind,
  options: ['values'],
  set: true,
  make: ({ values }) => {
    const table = makeValueTable(values);
    const decodeWith =
      (lookUp: (value: string) => string | undefined) =>
      (raw: RawValue): Canonical => {
        const choices: string[] = [];
        for (const member of membersOf(raw)) {
          const choice = lookUp(member);
          if (choice === undefined) {
            return { kind: 'foreign', raw, why: "has a member that is not in the mapping's table of values" };
          }
          choices.push(choice);
        }
        return setOf(choices);
      };
    const spell = (text: string): string =>
      text.split(memberSeparator).map(table.toHubspot).join(memberSeparator);
    return {
      hubspot: {
        decode: decodeWith(table.fromHubspot),
        encode: (value) => (value.kind === 'blank' ? clearedHubspot : spell(String(value.text))),
      },
      salesforce: {
        decode: decodeWith(table.fromSalesforce),
        encode: (value) => (value.kind === 'blank' ? clearedSalesforce : String(value.text)),
      },
    };
  },
};
