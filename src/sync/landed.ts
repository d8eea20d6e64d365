import type { PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { FieldWrite, Intent } from '../model/state.ts';
import { sameCanonical } from '../model/value.ts';

/** Which writes of an intent the target shows, compared in canonical form: the vendor may have trimmed or rounded what was sent. */
export const landedWrites = (
  pair: PairMapping,
  intent: Intent,
  target: RecordSnapshot,
): readonly FieldWrite[] => {
  const side = target.ref.system;
  const fields = new Map(pair.fields.map((field) => [field.name, field]));
  return intent.writes.filter((write) => {
    if (!Object.hasOwn(target.fields, write.apiField)) return false;
    const current = target.fields[write.apiField] ?? null;
    const codec = fields.get(write.field)?.codecs[side];
    if (!codec) return current === write.sent;
    return sameCanonical(codec.decode(current), codec.decode(write.sent));
  });
};
