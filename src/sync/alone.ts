import type { PairMapping } from '../model/mapping.ts';
import type { ChangedRecord } from '../model/record.ts';
import { otherSystem } from '../model/system.ts';
import { formOfRecord } from './forms.ts';
import { isConverted } from './identity.ts';
import { primaryKeysOf } from './match.ts';
import { takesPart } from './scope.ts';

/** By which rule of the mapping a record has no counterpart. `verify` and `explain` use the same words. */
export type AloneRule =
  | 'converted'
  | 'no valid match key'
  | 'out of scope'
  | 'create: never'
  | 'not sales-ready';

/**
 * Why a record without link has no counterpart and gets none: the first rule that keeps it alone; null where none does. Pure. `handed`: the contacts who
 * have been handed to sales.
 */
export const ruleOfAlone = (
  whole: PairMapping,
  record: Pick<ChangedRecord, 'ref' | 'fields'>,
  handed: ReadonlySet<string>,
): AloneRule | null => {
  const pair = formOfRecord(whole, record.ref);
  const { system, id } = record.ref;
  const creates = pair.create[otherSystem(system)];
  if (isConverted(whole, record)) return 'converted';
  if (creates !== 'always' && primaryKeysOf(pair, record).length === 0) return 'no valid match key';
  if (!takesPart(pair, record)) return 'out of scope';
  if (creates === 'never') return 'create: never';
  return creates === 'sales-ready' && !handed.has(id) ? 'not sales-ready' : null;
};
