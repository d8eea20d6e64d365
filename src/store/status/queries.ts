import type { Alignment, Backlog, Parked, Problem, Review } from '../../model/state.ts';
import { backlog } from '../backlog.ts';
import { problems } from '../problems.ts';
import { alignments } from '../signals.ts';
import type { Db } from '../transaction.ts';
import { budgetUse, type SystemBudget } from './budget-use.ts';
import { latencies, type RouteLatency } from './latency.ts';
import { type LinkPage, linkPage, type UnitPage, unitPage } from './pages.ts';
import { parkedPage, reviewPage } from './waiting.ts';

/** Part of a list, and how long the whole is. */
export interface Listed<T> {
  readonly total: number;
  readonly items: readonly T[];
}

/** What `status`, `verify` and the console ask. Reads only; nothing here takes a lock. */
export interface StatusQueries {
  backlog(pair: string): Promise<Backlog>;
  /** From the change at its source to the ledger, by the system written to, of the last hour. */
  latencies(pair: string): Promise<readonly RouteLatency[]>;
  problems(): Promise<readonly Problem[]>;
  budget(): Promise<readonly SystemBudget[]>;
  alignments(): Promise<readonly Alignment[]>;
  parked(pair: string, limit: number): Promise<Listed<Parked>>;
  reviews(pair: string, limit: number): Promise<Listed<Review>>;
  /** Links of a pair, live and ended, in order of id, with all that can account for a difference; null `after` begins. */
  linkPage(pair: string, after: string | null, limit: number): Promise<LinkPage>;
  /** What is parked, asked or dirty of records without a link, in order of the unit's key. */
  unitPage(pair: string, after: string | null, limit: number): Promise<UnitPage>;
}

export const makeStatusQueries = (db: Db): StatusQueries => ({
  backlog: (pair) => backlog(db, pair),
  latencies: (pair) => latencies(db, pair),
  problems: () => problems(db),
  budget: () => budgetUse(db),
  alignments: () => alignments(db, null),
  parked: (pair, limit) => parkedPage(db, pair, limit),
  reviews: (pair, limit) => reviewPage(db, pair, limit),
  linkPage: (pair, after, limit) => linkPage(db, pair, after, limit),
  unitPage: (pair, after, limit) => unitPage(db, pair, after, limit),
});
