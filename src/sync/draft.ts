import type { Failure } from '../model/failure.ts';
import type { FieldMapping } from '../model/mapping.ts';
import {
  type Base,
  type BaseEntry,
  type ClaimedUnit,
  type DirtyMark,
  type DirtyRow,
  formatWaits,
  type LateWrite,
  type LedgerEntry,
  type Link,
  type NewIntent,
  type Parked,
  type Review,
  type UnitSettlement,
  type Waits,
} from '../model/state.ts';
import type { RecordRef, Sides, System } from '../model/system.ts';
import type { RawValue } from '../model/value.ts';
import type { GoneReference } from './gone-references.ts';

/** A value of ours that stands where somebody had entered another after it was decided. */
export interface Overwritten {
  readonly field: FieldMapping;
  readonly system: System;
  /** What stood there before our late value. */
  readonly value: RawValue;
  /** Our late value, which stands there now. */
  readonly actual: RawValue;
  /** It was no late write, but one that somebody's edit had crossed: the base has moved with it, and goes back to what it `leaves`. */
  readonly crossed?: { readonly leaves: Sides<RawValue> | null };
}

/** A settlement that is being put together while a unit is worked on. */
export interface Draft {
  readonly unit: ClaimedUnit;
  /** `link:ID` once a link began. */
  key: string;
  link: Link | null;
  base: Record<string, BaseEntry>;
  stamps: { hubspot?: number; salesforce?: number };
  begin: UnitSettlement['begin'] | undefined;
  end: UnitSettlement['end'] | undefined;
  erase: UnitSettlement['erase'] | undefined;
  /** Where the link goes, who follows whom from now on, and whom to look at next. */
  to: NonNullable<UnitSettlement['move']>['to'];
  /** Whether the link's followers were weighed against its primary record with this look. */
  weighed: boolean;
  follow: UnitSettlement['follow'];
  unfollow: UnitSettlement['unfollow'];
  marks: DirtyMark[];
  closedIntents: string[];
  /** The side of which this look read no field although signals told of some: what they said is kept for the next one. */
  unheard: System | null;
  /** By field: what was sent with an outcome that nobody knew, and may still come. */
  readonly late: Map<string, LateWrite>;
  /** Late values of ours that stand where somebody had entered another. */
  overwritten: Overwritten[];
  /** References that a side shows empty because what they led to is gone. */
  gone: readonly GoneReference[];
  ledger: LedgerEntry[];
  /** Null: the unit's dirty rows are answered; else they are looked at again after so long. */
  againMs: number | null;
  /** Why, where that is known (model/state.ts, Waits). */
  waits: string | null;
  /** A write that it asks for is paused: its rows stay, and are due again when the pause ends. */
  held: boolean;
  park: Omit<Parked, 'since'>[];
  /** Parked rows that still stand, all of them until a plan says otherwise; the others are taken back when the unit is settled. */
  stillParked: readonly Parked[];
  review: Omit<Review, 'since'> | null | undefined;
  /** Of whom a person has said that it is nobody of them. */
  ruledOut: readonly RecordRef[] | undefined;
}

export const makeDraft = (unit: ClaimedUnit): Draft => ({
  unit,
  key: unit.key,
  link: unit.link,
  base: {},
  stamps: {},
  begin: undefined,
  end: undefined,
  erase: undefined,
  to: undefined,
  weighed: false,
  follow: undefined,
  unfollow: undefined,
  marks: [],
  closedIntents: [],
  unheard: null,
  late: new Map(),
  overwritten: [],
  gone: [],
  ledger: [],
  againMs: null,
  waits: null,
  held: false,
  park: [],
  stillParked: [...unit.parked],
  review: undefined,
  ruledOut: undefined,
});

/** A pause that ends makes what it held due; should that ever be missed, it is looked at after so long. */
const heldLookMs = 3_600_000;

/** How often the unit was looked at without an end. */
export const attemptsOf = (unit: ClaimedUnit): number =>
  Math.max(0, ...unit.dirty.map((row) => row.attempts));

/** Asks for another look; the sooner of two wishes wins. `waits`: why. */
export const lookAgain = (draft: Draft, dueMs: number, waits?: Waits): void => {
  draft.againMs = draft.againMs === null ? dueMs : Math.min(draft.againMs, dueMs);
  if (waits !== undefined) draft.waits = formatWaits(waits);
};

export const moveBase = (draft: Draft, base: Base): void => {
  Object.assign(draft.base, base);
};

