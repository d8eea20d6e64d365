import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Systems } from '../../compose.ts';
import type { LoadedLifecycle } from '../../lifecycle/config/load.ts';
import { dealFields } from '../../lifecycle/deals/deals.ts';
import { activityFields } from '../../lifecycle/look/activity-touch.ts';
import { lookFieldsOf } from '../../lifecycle/look/fields.ts';
import { askedAt } from '../../lifecycle/look/roll-ups.ts';
import { missingOwnFields } from '../../lifecycle/own-fields/missing.ts';
import {
  namesOnAny,
  type PointedFields,
  pointedDescription,
  type ShownField,
  shownFieldsOf,
} from '../../lifecycle/own-fields/pointed.ts';
import { withPointed } from '../../lifecycle/own-fields/pointed-system.ts';
import { requestFields } from '../../lifecycle/requests/request.ts';
import type { LifecycleContext, LifecycleModels } from '../../lifecycle/run/context.ts';
import { memberFields } from '../../lifecycle/run/memberships.ts';
import { pausedLifecycle } from '../../lifecycle/run/pauses.ts';
import type { TellOwner } from '../../lifecycle/run/ports.ts';
import { LifecycleRunner } from '../../lifecycle/run/runner.ts';
import { makeStaffBook } from '../../lifecycle/run/staff-book.ts';
import { lifecycleBehaviours } from '../../lifecycle/stage/journey.ts';
import { causeOf, type Logger } from '../../log.ts';
import { MappingError } from '../../mapping/finding.ts';
import type { LoadedMappings } from '../../mapping/load.ts';
import { UsageError } from '../../model/failure.ts';
import { formFor, isCompanies, isPeople, type PairMapping, typesOn } from '../../model/mapping.ts';
import type { ObjectDescription } from '../../model/record.ts';
import { type System, systems } from '../../model/system.ts';
import type { Settings } from '../../settings.ts';
import { standFor } from '../../store/election.ts';
import { fieldsOf, makeIntentId } from '../../sync/engine.ts';
import type { OpenedStore } from '../open-store.ts';
import type { Closers } from './closers.ts';
import { mailBy } from './mail.ts';

/** The lifecycle of a configuration that is to run, and the pair of its people. */
export interface ActiveLifecycle {
  readonly loaded: LoadedLifecycle;
  readonly models: LifecycleModels;
  readonly pair: string;
}

/**
 * The lifecycle of a configuration folder; null where it has none, or one in which everything is off. Its tables of holidays are loaded only where
 * there is one. @throws MappingError with everything that is wrong in its files; UsageError where a file or the people are missing
 */
export const activeLifecycle = async (
  configDir: string,
  mappings: LoadedMappings,
): Promise<ActiveLifecycle | null> => {
  if (!existsSync(join(configDir, 'lifecycle.yaml'))) return null;
  const { readLifecycle } = await import('../load-lifecycle.ts');
  const loaded = readLifecycle(configDir);
  const errors = loaded.findings.filter(({ level }) => level === 'error');
  if (errors.length > 0) {
    const { page } = await import('../../lifecycle/config/files.ts');
    throw new MappingError(errors, { name: 'lifecycle', page });
  }
  const { lifecycle, scoring, routing, sla, content } = loaded;
  if (lifecycle === null || lifecycleBehaviours.every((each) => lifecycle.behaviours[each] === 'off'))
    return null;
  if (scoring === null || routing === null || sla === null) {
    throw new UsageError(
      'lifecycle.yaml is there, and not all of scoring.yaml, routing.yaml and sla.yaml',
      'Put them beside it (config/ has examples), or take lifecycle.yaml away to align only.',
    );
  }
  const people = mappings.pairs.find(isPeople);
  if (people === undefined) {
    throw new UsageError(
      'lifecycle.yaml is there, and no mapping of contacts and leads',
      'Add one (config/mappings/people.yaml), or take lifecycle.yaml away.',
    );
  }
  return {
    loaded,
    models: { lifecycle, scoring, routing, sla, ...(content === null ? {} : { content }) },
    pair: people.name,
  };
};

/** The mappings, with the people's changes told to the lifecycle. */
export const watchedBy = (active: ActiveLifecycle | null, mappings: LoadedMappings): LoadedMappings => {
  if (active === null) return mappings;
  const { contact, lead } = lookFieldsOf(active.loaded);
  const { word, detail } = requestFields.salesforce;
  const { pointed } = active.models.lifecycle;
  const namesOn = (types: readonly string[], names: readonly string[]): readonly string[] =>
    namesOnAny(pointed, types, names);
  return {
    ...mappings,
    pairs: mappings.pairs.map((pair) => {
      if (pair.name === active.pair) {
        const hubspot = namesOn(typesOn(pair, 'hubspot'), contact);
        const watched = { hubspot, salesforce: namesOn(typesOn(pair, 'salesforce'), lead) };
        return { ...pair, watched, pressing: askedAt };
      }
      // Deals are asked for by the lifecycle itself, at its own pace; who asks for something there waits for an answer.
      return pair.types.salesforce === 'Opportunity'
        ? {
            ...pair,
            watched: { hubspot: [], salesforce: namesOn(['Opportunity'], [word, detail]) },
            watchedAlone: true as const,
          }
        : pair;
    }),
  };
};

