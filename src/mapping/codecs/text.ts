import { type CodecKind, plainKind } from './codec-kind.ts';
import { textSides } from './text-sides.ts';

/** Text, compared exactly but for white space at its ends and the form of line ends. */
export const text: CodecKind = { ...plainKind, findable: true, make: () => textSides((entered) => entered) };
