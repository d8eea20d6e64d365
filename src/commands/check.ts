import { composeSystems, type Systems } from '../compose.ts';
import type { LoadedLifecycle } from '../lifecycle/config/load.ts';
import { makeLog } from '../log.ts';
import { checkConsents, checkLiveConsents } from '../mapping/check-consent.ts';
import { checkOwnerNames } from '../mapping/check-owners.ts';
import { checkLivePlaces } from '../mapping/check-places.ts';
import { checkAgainstSchemas } from '../mapping/check-schemas.ts';
import { checkTieLabels, unseenTies } from '../mapping/check-ties.ts';
import { type Finding, formatFindings, MappingError, withoutRepeats } from '../mapping/finding.ts';
import { loadMappings } from '../mapping/load.ts';
import { namedOwners } from '../mapping/owner-pairs.ts';
import type { PermitStore } from '../model/budget.ts';
import { CallFailed } from '../model/failure.ts';
import { policiesOf, policyWords } from '../model/life-events.ts';
import { composedFields, formsOf, type PairMapping, tieFields } from '../model/mapping.ts';
import type { Owner } from '../model/owner.ts';
import type { ObjectDescription } from '../model/record.ts';
import { type Sides, type System, systemLabel, systems } from '../model/system.ts';
import { loadSettings, requireConnections } from '../settings.ts';
import { exitCode, orOffline } from './exit.ts';
import { openStoreOrEmpty } from './open-store.ts';
import { answer, type StoreOptions } from './with-store.ts';

export interface CheckOptions extends StoreOptions {
  readonly offline: boolean;
}

const call = { class: 'live', purpose: 'describe' } as const;

/** Failures that say something of the object that was asked for. */
const aboutObject: ReadonlySet<string> = new Set(['schema', 'permission', 'identity']);

/** An object that this user may not see is a finding; a system that cannot be reached is not one. */
const objectFinding = (file: string, system: System, type: string, { failure }: CallFailed): Finding => ({
  level: 'error',
  file,
  line: 1,
  what: `${systemLabel[system]} ${type} cannot be described`,
  why: `${failure.code}: ${failure.message}`,
  fix: 'correct the name of the object, or give the integration the right to see it',
});

const describe = async (
  connectors: Systems['connectors'],
  file: string,
  system: System,
  type: string,
): Promise<ObjectDescription | Finding> => {
  try {
    return await connectors[system].describe(type, call);
  } catch (error) {
    const isAboutObject = error instanceof CallFailed && aboutObject.has(error.failure.category);
    if (!isAboutObject) throw error;
    return objectFinding(file, system, type, error);
  }
};

const isFinding = (each: ObjectDescription | Finding): each is Finding => 'level' in each;

/** Holds one mapping against both schemas. @throws CallFailed where a system cannot be asked */
const checkPair = async ({ connectors }: Systems, pair: PairMapping): Promise<readonly Finding[]> => {
  const [hubspot, salesforce] = await Promise.all([
    describe(connectors, pair.file, 'hubspot', pair.types.hubspot),
    describe(connectors, pair.file, 'salesforce', pair.types.salesforce),
  ]);
  if (isFinding(hubspot) || isFinding(salesforce)) return [hubspot, salesforce].filter(isFinding);
  return checkAgainstSchemas(pair, { hubspot, salesforce });
};

/** Holds the contact roles of a mapping against the labels and roles that there are. @throws CallFailed where a system cannot be asked */
const checkPairTies = async ({ connectors }: Systems, pair: PairMapping): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  for (const field of tieFields(pair)) {
    const labels: { hubspot?: readonly string[] | null; salesforce?: readonly string[] | null } = {};
    for (const system of systems) {
      const [type, toType] = [pair.types[system], field.ties.types[system]];
      try {
        labels[system] = (await connectors[system].tieLabels?.(type, toType, call)) ?? null;
      } catch (error) {
        const isAboutObject = error instanceof CallFailed && aboutObject.has(error.failure.category);
        if (!isAboutObject) throw error;
        findings.push(unseenTies(pair, field, system, error.failure));
      }
    }
    findings.push(...checkTieLabels(pair, field, labels));
  }
  return findings;
};

