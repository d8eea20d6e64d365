import { composeSystems, type Systems } from '../compose.ts';
import { handOffAccount } from '../lifecycle/account/account.ts';
import { accountsByCohort, type CohortUnit } from '../lifecycle/account/cohorts.ts';
import { compareCounts, type OwnCounts } from '../lifecycle/account/differences.ts';
import { nextHands } from '../lifecycle/account/next-hand.ts';
import { accountJson, accountText } from '../lifecycle/account/render.ts';
import type { AccountRows } from '../lifecycle/account/rows.ts';
import { type ShownStage, type ShownStages, standingNow } from '../lifecycle/account/standing-now.ts';
import { waitingJson, waitingOf, waitingText } from '../lifecycle/account/waiting.ts';
import { withPointed } from '../lifecycle/own-fields/pointed-system.ts';
import { accountRows } from '../lifecycle/run/account-rows.ts';
import { toClock, toOwners } from '../lifecycle/run/rows.ts';
import { complianceJson, complianceReport, complianceText } from '../lifecycle/sla/compliance.ts';
import { UsageError } from '../model/failure.ts';
import { typesOn } from '../model/mapping.ts';
import type { RecordSystem } from '../model/record-system.ts';
import { systems } from '../model/system.ts';
import { requireConnections } from '../settings.ts';
import { exitCode, orOffline } from './exit.ts';
import { type ActiveLifecycle, activeLifecycle } from './run/lifecycle.ts';
import { answer, type CommandContext, type StoreOptions, withExistingStore } from './with-store.ts';

export interface HandoffsOptions extends StoreOptions {
  /** Also an account for each week or month in which they became ready. */
  readonly by?: CohortUnit;
  /** Ask neither system for its own counts. */
  readonly offline: boolean;
}

const call = { class: 'sweep', purpose: 'verify' } as const;

/** What both systems count by themselves, and how those stand there who were handed over. */
interface Asked {
  readonly counts: OwnCounts;
  readonly shown: ShownStages;
}

type Values = Readonly<Record<string, unknown>>;
const isFilled = (value: unknown): boolean => (value ?? '') !== '';

/** `<id>.<n>`: an older lead or a duplicate of somebody whose own record has `<id>` (contract of the identity field). */
const isFollower = (identity: unknown): boolean => /^\d+\.\d+$/.test(String(identity ?? ''));

/** What is read of a person's records of one system. */
interface Listing {
  readonly types: readonly string[];
  /** The identity field. */
  readonly identity: string;
  readonly stage: string;
  /** The dates that tell whom to keep: most people were never ready. */
  readonly dates: readonly string[];
}

/**
 * Every live record that shows one of these dates: read from listings, which no search index lags behind. A lead that was converted and one
 * that follows another record show what they showed once: the person is counted by the record that they are now.
 */
const listed = async (
  system: Pick<RecordSystem, 'listPage'>,
  { types, identity, stage, dates }: Listing,
): Promise<readonly (readonly [string, Values])[]> => {
  const records: (readonly [string, Values])[] = [];
  for (const type of types) {
    const fields = [identity, stage, ...dates, ...(type === 'Lead' ? ['IsConverted'] : [])];
    let after: string | null = null;
    do {
      const page = await system.listPage(type, after, fields, call);
      for (const { ref, fields: values } of page.records) {
        const isPast = values.IsConverted === true || isFollower(values[identity]);
        if (!isPast && dates.some((date) => isFilled(values[date]))) records.push([ref.id, values]);
      }
      after = page.after;
    } while (after !== null);
  }
  return records;
};

const idsWith = (records: readonly (readonly [string, Values])[], field: string): readonly string[] =>
  records.filter(([, values]) => isFilled(values[field])).map(([id]) => id);

const stagesOf = (
  records: readonly (readonly [string, Values])[],
  stage: string,
  handed: string,
): readonly ShownStage[] =>
  records
    .filter(([, values]) => isFilled(values[handed]))
    .map(([id, values]) => ({ id, stage: String(values[stage] ?? '') }));

const ask = async (
  { connectors }: Systems,
  { mappings }: CommandContext,
  { pair: name, models }: ActiveLifecycle,
): Promise<Asked> => {
  const pair = mappings.pairs.find((each) => each.name === name);
  if (pair === undefined) return { counts: {}, shown: {} };
  const { pointed } = models.lifecycle;
  const [hubspot, salesforce] = await Promise.all([
    listed(withPointed(connectors.hubspot, pointed), {
      ...{ types: typesOn(pair, 'hubspot'), identity: pair.identity.hubspot },
      ...{ stage: 'tandem_stage', dates: ['tandem_ready_at', 'tandem_handed_at'] },
    }),
    listed(withPointed(connectors.salesforce, pointed), {
      ...{ types: typesOn(pair, 'salesforce'), identity: pair.identity.salesforce },
      ...{ stage: 'Tandem_Stage__c', dates: ['Tandem_Ready_At__c'] },
    }),
  ]);
  return {
    counts: {
      hubspot: {
        ready: idsWith(hubspot, 'tandem_ready_at'),
        handed: idsWith(hubspot, 'tandem_handed_at'),
      },
      salesforce: { received: idsWith(salesforce, 'Tandem_Ready_At__c') },
    },
    shown: {
      hubspot: stagesOf(hubspot, 'tandem_stage', 'tandem_handed_at'),
      salesforce: stagesOf(salesforce, 'Tandem_Stage__c', 'Tandem_Ready_At__c'),
    },
  };
};

const askSystems = async (context: CommandContext, active: ActiveLifecycle): Promise<Asked> => {
  const { settings, store, log } = context;
  const parts = composeSystems(requireConnections(settings), store.budget, log);
  try {
    return await ask(parts, context, active);
  } catch (error) {
    throw orOffline(error, "neither system's own counts stand beside the account");
  } finally {
    await Promise.all(systems.map(async (system) => parts.connectors[system].close()));
  }
};

const cohortsOf = (rows: AccountRows, now: number, by: CohortUnit | undefined, zone: string) =>
  by === undefined ? [] : accountsByCohort(rows, now, by, zone);

/**
 * The hand-off account: where everybody is who was ready. Both systems' own counts stand beside it, unless `--offline` or where stages
 * are only observed, so that nothing is shown there. Exit code 1 where they differ.
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
    const asked = options.offline || !isShown ? null : await askSystems(context, active);
    const comparisons = asked === null ? [] : compareCounts(account, asked.counts);
    const standing = asked === null ? [] : standingNow(account, asked.shown);
    const zone = active.models.sla.calendars.get(active.models.sla.defaultCalendar)?.zone ?? 'UTC';
    const cohorts = cohortsOf(rows, now, options.by, zone);
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
        ...accountJson(account, comparisons, standing, hands),
        waiting: waitingJson(waiting),
        cohorts: cohorts.map((each) => accountJson(each)),
        sla: complianceJson(level),
      },
      [
        accountText(account, comparisons, standing, hands),
        ...waitingText(waiting),
        '',
        complianceText(level),
        ...cohorts.map((each) => `\n${accountText(each)}`),
      ].join('\n'),
    );
    const differs = [...comparisons, ...standing].some(({ differences }) => differences.length > 0);
    return differs ? exitCode.found : exitCode.fine;
  });
