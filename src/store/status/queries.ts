import type { Alignment, Backlog, Parked, Problem, Review, Standing } from '../../model/state.ts';
import { backlog } from '../backlog.ts';
import { problems } from '../problems.ts';
import { alignments } from '../signals.ts';
import type { Db } from '../transaction.ts';
import { budgetUse, type SystemBudget } from './budget-use.ts';
import { type DueRows, dueRows, type LateRows, lateRows } from './late-rows.ts';
import { latencies, type RouteLatency } from './latency.ts';
import { standingOf, type UnitRecords } from './standing.ts';
import {
  type ParkedGroup,
  type ParkedTotals,
  parkedByCause,
  parkedPage,
  parkedTotals,
  reviewPage,
} from './waiting.ts';

/** Part of a list, and how long the whole is. */
export interface Listed<T> {
  readonly total: number;
  readonly items: readonly T[];
}

/** What `status`, `verify` and the console ask. Reads only; nothing here takes a lock. */
export interface StatusQueries {
  backlog(pair: string): Promise<Backlog>;
  /** From the change at its source to the ledger, by the system written to, of the last hour. */
  latencies(pairs: readonly string[]): Promise<readonly RouteLatency[]>;
  problems(): Promise<readonly Problem[]>;
  budget(): Promise<readonly SystemBudget[]>;
  alignments(): Promise<readonly Alignment[]>;
  parked(pair: string, limit: number): Promise<Listed<Parked>>;
  reviews(pair: string, limit: number): Promise<Listed<Review>>;
  /** Parked rows grouped by cause, most records first. */
  parkedByCause(pair: string): Promise<readonly ParkedGroup[]>;
  /** What is refused in these pairs, counted by what helps. */
  parkedTotals(pairs: readonly string[]): Promise<ParkedTotals>;
  /** Dirty rows of a pair that wait for longer than `lateMs`, by why. */
  lateRows(pair: string, lateMs: number): Promise<readonly LateRows[]>;
  /** What is due of these pairs now. */
  dueRows(pairs: readonly string[]): Promise<DueRows>;
  /** What waits, is asked or was refused of these units; by unit, every unit asked for. */
  standingOf(pair: string, units: readonly UnitRecords[]): Promise<ReadonlyMap<string, Standing>>;
}

export const makeStatusQueries = (db: Db): StatusQueries => ({
  backlog: (pair) => backlog(db, pair),
  latencies: (pairs) => latencies(db, pairs),
  problems: () => problems(db),
  budget: () => budgetUse(db),
  alignments: () => alignments(db, null),
  parked: (pair, limit) => parkedPage(db, pair, limit),
  reviews: (pair, limit) => reviewPage(db, pair, limit),
  parkedByCause: (pair) => parkedByCause(db, pair),
  parkedTotals: (pairs) => parkedTotals(db, pairs),
  lateRows: (pair, lateMs) => lateRows(db, pair, lateMs),
  dueRows: (pairs) => dueRows(db, pairs),
  standingOf: (pair, units) => standingOf(db, pair, units),
});