/** Holds the pipelines of a mapping against those that there are. @throws CallFailed where a system cannot be asked */
const checkPairPlaces = async ({ connectors }: Systems, pair: PairMapping): Promise<readonly Finding[]> => {
  const [field] = composedFields(pair);
  if (field === undefined) return [];
  const { hubspot, salesforce } = connectors;
  const [pipelines = [], processes = [], described] = await Promise.all([
    hubspot.pipelines?.(pair.types.hubspot, call),
    salesforce.pipelines?.(pair.types.salesforce, call),
    describe(connectors, pair.file, 'salesforce', pair.types.salesforce),
  ]);
  if (isFinding(described)) return [];
  const stages = processes.flatMap((process) => process.stages.map(({ id }) => id));
  return checkLivePlaces(pair, field, { pipelines, stages, kinds: described.kinds ?? [] });
};

/** Holds the rules of the lifecycle against the fields that they name. @throws CallFailed where a system cannot be asked */
const checkRules = async (
  { connectors }: Systems,
  lifecycle: LoadedLifecycle,
): Promise<readonly Finding[]> => {
  const { checkRuleFields, objectsNamed, ruleObjects } = await import('../lifecycle/config/field-check.ts');
  const { pointedDescription } = await import('../lifecycle/own-fields/pointed.ts');
  const described = await Promise.all(
    objectsNamed(lifecycle).map(async (object) => {
      const { system, type } = ruleObjects[object];
      const { file = '' } = lifecycle.sources['lifecycle.yaml'] ?? {};
      return [object, await describe(connectors, file, system, type)] as const;
    }),
  );
  const schemas = described.flatMap(([object, found]) =>
    isFinding(found) ? [] : [[object, found] as const],
  );
  const unseen = described.flatMap(([, found]) => (isFinding(found) ? [found] : []));
  const pointed = lifecycle.lifecycle?.pointed ?? new Map();
  const seen = schemas.map(([object, found]) => [
    object,
    pointedDescription(pointed, ruleObjects[object].type, found),
  ]);
  return [...unseen, ...checkRuleFields(lifecycle, Object.fromEntries(seen))];
};

/** Names the fields of Tandem's own that are missing. @throws CallFailed where a system cannot be asked */
const checkFields = async (
  { connectors }: Systems,
  pairs: readonly PairMapping[],
  lifecycle: LoadedLifecycle,
): Promise<readonly Finding[]> => {
  const { findMissingFields } = await import('./check/own-fields.ts');
  const describeOne = async (system: System, type: string) => connectors[system].describe(type, call);
  return findMissingFields(describeOne, pairs, lifecycle);
};

/** Holds the programs of the lifecycle against HubSpot's lists and workflows. @throws CallFailed where it cannot be asked */
const checkNurture = async (
  { connectors }: Systems,
  loaded: LoadedLifecycle,
): Promise<readonly Finding[]> => {
  const { checkPrograms } = await import('../lifecycle/config/program-check.ts');
  const programs = loaded.lifecycle?.programs ?? [];
  return checkPrograms(loaded, await connectors.hubspot.programs(programs, call));
};

/** Holds the users, queues and the assignment rule that the lifecycle goes by against those of Salesforce. @throws CallFailed where it cannot be asked */
const checkNamed = async ({ connectors }: Systems, loaded: LoadedLifecycle): Promise<readonly Finding[]> => {
  const { checkAssignment, checkOwners, namesOwners } = await import('../lifecycle/config/owner-check.ts');
  if (!namesOwners(loaded)) return [];
  const { salesforce } = connectors;
  try {
    const owners = (await salesforce.owners?.(call)) ?? [];
    const isLeft = loaded.routing?.by === 'salesforce-assignment-rules';
    const assigns = isLeft ? ((await salesforce.assigns?.('Lead', call)) ?? null) : null;
    return [...checkAssignment(loaded, assigns), ...checkOwners(loaded, owners)];
  } catch (error) {
    if (!(error instanceof CallFailed) || !aboutObject.has(error.failure.category)) throw error;
    const file = loaded.sources['routing.yaml']?.file ?? 'routing.yaml';
    return [{ ...objectFinding(file, 'salesforce', 'User', error), level: 'note' }];
  }
};

