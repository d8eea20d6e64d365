import { type CodecKind, plainKind } from './codec-kind.ts';
import { decimalSides } from './decimal.ts';

/** Whole numbers. One with digits after the point is foreign: a value that does not fit is reported, not cut. */
export const integer: CodecKind = {
  ...plainKind,
  order: 'size',
  make: () => decimalSides(0, (value) => (Number.isInteger(value) ? undefined : 'not a whole number')),
};
