import { blank, type Canonical, type RawValue, type SideCodec } from '../../model/value.ts';
import { cleanText } from '../clean-text.ts';
import { type CodecKind, clearedHubspot, clearedSalesforce, plainKind } from './codec-kind.ts';
import { decimalSides } from './decimal.ts';

interface Range {
  readonly label: string;
  readonly from: number;
  readonly to: number;
}

/** The numbers that a label stands for (`5-25`, `1000+`); undefined where it is no range. */
export const parseRange = (label: string): Range | undefined => {
  const found = /^(\d{1,15})(?:-(\d{1,15})|\+)$/.exec(label);
  if (found === null) return undefined;
  const from = Number(found[1]);
  const to = found[2] === undefined ? Number.POSITIVE_INFINITY : Number(found[2]);
  return from <= to ? { label, from, to } : undefined;
};

/** A number that is read as this range again: of two ranges that meet in a number, the lower one has it. */
const within = ({ from, to }: Range): number => (Number.isFinite(to) ? to : from + 1);

const foreign = (raw: RawValue, why: string): Canonical => ({ kind: 'foreign', raw, why });

/**
 * A number in Salesforce that HubSpot shows as one of some ranges (`ranges`, the options of its property, ascending). A range says less than
 * the number, so that it only ever goes to HubSpot. Numbers that are in no range are foreign.
 */
export const range: CodecKind = {
  ...plainKind,
  options: ['ranges'],
  make: ({ ranges = [] }) => {
    const all = ranges.flatMap((label) => parseRange(label) ?? []);
    const byLabel = new Map(all.map((each) => [each.label, each]));
    const toValue = ({ label }: Range): Canonical => ({ kind: 'value', key: label, text: label });
    const numbers = decimalSides(0, () => undefined).salesforce;
    const hubspot: SideCodec = {
      decode: (raw) => {
        const text = cleanText(raw);
        if (text === '') return blank;
        const found = byLabel.get(text);
        return found === undefined
          ? foreign(raw, 'none of the ranges that the mapping lists')
          : toValue(found);
      },
      encode: (value) => (value.kind === 'blank' ? clearedHubspot : String(value.text)),
    };
    const salesforce: SideCodec = {
      decode: (raw) => {
        const number = numbers.decode(raw);
        if (number.kind !== 'value') return number;
        const size = Number(number.text);
        const found = all.find(({ from, to }) => size >= from && size <= to);
        return found === undefined
          ? foreign(raw, 'in none of the ranges that the mapping lists')
          : toValue(found);
      },
      encode: (value) => {
        const found = value.kind === 'blank' ? undefined : byLabel.get(value.key);
        return found === undefined ? clearedSalesforce : within(found);
      },
    };
    return { hubspot, salesforce };
  },
};