/** Holds the mappings' own words on who is who against those who can own records. @throws CallFailed where a system cannot be asked */
const checkTable = async (
  { connectors }: Systems,
  pairs: readonly PairMapping[],
): Promise<readonly Finding[]> => {
  const named = namedOwners(pairs);
  const [first] = named;
  const { hubspot, salesforce } = connectors;
  if (first === undefined || !hubspot.owners || !salesforce.owners) return [];
  const owners: Partial<Record<System, readonly Owner[]>> = {};
  for (const system of systems) {
    try {
      owners[system] = (await connectors[system].owners?.(call)) ?? [];
    } catch (error) {
      if (!(error instanceof CallFailed) || !aboutObject.has(error.failure.category)) throw error;
      return [{ ...objectFinding(first.pair.file, system, 'owners', error), line: first.line }];
    }
  }
  return checkOwnerNames(named, { hubspot: owners.hubspot ?? [], salesforce: owners.salesforce ?? [] });
};

/** Holds the catalogue against the stages of deals in Salesforce. @throws CallFailed where it cannot be asked */
const checkCatalogue = async (
  { connectors }: Systems,
  loaded: LoadedLifecycle,
): Promise<readonly Finding[]> => {
  if (loaded.content === null) return [];
  const { checkContent } = await import('../lifecycle/config/content-check.ts');
  const { file = '' } = loaded.sources['content.yaml'] ?? {};
  // Who may not see deals is told so elsewhere; of their stages nothing is known then.
  const seesDeals = !isFinding(await describe(connectors, file, 'salesforce', 'Opportunity'));
  const processes = seesDeals ? await connectors.salesforce.pipelines?.('Opportunity', call) : undefined;
  const dealStages = (processes ?? []).flatMap(({ stages }) => stages.map(({ id }) => id));
  return checkContent(loaded, [...new Set(dealStages)]);
};

/** Holds what HubSpot is to show of deals against Salesforce's contact roles and currencies. @throws CallFailed where it cannot be asked */
const checkDeals = async ({ connectors }: Systems, loaded: LoadedLifecycle): Promise<readonly Finding[]> => {
  if (loaded.lifecycle === null) return [];
  const { checkOutcome } = await import('../lifecycle/config/outcome-check.ts');
  const { file = '' } = loaded.sources['lifecycle.yaml'] ?? {};
  const opportunity = await describe(connectors, file, 'salesforce', 'Opportunity');
  if (isFinding(opportunity)) return [];
  const isNamed = loaded.lifecycle.outcome.roles !== 'any';
  const roles = isNamed ? await connectors.salesforce.tieLabels?.('Opportunity', 'Contact', call) : null;
  return checkOutcome(loaded, { opportunity, roles: roles ?? null });
};

interface Live {
  readonly accounts: Sides<string> | null;
  readonly findings: readonly Finding[];
}

const checkLive = async (
  options: CheckOptions,
  pairs: readonly PairMapping[],
  lifecycle: LoadedLifecycle,
): Promise<Live> => {
  const settings = loadSettings();
  const connections = requireConnections(settings);
  const log = makeLog(process.stderr, 'warn');
  // The store has the budget, which calls of a check are booked in as all others. Before the first run there is none, and nobody to share
  // with: a check leaves none behind, which would look like one in which all is well.
  const opened = await openStoreOrEmpty(settings, options.data, log, null);
  const budget: PermitStore = opened.store.budget;
  const parts = composeSystems(connections, budget, log);
  try {
    const [hubspot, salesforce] = await Promise.all(
      systems.map(async (system) => parts.connectors[system].check(call)),
    );
    const findings = (
      await Promise.all(
        pairs
          .flatMap(formsOf)
          .flatMap((form) => [
            checkPair(parts, form),
            checkPairTies(parts, form),
            checkPairPlaces(parts, form),
          ]),
      )
    ).flat();
    return {
      accounts: { hubspot: hubspot?.account ?? '', salesforce: salesforce?.account ?? '' },
      findings: [
        ...findings,
        ...(await checkRules(parts, lifecycle)),
        ...(await checkFields(parts, pairs, lifecycle)),
        ...checkLiveConsents(pairs, await parts.connectors.hubspot.scopes(call)),
        ...(await checkTable(parts, pairs)),
        ...(await checkNurture(parts, lifecycle)),
        ...(await checkNamed(parts, lifecycle)),
        ...(await checkCatalogue(parts, lifecycle)),
        ...(await checkDeals(parts, lifecycle)),
      ],
    };
  } catch (error) {
    throw orOffline(error, 'the files alone are checked');
  } finally {
    await Promise.all(systems.map(async (system) => parts.connectors[system].close()));
    await opened.close();
  }
};

