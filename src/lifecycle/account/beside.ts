import type { System } from '../../model/system.ts';
import type { HandOffAccount } from './account.ts';
import { type Comparison, compareCounts } from './differences.ts';
import { countsIn, type Shown } from './shown.ts';
import { handedIn, type StandingCount, standingNow } from './standing-now.ts';
import { makeReasons } from './why-different.ts';

/** What both systems show, and what is known of those of whom nothing is ours. */
export interface Asked {
  readonly shown: Shown;
  /** Records of people who were erased here, by system and id. */
  readonly erased: Readonly<Record<System, ReadonlySet<string>>>;
}

/** An account, what the systems count of it, and how those stand now. */
export interface Beside {
  readonly account: HandOffAccount;
  readonly comparisons: readonly Comparison[];
  readonly standing: readonly StandingCount[];
}

/**
 * Sets beside an account, of everybody or of one cohort, what the systems show of the same. `whole`: the account of everybody, whose other turns explain
 * dates. `asked` null: nothing stands beside it. Pure.
 */
export const makeBeside = (
  whole: HandOffAccount,
  asked: Asked | null,
): ((account: HandOffAccount) => Beside) => {
  if (asked === null) return (account) => ({ account, comparisons: [], standing: [] });
  const { shown, erased } = asked;
  const reasonOf = makeReasons(whole, asked);
  const handed = handedIn(shown);
  return (account) => ({
    account,
    comparisons: compareCounts(account, countsIn(shown, account.cohort), reasonOf),
    standing: standingNow(whole, handed, { cohort: account.cohort, erased }),
  });
};

/** Whether a system counts a record otherwise, and should not. */
export const isUnexplained = ({ comparisons, standing }: Beside): boolean =>
  [
    ...comparisons.flatMap(({ differences }) => differences.map(({ explained }) => explained)),
    ...standing.flatMap(({ differences }) => differences.map(({ explained }) => explained)),
  ].includes(false);
