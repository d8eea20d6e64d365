import { composeSystems } from '../compose.ts';
import { type HandOffAccount, handOffAccount } from '../lifecycle/account/account.ts';
import { type Asked, isUnexplained, makeBeside } from '../lifecycle/account/beside.ts';
import { accountsByCohort, type CohortUnit } from '../lifecycle/account/cohorts.ts';
import { nextHands } from '../lifecycle/account/next-hand.ts';
import { ownCounts, ownCountsText } from '../lifecycle/account/own-counts.ts';
import { accountJson, accountText } from '../lifecycle/account/render.ts';
import { shownDates } from '../lifecycle/account/shown.ts';
import { waitingJson, waitingOf, waitingText } from '../lifecycle/account/waiting.ts';
import { accountRows } from '../lifecycle/run/account-rows.ts';
import { toClock, toOwners } from '../lifecycle/run/rows.ts';
import { complianceJson, complianceReport, complianceText } from '../lifecycle/sla/compliance.ts';
import { UsageError } from '../model/failure.ts';
import { systems } from '../model/system.ts';
import { requireConnections } from '../settings.ts';
import { exitCode, orOffline } from './exit.ts';
import { askBoth } from './handoffs/ask-both.ts';
import { type ActiveLifecycle, activeLifecycle } from './run/lifecycle.ts';
import { answer, type CommandContext, type StoreOptions, withExistingStore } from './with-store.ts';

export interface HandoffsOptions extends StoreOptions {
  /** Also an account for each week or month in which they became ready. */
  readonly by?: CohortUnit;
  /** Ask neither system for its own counts. */
  readonly offline: boolean;
}

/** Why neither system's counts stand beside the account. */
const unaskedWords = {
  offline: 'with --offline neither system is asked',
  observed: "while 'stages' does not act, neither system shows who is ready",
} as const;

const askSystems = async (
  context: CommandContext,
  active: ActiveLifecycle,
  account: HandOffAccount,
): Promise<Asked> => {
  const { settings, mappings, store, log } = context;
  const pair = mappings.pairs.find((each) => each.name === active.pair);
  if (pair === undefined) throw new Error(`the lifecycle's pair '${active.pair}' is in no mapping`);
  const parts = composeSystems(requireConnections(settings), store.budget, log);
  try {
    return await askBoth(parts.connectors, store.engine, pair, active.models.lifecycle.pointed, account);
  } catch (error) {
    throw orOffline(error, "neither system's own counts stand beside the account");
  } finally {
    await Promise.all(systems.map(async (system) => parts.connectors[system].close()));
  }
};

/**
 * The hand-off account: where everybody is who was ready. Both systems' own counts stand beside it, unless `--offline` or where stages
 * are only observed, so that nothing is shown there; so they do beside each cohort. Exit code 1 where they differ for no good reason.
 */
export const handoffsCommand = async (options: HandoffsOptions): Promise<number> =>
  withExistingStore(options, async (context) => {
    const active = await activeLifecycle(options.config, context.mappings);
    if (active === null) {
      throw new UsageError(
        'This configuration has no lifecycle: nobody is handed over.',
        'Name a folder that has lifecycle.yaml with --config.',
      );
    }
    const { lifecycle } = context.store;
    const [transitions, effects, clocks, held, dated, now] = await Promise.all([
      lifecycle.accountTransitions(),
      lifecycle.handOffEffects(active.pair),
      lifecycle.allClocks(),
      lifecycle.heldHandOffs(active.pair),
      lifecycle.waiting(active.pair),
      lifecycle.now(),
    ]);
    const { makeCalendarBook } = await import('../lifecycle/sla/calendar-book.ts');
    const { makeStaff } = await import('../lifecycle/staff/staff.ts');
    const owners = toOwners(await lifecycle.staff());
    const { calendarOf } = makeStaff(owners, [], makeCalendarBook(active.models.sla));
    const rows = accountRows({ transitions, effects, clocks, held }, active.models.sla, calendarOf, now);
    const account = handOffAccount(rows, now);
    const hands = nextHands(active.models.lifecycle.stages);
    const isShown = active.models.lifecycle.behaviours.stages === 'act';
    const unasked = options.offline ? 'offline' : isShown ? null : 'observed';
    const asked = unasked === null ? await askSystems(context, active, account) : null;
    const beside = makeBeside(account, asked);
    const whole = beside(account);
    const zone = active.models.sla.calendars.get(active.models.sla.defaultCalendar)?.zone ?? 'UTC';
    const dates = asked === null ? [] : shownDates(asked.shown);
    const cohorts =
      options.by === undefined ? [] : accountsByCohort(rows, now, options.by, zone, dates).map(beside);
    const own = ownCounts(unasked === null ? null : unaskedWords[unasked], active.models.lifecycle.pointed);
    const level = complianceReport(
      { clocks: clocks.map(toClock), entries: account.ready.entries },
      active.models.sla,
      calendarOf,
      now,
    );
    const waiting = dated.map(waitingOf).filter((each) => each !== null);
    answer(
      options,
      {
        ...accountJson(whole.account, whole.comparisons, whole.standing, hands),
        waiting: waitingJson(waiting),
        ownCounts: own,
        cohorts: cohorts.map((each) => accountJson(each.account, each.comparisons, each.standing)),
        sla: complianceJson(level),
      },
      [
        accountText(whole.account, whole.comparisons, whole.standing, hands),
        ...waitingText(waiting),
        '',
        complianceText(level),
        ...(options.by === undefined ? [] : ['', ...ownCountsText(own)]),
        ...cohorts.map((each) => `\n${accountText(each.account, each.comparisons, each.standing)}`),
      ].join('\n'),
    );
    const differs = [whole, ...cohorts].some(isUnexplained);
    return differs ? exitCode.found : exitCode.fine;
  });
