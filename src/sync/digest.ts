import { createHash } from 'node:crypto';
import type { RawFields } from '../model/value.ts';

/** A short fingerprint of what was refused, so that the same values are not tried again and nothing of them is kept. */
export const digestOf = (mappingHash: string, values: RawFields): string =>
  createHash('sha256')
    .update(mappingHash)
    .update(JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('base64url')
    .slice(0, 16);
