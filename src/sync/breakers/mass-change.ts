import { type BreakerLimits, breakerDefaults, type PairMapping } from '../../model/mapping.ts';
import type { FieldWrite } from '../../model/state.ts';
import { digestOf } from '../digest.ts';
import type { Draft } from '../draft.ts';
import type { SendJob } from '../send.ts';

/** What of one record a mass change would do: the kinds that the breaker counts. */
export type MassKind = 'blank' | 'overwrite' | 'delete';

/** One record's part in what may be a mass change. */
export interface MassChange {
  readonly unit: string;
  readonly kind: MassKind;
  /** Changes of one scope are counted together, and held together: `blank`, `delete`, `overwrite`, or one value for one field. */
  readonly scope: string;
  readonly field: string | null;
}

/** A mass change that waits for a word. */
export interface Held {
  /** What a person types. */
  readonly id: string;
  readonly pair: string;
  readonly kind: MassKind;
  readonly scope: string;
  readonly field: string | null;
  /** Records that were counted when it tripped, and all linked ones. */
  readonly records: number;
  readonly links: number;
  readonly since: number;
}

/** Counts changes of all workers. */
export interface BreakerStore {
  /** Notes changes; answers the holds of these scopes that are open, and those of them that just began. */
  noteChanges(
    pair: string,
    changes: readonly MassChange[],
    limits: BreakerLimits['mass'],
  ): Promise<{ readonly open: readonly Held[]; readonly begun: readonly Held[] }>;
}

/** Rules under which records meet first, or a person has spoken (consent is their word): no accident of many records. */
const isMeant = ({ rule, field }: FieldWrite): boolean =>
  field === 'identity' ||
  rule.startsWith('first:') ||
  rule === 'taken' ||
  rule === 'retry' ||
  rule === 'latch';

const isEmpty = (value: FieldWrite['sent']): boolean => value === null || value === '';

/** Whether a value is there to be lost. A box that is not ticked is none. */
const isFilled = (value: FieldWrite['sent']): boolean => !isEmpty(value) && value !== false;

const scopeOf = (
  write: FieldWrite,
  overwrites: BreakerLimits['mass']['overwrites'],
): { readonly kind: MassKind; readonly scope: string } | null => {
  if (isMeant(write) || !isFilled(write.replaced)) return null;
  if (isEmpty(write.sent)) return { kind: 'blank', scope: 'blank' };
  if (overwrites === 'none') return null;
  if (overwrites === 'all') return { kind: 'overwrite', scope: 'overwrite' };
  const value = digestOf('', { [write.apiField]: write.sent });
  return { kind: 'overwrite', scope: `overwrite:${write.field}:${value}` };
};

export const limitsOf = (pair: Pick<PairMapping, 'breakers'>): BreakerLimits['mass'] =>
  (pair.breakers ?? breakerDefaults).mass;

/** What the breaker counts of a write that is about to be sent. */
export const changesOfJob = (
  { draft, intent }: SendJob,
  limits: BreakerLimits['mass'],
): readonly MassChange[] => {
  if (intent.op === 'create') return [];
  return intent.writes.flatMap((write): MassChange[] => {
    const found = scopeOf(write, limits.overwrites);
    return found ? [{ unit: draft.key, field: write.field, ...found }] : [];
  });
};

/**
 * What it counts of a link that is about to end, or of a person of whom all that is kept is about to go. An erasure that was told is a word in
 * itself, and must not wait for another.
 */
export const changesOfEnd = ({ key, unit, end, erase, begin, follow }: Draft): readonly MassChange[] =>
  (end || erase) && !begin && !follow && !unit.dirty.some(({ erased }) => erased)
    ? [{ unit: key, kind: 'delete', scope: 'delete', field: null }]
    : [];