/** What the lifecycle's files say that only the mappings can tell is wrong. */
const checkByMappings = async (
  lifecycle: LoadedLifecycle,
  pairs: readonly PairMapping[],
): Promise<readonly Finding[]> => {
  const { checkAccountFields } = await import('../lifecycle/config/field-check.ts');
  const { checkPointedMappings } = await import('../lifecycle/config/pointed-rules.ts');
  return [...checkAccountFields(lifecycle, pairs), ...checkPointedMappings(lifecycle, pairs)];
};

/** Mappings that create for those alone who are handed over, where nobody is. */
const handedByNobody = (
  pairs: readonly PairMapping[],
  { lifecycle, findings }: LoadedLifecycle,
): readonly Finding[] => {
  const isHanding = lifecycle?.behaviours['hand-off'] === 'act';
  if (isHanding || (lifecycle === null && findings.length > 0)) return [];
  const why =
    lifecycle === null ? 'there is no lifecycle.yaml' : `hand-off is ${lifecycle.behaviours['hand-off']}`;
  return pairs
    .filter(({ create }) => create.salesforce === 'sales-ready')
    .map(({ file }) => ({
      level: lifecycle === null ? 'error' : 'note',
      file,
      line: 1,
      what: 'create.salesforce is sales-ready, and nobody is handed over',
      why: `${why}, so that nobody is created in Salesforce`,
      fix:
        lifecycle === null
          ? 'write matchable, or add the lifecycle files'
          : "set 'hand-off: act' once you mean it",
    }));
};

/** What is done about the events in a record's life: said once of the mappings in which it is the same. Pure. */
export const policyLines = (
  pairs: readonly Pick<PairMapping, 'name' | 'lifeEvents'>[],
): readonly string[] => {
  const names = new Map<string, string[]>();
  for (const pair of pairs) {
    const words = policyWords(policiesOf(pair)).join(', ');
    names.set(words, [...(names.get(words) ?? []), pair.name]);
  }
  return [...names].map(
    ([words, of]) => `${of.join(', ')}: what is done when records are merged, deleted, erased …: ${words}`,
  );
};

const summary = (findings: readonly Finding[], live: Live, pairs: readonly PairMapping[]): string => {
  const errors = findings.filter(({ level }) => level === 'error').length;
  const where =
    live.accounts === null
      ? 'offline'
      : `against HubSpot ${live.accounts.hubspot} and Salesforce ${live.accounts.salesforce}`;
  const last = errors === 0 ? `The configuration is fine (${where}).` : `${errors} to correct (${where}).`;
  const found = findings.length === 0 ? [] : [formatFindings(findings)];
  return [...found, ...policyLines(pairs), last].join('\n');
};

/**
 * Holds the configuration against its own rules and, unless `--offline`, against what both systems say of their objects. Exit code 1
 * when something is to be corrected, 3 when a system cannot be asked.
 */
export const checkCommand = async (options: CheckOptions): Promise<number> => {
  const none: Live = { accounts: null, findings: [] };
  let pairs: readonly PairMapping[] = [];
  let findings: readonly Finding[] = [];
  try {
    ({ pairs } = loadMappings(options.config));
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    ({ findings } = error);
  }
  // Loaded here: it brings tables of holidays that no other command needs at its start.
  const { readLifecycle } = await import('./load-lifecycle.ts');
  const lifecycle = readLifecycle(options.config);
  // Of mappings that cannot be read nobody knows what they would map.
  const accounts = findings.length > 0 ? [] : await checkByMappings(lifecycle, pairs);
  findings = [...findings, ...lifecycle.findings, ...accounts, ...handedByNobody(pairs, lifecycle)];
  // With a broken file nobody knows what it would ask of the systems.
  const isBroken = findings.some(({ level }) => level === 'error');
  const live = options.offline || isBroken ? none : await checkLive(options, pairs, lifecycle);
  // A consent that goes nowhere leaves everything else to be asked for.
  const all = withoutRepeats([...findings, ...checkConsents(pairs), ...live.findings]);
  const isFine = all.every(({ level }) => level !== 'error');
  const lifeEvents = Object.fromEntries(pairs.map((pair) => [pair.name, policiesOf(pair)]));
  answer(
    options,
    { ok: isFine, accounts: live.accounts, findings: all, lifeEvents },
    summary(all, live, pairs),
  );
  return isFine ? exitCode.fine : exitCode.found;
};
