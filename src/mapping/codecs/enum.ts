import { blank, type Canonical, type RawValue } from '../../model/value.ts';
import { cleanText } from '../clean-text.ts';
import { type CodecKind, clearedHubspot, clearedSalesforce, plainKind } from './codec-kind.ts';
import { makeValueTable } from './value-table.ts';

/**
 * One of a list. With a table of `values`, a value that is not in it is foreign, and one without counterpart there (`''`) is a blank; without a
 * table both sides spell alike.
 */
export const enumeration: CodecKind = {
  ...plainKind,
  options: ['values', 'also'],
  make: ({ values, also }) => {
    const table = makeValueTable(values, also);
    const decodeWith =
      (lookUp: (value: string) => string | undefined) =>
      (raw: RawValue): Canonical => {
        const text = cleanText(raw);
        if (text === '') return blank;
        const choice = lookUp(text);
        if (choice === '') return blank;
        if (choice === undefined)
          return { kind: 'foreign', raw, why: "not in the mapping's table of values" };
        return { kind: 'value', key: choice, text: choice };
      };
    return {
      hubspot: {
        decode: decodeWith(table.fromHubspot),
        encode: (value) => (value.kind === 'blank' ? clearedHubspot : table.toHubspot(String(value.text))),
      },
      salesforce: {
        decode: decodeWith(table.fromSalesforce),
        encode: (value) => (value.kind === 'blank' ? clearedSalesforce : String(value.text)),
      },
    };
  },
};