export interface LifecycleOptions {
  readonly active: ActiveLifecycle;
  readonly mappings: LoadedMappings;
  readonly opened: Pick<OpenedStore, 'store' | 'connectionString'>;
  readonly systems: Pick<Systems, 'connectors'>;
  readonly wake: (pair: string) => void;
  /** A Slack-compatible address that is told of each hand-off; null: nobody is. */
  readonly webhook: string | null;
  /** The mail server that tells the owner as well, and from whom its mails are; null: nobody gets one. */
  readonly mail: Settings['mail'];
  readonly pollMs: number;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

export interface RunningLifecycle {
  /** Whether something is to be done now, or soon without anybody's word. */
  isBusy(): Promise<boolean>;
}

/** As the vendors describe them. */
const describeAll = async (
  { connectors }: Pick<Systems, 'connectors'>,
  pair: PairMapping,
): Promise<ReadonlyMap<string, { readonly system: System; readonly description: ObjectDescription }>> => {
  const context = { class: 'live', purpose: 'describe' } as const;
  const types = systems.flatMap((system) => typesOn(pair, system).map((type) => ({ system, type })));
  const described = await Promise.all(
    types.map(async ({ system, type }) => {
      const description = await connectors[system].describe(type, context);
      return [type, { system, description }] as const;
    }),
  );
  return new Map(described);
};

/** The fields of companies that texts for reps tell of, by object, where the integration may see them. */
const describeCompanies = async (
  { connectors }: Pick<Systems, 'connectors'>,
  companies: PairMapping | undefined,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  if (companies === undefined) return new Map();
  const described = await Promise.allSettled(
    systems.map(async (system) => {
      const type = companies.types[system];
      const { fields } = await connectors[system].describe(type, { class: 'live', purpose: 'describe' });
      return [type, fieldsOf(companies, system).filter((name) => fields.has(name))] as const;
    }),
  );
  return new Map(described.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])));
};

const missingKey = 'config:lifecycle-fields';

/** What the systems lack is left out of every write, so that the rest goes on; somebody has to be told. */
const tellMissing = async (
  { store }: Pick<OpenedStore, 'store'>,
  { lifecycle }: Pick<LifecycleModels, 'lifecycle'>,
  described: Awaited<ReturnType<typeof describeAll>>,
): Promise<void> => {
  const objects = new Map([...described].map(([type, { description }]) => [type, description]));
  const missing = missingOwnFields(lifecycle, objects).filter(
    ({ behaviours, pointed }) => behaviours.length > 0 || pointed !== null,
  );
  if (missing.length === 0) return store.engine.clearProblem(missingKey);
  await store.engine.raiseProblem({
    key: missingKey,
    what: 'the lifecycle cannot show or hear all that it should',
    cause: missing.map(({ object, name, fault }) => `${object}.${name} ${fault}`).join(', '),
    fault: 'config',
    next: 'See what tandem check says of each: create these fields (docs/admins/fields.md), or name fields of yours that can stand for them, give the integration the right to them, then restart the worker.',
  });
};

/** What reps log, and their deals, where the integration may see it; an org or user without is one whose status and verdicts alone tell. */
const describeActivities = async (
  { connectors }: Pick<Systems, 'connectors'>,
  pointed: PointedFields,
): Promise<{
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly shown: readonly (readonly [string, ShownField])[];
}> => {
  const described = await Promise.allSettled(
    Object.entries({ ...activityFields, Opportunity: dealFields, CampaignMember: memberFields }).map(
      async ([type, wanted]) => {
        const described = await connectors.salesforce.describe(type, { class: 'live', purpose: 'describe' });
        const { fields } = pointedDescription(pointed, type, described);
        const seen = wanted.filter((name) => fields.has(name));
        return { type, seen, shown: shownFieldsOf(pointed, type, described) };
      },
    ),
  );
  const found = described.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  return {
    fields: new Map(found.map(({ type, seen }) => [type, seen])),
    shown: found.flatMap(({ shown }) => shown),
  };
};

