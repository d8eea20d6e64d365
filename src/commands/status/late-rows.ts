import type { Fault } from '../../model/failure.ts';
import type { PairMapping } from '../../model/mapping.ts';
import type { Problem } from '../../model/state.ts';
import { formatRef, type System, systemLabel, systems } from '../../model/system.ts';
import type { SystemBudget } from '../../store/status/budget-use.ts';
import type { LateRows } from '../../store/status/late-rows.ts';
import { problemKeyOf } from '../../sync/problems.ts';
import { shareProblemKeyOf } from '../run/told-shares.ts';
import { iso } from '../with-store.ts';
import type { CurrentProblem } from './problems.ts';

/** From when on a record that waits is late. An edit is in the other system within a minute, and a row that is looked at again waits for two at most. */
export const lateMs = 300_000;

interface Reason {
  readonly name: string;
  readonly cause: string;
  readonly fault: Fault;
  readonly next: string;
}

type Standing = Pick<Problem, 'key' | 'what' | 'cause' | 'fault' | 'next'>;

const byItself = 'Nothing to press while it is looked at again by itself, every two minutes';

const isSystem = (name: string | undefined): name is System => systems.some((system) => system === name);

/** What the last look of a row said (model/state.ts, Waits). */
const reasonOfWaits = ({ waits, attempts }: LateRows): Reason | null => {
  const [kind, system, code = ''] = (waits ?? '').split(' ');
  if (!isSystem(system)) return null;
  const there = systemLabel[system];
  const looks = `${attempts} looks so far`;
  const explain = 'tandem explain RECORD shows the record as it is known';
  switch (kind) {
    case 'stale':
      return {
        name: `stale ${system}`,
        cause: `${there} answers an older state of the record than it has shown or told of before (${looks}): nothing is decided by it`,
        fault: system,
        next: `Look at the record in ${there}: an edit of it there, whatever the field, gives it a new stamp and ends this. ${byItself}; if it was restored from a backup, ${explain}.`,
      };
    case 'missing':
      return {
        name: `missing ${system}`,
        cause: `${there} does not show the record, and does not say that it is gone (${looks})`,
        fault: system,
        next: `${byItself}; then it is listed by tandem failures.`,
      };
    case 'refused':
      return {
        name: `refused ${system} ${code}`,
        cause: `${there} refuses what is written with ${code}, which mostly passes by itself (${looks})`,
        fault: system,
        next: `${byItself}; where it lasts, look what holds the record in ${there}: another tool, a trigger, a long transaction.`,
      };
    case 'unknown':
      return {
        name: `unknown ${system}`,
        cause: `${there} left a write without an answer (${looks}): nothing is sent again before it is known what became of it`,
        fault: system,
        next: `${byItself}; ${explain} and the write that is open.`,
      };
    default:
      return null;
  }
};

/** What keeps all work of the class waiting, where something does. */
const reasonOfAll = (
  { class: workClass }: LateRows,
  standing: readonly Standing[],
  budgets: readonly SystemBudget[],
): Reason | null => {
  const found = (keys: readonly string[]) => standing.find(({ key }) => keys.includes(key));
  const outage =
    found(systems.map(problemKeyOf)) ?? found(systems.map((system) => shareProblemKeyOf(system, workClass)));
  if (outage !== undefined) {
    const { key, what, cause, fault, next } = outage;
    return { name: key, cause: `${what}: ${cause}`, fault, next };
  }
  const paused = budgets.find((budget) => budget.paused.length > 0);
  const [lane] = paused?.paused ?? [];
  if (paused === undefined || lane === undefined) return null;
  return {
    name: `lane ${paused.system}`,
    cause: `${systemLabel[paused.system]} takes no calls of the lane ${lane.lane} until ${iso(lane.until)}: ${lane.cause}`,
    fault: paused.system,
    next: 'Nothing to do: it is asked again by itself. Look which other tool spends the limit (budget in tandem status --json).',
  };
};

const unexplained = ({ attempts }: LateRows): Reason => ({
  name: 'unexplained',
  cause:
    attempts === 0
      ? 'nobody has looked at them: more waits than the workers and limits let through, or a worker stands still'
      : `they were looked at (${attempts} times at most) and have had no end`,
  fault: 'tandem',
  next: 'Look at the log of the workers (step-failed, batch-broken, call-failed) and at budget in tandem status --json; start another worker where there is more work than one gets done, and start it anew where it stands still.',
});

/**
 * Records that wait for longer than five minutes while workers run, one problem for each likeliest cause: what the last look found, else what keeps all work from
 * flowing. `standing`: what `status` says of the systems, one problem each. Pure.
 */
export const lateRowProblems = (
  { name: pair }: Pick<PairMapping, 'name'>,
  late: readonly LateRows[],
  standing: readonly Standing[],
  budgets: readonly SystemBudget[],
): readonly CurrentProblem[] =>
  late.map((rows) => {
    const { name, ...told } =
      reasonOfWaits(rows) ?? reasonOfAll(rows, standing, budgets) ?? unexplained(rows);
    const more = rows.rows - rows.refs.length;
    const named = rows.refs.map(formatRef).join(', ');
    return {
      key: `late:${pair}:${name}`,
      what: `${pair}: late, ${rows.rows === 1 ? 'a record waits' : `${rows.rows} records wait`} for more than ${lateMs / 60_000} minutes: ${named}${more > 0 ? ` and ${more} more` : ''}`,
      since: iso(rows.since),
      records: rows.rows,
      ...told,
    };
  });
