import type { Sides } from '../../model/system.ts';
import { blank, type Canonical, type RawValue, type SideCodec } from '../../model/value.ts';
import { cleanText } from '../clean-text.ts';
import { clearedHubspot, clearedSalesforce } from './codec-kind.ts';

/** No thousands separators: '1,000' is a thousand to one reader and one to another. HubSpot may answer '1.0E7'. */
const decimalText = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/** Salesforce holds 18 digits in a number field. */
const sizeMax = 1e18;

/** Most digits after the point that a key has; more are noise of the floating point that both APIs use. */
export const scaleMax = 10;

/** Plain decimal digits, never an exponent: HubSpot's number fields take text. */
const plainDecimal = (value: number): string => {
  if (Number.isSafeInteger(value)) return String(value);
  const fixed = value.toFixed(scaleMax);
  return fixed.replace(/\.?0+$/, '');
};

const parseDecimal = (raw: RawValue): number | undefined => {
  if (typeof raw === 'number') return raw;
  const text = cleanText(raw);
  return decimalText.test(text) ? Number(text) : undefined;
};

/** Half away from zero, as Salesforce rounds a number that has more digits than its field; -0 becomes 0. */
const roundTo = (value: number, scale: number): number =>
  Number.isInteger(value) ? value + 0 : Number(value.toFixed(scale)) + 0;

/**
 * Codecs of numbers that are compared, and sent, with at most `scale` digits after the point: a value that the vendor would
 * round on write is sent rounded, so that it comes back equal.
 */
export const decimalSides = (
  scale: number,
  accepts: (value: number) => string | undefined,
): Sides<SideCodec> => {
  const decode = (raw: RawValue): Canonical => {
    if (raw === null || (typeof raw === 'string' && cleanText(raw) === '')) return blank;
    const parsed = parseDecimal(raw);
    if (parsed === undefined)
      return { kind: 'foreign', raw, why: 'not a number (digits, one point, no separators)' };
    if (!(Math.abs(parsed) < sizeMax)) return { kind: 'foreign', raw, why: 'more than 18 digits' };
    const why = accepts(parsed);
    if (why !== undefined) return { kind: 'foreign', raw, why };
    const value = roundTo(parsed, scale);
    return { kind: 'value', key: plainDecimal(value), text: value };
  };
  return {
    hubspot: {
      decode,
      encode: (value) => (value.kind === 'blank' ? clearedHubspot : plainDecimal(Number(value.text))),
    },
    salesforce: {
      decode,
      encode: (value) => (value.kind === 'blank' ? clearedSalesforce : Number(value.text)),
    },
  };
};