/** Posts a text as Slack's incoming webhooks take it. */
const tellBy =
  (webhook: string): TellOwner =>
  async (text) => {
    const response = await fetch(webhook, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
  };

/** Everything that the lifecycle works with, wired on a store. @throws CallFailed where the objects cannot be described */
export const makeContext = async (
  options: Omit<LifecycleOptions, 'opened'> & { readonly opened: Pick<OpenedStore, 'store'> },
): Promise<LifecycleContext> => {
  const { active, mappings, opened, systems: parts, log } = options;
  const { makeCalendarBook } = await import('../../lifecycle/sla/calendar-book.ts');
  const pair = mappings.pairs.find(({ name }) => name === active.pair);
  if (pair === undefined) throw new Error(`there is no pair '${active.pair}'`);
  const look = lookFieldsOf(active.loaded);
  const companies = mappings.pairs.find(isCompanies);
  const { pointed } = active.models.lifecycle;
  const [vendors, activities, ofCompanies] = await Promise.all([
    describeAll(parts, pair),
    describeActivities(parts, pointed),
    describeCompanies(parts, companies),
  ]);
  await tellMissing(opened, active.models, vendors);
  const described = new Map(
    [...vendors].map(([type, { system, description }]) => [
      type,
      { system, description: pointedDescription(pointed, type, description) },
    ]),
  );
  const { salesforce, hubspot } = parts.connectors;
  const site = await salesforce.site({ class: 'live', purpose: 'describe' });
  return {
    pair,
    ...(companies === undefined ? {} : { companies }),
    models: active.models,
    store: opened.store.lifecycle,
    engine: opened.store.engine,
    systems: {
      hubspot: withPointed(parts.connectors.hubspot, pointed),
      salesforce: withPointed(parts.connectors.salesforce, pointed),
    },
    shownFields: new Map([
      ...[...vendors].flatMap(([type, { description }]) => shownFieldsOf(pointed, type, description)),
      ...activities.shown,
    ]),
    fields: new Map([
      ...activities.fields,
      ...ofCompanies,
      ...[...described].map(([type, { system, description }]): [string, readonly string[]] => {
        const wanted = [
          ...fieldsOf(formFor(pair, system, type), system),
          ...(system === 'hubspot' ? look.contact : look.lead),
        ];
        return [type, [...new Set(wanted)].filter((name) => description.fields.has(name))];
      }),
    ]),
    writable: new Map(
      [...described].map(([type, { description }]) => [
        type,
        new Set([...description.fields.values()].filter(({ writable }) => writable).map(({ name }) => name)),
      ]),
    ),
    staff: makeStaffBook({
      owners: async (context) => (await salesforce.owners?.(context)) ?? [],
      absences: async (from, to, context) => (await salesforce.absences?.(from, to, context)) ?? [],
      book: makeCalendarBook(active.models.sla),
      automations: active.models.sla.automations,
      save: (owners) => opened.store.lifecycle.saveStaff(owners),
      problems: opened.store.engine,
      now: () => opened.store.lifecycle.now(),
    }),
    engagement: {
      read: (wanted, context) => hubspot.engagement(wanted, context),
      refused: () => hubspot.refusedEngagement(),
    },
    joinProgram: (program, ids, context) => hubspot.joinList(program, ids, context),
    joinCampaigns: (members, context) => salesforce.joinCampaigns(members, context),
    leavePrograms: (programs, ids, context) => hubspot.leaveLists(programs, ids, context),
    programsOf: (programs, ids, context) => hubspot.onLists(programs, ids, context),
    ...(options.webhook === null ? {} : { tell: tellBy(options.webhook) }),
    ...(options.mail === null ? {} : { mail: await mailBy(options.mail.smtpUrl, options.mail.from) }),
    recordUrl: (id) => `${site}/${id}`,
    wake: options.wake,
    events: {
      emit: (event, detail) =>
        log[event.endsWith('-failed') || event.endsWith('-refused') ? 'warn' : 'info']({ event, ...detail }),
    },
    makeId: makeIntentId,
    signal: options.signal,
  };
};

/** Runs the lifecycle where this process is elected to; `closers` ends it. @throws CallFailed where the objects cannot be described */
export const startLifecycle = async (
  options: LifecycleOptions,
  closers: Closers,
): Promise<RunningLifecycle> => {
  const { opened, log } = options;
  const runner = new LifecycleRunner(await makeContext(options), options.pollMs);
  const candidacy = standFor({
    connectionString: opened.connectionString,
    office: 'lifecycle',
    serve: async (signal) => {
      log.info({ event: 'elected', office: 'lifecycle' });
      await runner.run(signal);
      log.info({ event: 'office-left', office: 'lifecycle' });
    },
    onTrouble: ({ what, error }) => log.warn({ event: 'office-trouble', what, cause: causeOf(error) }),
  });
  closers.add(async () => candidacy.end());
  const { engine, lifecycle } = opened.store;
  const people = runner.people;
  return {
    isBusy: async () => {
      if (runner.isWorking) return true;
      // What waits for a person keeps nobody waiting.
      return lifecycle.isBusy(pausedLifecycle(people, await engine.pauses()));
    },
  };
};