export const raiseStamp = (draft: Draft, system: System, stamp: number | null): void => {
  if (stamp !== null) draft.stamps[system] = Math.max(draft.stamps[system] ?? 0, stamp);
};

/** Parks a field (or the record) with what the person who reads it should do next. */
export const parkIn = (
  draft: Draft,
  pair: string,
  row: { ref: RecordRef; field: string | null; failure: Failure; next: string; refused: string },
): void => {
  draft.park.push({ pair, unit: draft.key, system: row.ref.system, ...row });
};

/** The base that moves; what may still come late is remembered through every move of its field. */
export const movedBase = ({ base, late, to }: Draft, link: Link): Base => {
  const before = to?.fresh ? {} : link.base;
  const names = new Set([...Object.keys(base), ...late.keys()]);
  return Object.fromEntries(
    [...names].flatMap((name): [string, BaseEntry][] => {
      const entry = base[name] ?? before[name];
      const remembered = late.get(name) ?? before[name]?.late;
      return entry ? [[name, remembered ? { ...entry, late: remembered } : entry]] : [];
    }),
  );
};

/** The draft as a settlement. With `keepDirty` (a first step whose second follows) the dirty rows are left alone. */
export const settlementOf = (draft: Draft, pair: string, keepDirty = false): UnitSettlement => {
  const { unit, link } = draft;
  const stands = new Set([...draft.stillParked, ...draft.park].map((row) => `${row.system} ${row.field}`));
  const dueMs = draft.againMs ?? (draft.held ? heldLookMs : null);
  const held = draft.held && draft.againMs === null;
  const moves = link !== null && !draft.begin && !draft.end;
  const isUnheard = ({ ref, changed }: DirtyRow): boolean =>
    changed !== undefined && ref.system === draft.unheard && ref.id === unit.link?.ids[ref.system];
  return {
    unit: { key: draft.key, fence: unit.fence },
    pair,
    ...(draft.begin ? { begin: draft.begin } : {}),
    ...(moves
      ? {
          move: {
            linkId: link.id,
            version: link.version,
            base: movedBase(draft, link),
            stamps: draft.stamps,
            ...(draft.weighed ? { weighed: true } : {}),
            ...(draft.to ? { to: draft.to } : {}),
          },
        }
      : {}),
    ...(draft.end ? { end: draft.end } : {}),
    ...(draft.erase ? { erase: draft.erase } : {}),
    ...(draft.follow ? { follow: draft.follow } : {}),
    ...(draft.unfollow ? { unfollow: draft.unfollow } : {}),
    ...(draft.marks.length > 0 ? { mark: draft.marks } : {}),
    closedIntents: draft.closedIntents,
    ledger: draft.ledger,
    clean:
      keepDirty || dueMs !== null
        ? []
        : unit.dirty.filter((row) => !isUnheard(row)).map(({ ref, version }) => ({ ref, version })),
    again: keepDirty
      ? []
      : unit.dirty
          .filter((row) => dueMs !== null || isUnheard(row))
          .map(({ ref }) => ({ ref, dueMs: dueMs ?? 0, held, waits: draft.waits })),
    park: draft.park,
    unpark: keepDirty
      ? []
      : unit.parked
          .filter((row) => !stands.has(`${row.system} ${row.field}`))
          .map(({ system, field }) => ({ system, field })),
    ...(draft.review === undefined ? {} : { review: draft.review }),
  };
};

/** Starts the second step of a unit whose link just began: what the first step settled is forgotten, the parked rows stay known. */
export const continueWith = (draft: Draft, link: Link): void => {
  draft.key = `link:${link.id}`;
  draft.link = link;
  draft.begin = undefined;
  draft.base = {};
  draft.stamps = {};
  draft.closedIntents = [];
  draft.overwritten = [];
  draft.gone = [];
  draft.ledger = [];
  draft.park = draft.park.map((row) => ({ ...row, unit: draft.key }));
  draft.review = undefined;
};

/** One ledger line per field that landed. */
export const ledgerOfWrites = (intent: NewIntent, changedAt: number | null, how: string): LedgerEntry[] =>
  intent.writes.map((write) => ({
    pair: intent.pair,
    event: 'write',
    target: intent.target,
    field: write.field,
    from: write.replaced,
    to: write.sent,
    cause: how === '' ? intent.cause : `${intent.cause}; ${how}`,
    rule: write.rule,
    clock: write.clock,
    lost: write.lost,
    changedAt,
  }));
