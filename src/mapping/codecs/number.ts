import { type CodecKind, plainKind } from './codec-kind.ts';
import { decimalSides, scaleMax } from './decimal.ts';

/** Numbers: text in HubSpot, JSON numbers in Salesforce. */
export const number: CodecKind = {
  ...plainKind,
  options: ['scale'],
  order: 'size',
  make: ({ scale }) => decimalSides(scale ?? scaleMax, () => undefined),
};
