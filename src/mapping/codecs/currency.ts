import { type CodecKind, plainKind } from './codec-kind.ts';
import { decimalSides } from './decimal.ts';

/** Digits after the point of a currency field unless the mapping says otherwise. */
const scaleDefault = 2;

/** Amounts of money in the one currency that both fields hold. The currency itself is a field of its own on both sides. */
export const currency: CodecKind = {
  ...plainKind,
  options: ['scale'],
  order: 'size',
  make: ({ scale }) => decimalSides(scale ?? scaleDefault, () => undefined),
};
