import type { DirtyMark, Link, UnitSettlement } from '../../model/state.ts';
import { erasePerson } from '../erasure/erase.ts';
import { eraseRoles } from '../erasure/roles.ts';
import { isDataError } from '../errors.ts';
import { markDirty } from '../signals.ts';
import { type Db, inTransaction, type Tx } from '../transaction.ts';
import { cleanDirty, putOffDirty, releaseUnits } from './apply-dirty.ts';
import { applyLinks } from './apply-links.ts';
import { applyParked, applyReviews, closeIntents, writeLedger } from './apply-rows.ts';
import { type Accepted, checkSettlements } from './check.ts';

/** Links that began, by the key their unit had, and the units whose settlement was refused. */
export interface SettleResult {
  readonly begun: ReadonlyMap<string, Link>;
  readonly refused: ReadonlySet<string>;
}

export interface SettleOptions {
  /** Leave the units leased. */
  readonly keep: boolean;
  /** Told of a settlement that the database itself refused, which is a defect of ours. The error can quote data. */
  readonly onDefect: (unit: string, error: unknown) => void;
}

/**
 * EngineStore.settle and settleAndKeep: all settlements in one transaction. Preconditions are checked on locked rows, so
 * that a settlement that fails them is left out without touching the rest; should the database refuse the data of one all the same,
 * the batch is halved until that one is alone.
 */
export const settle = async (
  db: Db,
  settlements: readonly UnitSettlement[],
  options: SettleOptions,
): Promise<SettleResult> => {
  if (settlements.length === 0) return { begun: new Map(), refused: new Set() };
  try {
    const accepted = await inTransaction(db, async (tx) => {
      const checked = await checkSettlements(tx, settlements);
      await applyLinks(tx, checked);
      await closeIntents(tx, checked);
      await writeLedger(tx, checked);
      await applyParked(tx, checked);
      const asking = await eraseAll(tx, checked);
      await applyReviews(tx, checked);
      await cleanDirty(tx, checked);
      await putOffDirty(tx, checked);
      await markDirty(tx, [...checked.flatMap(({ settlement }) => settlement.mark ?? []), ...asking]);
      if (!options.keep && checked.length > 0) await releaseUnits(tx, checked);
      return checked;
    });
    return toResult(settlements, accepted);
  } catch (error) {
    if (!isDataError(error)) throw error;
    return await settleInParts(db, settlements, options, error);
  }
};

/** Erases whom the settlements say, after their own rows are written. Answers whom to look at anew. */
const eraseAll = async (tx: Tx, accepted: readonly Accepted[]): Promise<readonly DirtyMark[]> => {
  const marks: DirtyMark[] = [];
  for (const { settlement, unit } of accepted) {
    if (!settlement.erase) continue;
    marks.push(...(await erasePerson(tx, settlement.pair, settlement.erase, unit)).marks);
  }
  await eraseRoles(
    tx,
    accepted.flatMap(({ settlement }) => settlement.erase ?? []),
  );
  return marks;
};

const settleInParts = async (
  db: Db,
  settlements: readonly UnitSettlement[],
  options: SettleOptions,
  error: unknown,
): Promise<SettleResult> => {
  const [first] = settlements;
  if (settlements.length === 1 && first !== undefined) {
    options.onDefect(first.unit.key, error);
    return { begun: new Map(), refused: new Set([first.unit.key]) };
  }
  const middle = Math.ceil(settlements.length / 2);
  const left = await settle(db, settlements.slice(0, middle), options);
  const right = await settle(db, settlements.slice(middle), options);
  return {
    begun: new Map([...left.begun, ...right.begun]),
    refused: new Set([...left.refused, ...right.refused]),
  };
};

const toResult = (settlements: readonly UnitSettlement[], accepted: readonly Accepted[]): SettleResult => {
  const done = new Set(accepted.map(({ settlement }) => settlement.unit.key));
  const begun = accepted.flatMap(({ settlement, begun: link }) =>
    link === null ? [] : [[settlement.unit.key, link] as const],
  );
  return {
    begun: new Map(begun),
    refused: new Set(settlements.map(({ unit }) => unit.key).filter((key) => !done.has(key))),
  };
};
