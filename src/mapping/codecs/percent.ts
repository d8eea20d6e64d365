import type { Sides } from '../../model/system.ts';
import type { SideCodec } from '../../model/value.ts';
import type { CodecKind } from './codec-kind.ts';
import { plainKind } from './codec-kind.ts';
import { decimalSides, scaleMax } from './decimal.ts';

/** Digits after the point that Salesforce keeps, unless the mapping says otherwise. */
const scaleDefault = 2;

/** Decimal digits that survive the way there and back. */
const digitsExact = 12;

/**
 * Percentages: HubSpot keeps the fraction (`0.15`, number property with the format percentage), Salesforce the number of hundredths (15).
 * Compared as Salesforce has them, rounded to `scale`.
 */
export const percent: CodecKind = {
  ...plainKind,
  options: ['scale'],
  order: 'size',
  make: ({ scale = scaleDefault }): Sides<SideCodec> => {
    const places = Math.min(scale, scaleMax - 2);
    // Multiplied and divided by 100, a number keeps about so many digits exactly.
    const most = 10 ** (digitsExact - places);
    const fits = (value: number): string | undefined =>
      Math.abs(value) < most ? undefined : 'more than a percentage can be';
    const hundredths = decimalSides(places, fits);
    const fraction = decimalSides(places + 2, (value) => fits(value * 100));
    return {
      salesforce: hundredths.salesforce,
      hubspot: {
        decode: (raw) => {
          const value = fraction.hubspot.decode(raw);
          if (value.kind !== 'value') return value;
          // The product is rounded by the codec of the hundredths, so that 0.07 * 100 is 7.
          const product = hundredths.hubspot.decode(Number(value.text) * 100);
          return product.kind === 'foreign' ? { ...product, raw } : product;
        },
        encode: (value) =>
          value.kind === 'blank'
            ? fraction.hubspot.encode(value)
            : fraction.hubspot.encode({ ...value, text: Number(value.text) / 100 }),
      },
    };
  },
};
