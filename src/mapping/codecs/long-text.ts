import { type CodecKind, plainKind } from './codec-kind.ts';
import { textSides } from './text-sides.ts';

/** Text of several lines, compared as `text` is. A kind of its own since no system finds records by one. */
export const longText: CodecKind = { ...plainKind, make: () => textSides((entered) => entered) };
