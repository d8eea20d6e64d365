import { type BreakerLimits, breakerDefaults, type PairMapping } from '../../model/mapping.ts';
import type { FieldWrite } from '../../model/state.ts';
import { digestOf } from '../digest.ts';
import type { Draft } from '../draft.ts';
import { isByHand } from '../identity.ts';
import type { SendJob } from '../send.ts';

/** What of one record a mass change would do: the kinds that the breaker counts. */
export type MassKind = 'blank' | 'overwrite' | 'delete' | 'create';

/** One record's part in what may be a mass change. */
export interface MassChange {
  readonly unit: string;
  readonly kind: MassKind;
  /** Changes of one scope are counted together, and held together: `blank`, `delete`, `overwrite`, `create:SYSTEM`, or one value for one field. */
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
  /** When a first alignment of the pair had listed both systems whole, milliseconds by the store's clock; null: none has yet. */
  alignedAt(pair: string): Promise<number | null>;
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
  if (intent.op === 'create') {
    const scope = `create:${intent.target.system}`;
    return [{ unit: draft.key, kind: 'create', scope, field: null }];
  }
  return intent.writes.flatMap((write): MassChange[] => {
    const found = scopeOf(write, limits.overwrites);
    return found ? [{ unit: draft.key, field: write.field, ...found }] : [];
  });
};

/**
 * Whether nobody need ask whether a creation is meant. A first alignment's is: `plan` shows it before, and it goes on for days without a person; what it found
 * has waited since before `alignedAt`. So is what a person asked for record by record, and whom the lifecycle handed to sales (`handed`, ids of
 * contacts): each of them met the definition, and a rep's clock runs.
 */
export const isCreationMeant = (
  { draft: { unit }, intent: { source } }: Pick<SendJob, 'draft' | 'intent'>,
  alignedAt: number | null,
  handed: ReadonlySet<string>,
): boolean =>
  alignedAt === null ||
  unit.dirty.some(({ since, cause }) => since <= alignedAt || isByHand(cause)) ||
  (source.system === 'hubspot' && handed.has(source.id));

/**
 * What it counts of a link that is about to end, or of a person of whom all that is kept is about to go. An erasure that was told is a word in
 * itself, and must not wait for another.
 */
export const changesOfEnd = ({ key, unit, end, erase, begin, follow }: Draft): readonly MassChange[] =>
  (end || erase) && !begin && !follow && !unit.dirty.some(({ erased }) => erased)
    ? [{ unit: key, kind: 'delete', scope: 'delete', field: null }]
    : [];
