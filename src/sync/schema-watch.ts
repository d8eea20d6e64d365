import { createHash } from 'node:crypto';
import type { Failure } from '../model/failure.ts';
import { apiFieldsOf, formsOf, type PairMapping } from '../model/mapping.ts';
import { type Pause, parseScope } from '../model/pause.ts';
import type { Described, ObjectDescription } from '../model/record.ts';
import { type Sides, type System, systemLabel, systems } from '../model/system.ts';
import { shownAgainCause } from './found.ts';
import { nextStepOf } from './next-step.ts';
import type { EngineEvents, EngineStore } from './ports.ts';
import { problemKeyOf } from './problems.ts';
import { changedFields, essenceOf, lostOptions, type Misfit, misfits } from './schema-drift.ts';

/** What the watch needs of the store. */
export interface SchemaStore extends Pick<EngineStore, 'pauses' | 'raiseProblem' | 'clearProblem'> {
  pause(pause: Omit<Pause, 'since'>): Promise<void>;
  resume(scopes: readonly string[], by: Pause['by']): Promise<readonly string[]>;
  takeSchemaLook(
    system: System,
    type: string,
    gaps: { readonly busyMs: number; readonly idleMs: number },
  ): Promise<boolean>;
  storedSchema(system: System, type: string): Promise<ObjectDescription | null>;
  saveSchema(system: System, description: ObjectDescription, fingerprint: string): Promise<void>;
  /** Sends what was refused of a field (null: of whole records) once more. */
  retryParked(
    filter: { readonly pair: string; readonly system: System; readonly field: string | null },
    cause: string,
    workClass: 'sweep',
  ): Promise<number>;
  parkedItems(
    filter: { readonly pair: string; readonly system: System; readonly field: string | null },
    limit: number,
  ): Promise<readonly unknown[]>;
  lookAtAllLinks(pair: string, type: string, cause: string): Promise<number>;
  /** Marks some of the pair's records that are not shown any more, at most `limit`, others each time. Answers how many. */
  lookAtStranded(pair: string, limit: number, cause: string): Promise<number>;
}

export interface SchemaWatch {
  readonly pairs: readonly PairMapping[];
  readonly store: SchemaStore;
  readonly events: EngineEvents;
  /** The objects as they are now, by type; one that cannot be described is told with its failure. */
  describe(system: System, types: readonly string[]): Promise<ReadonlyMap<string, Described>>;
}

/** An object as it is now, as it was, or why it cannot be seen. */
type Sight =
  | { readonly now: ObjectDescription; readonly before: ObjectDescription | null }
  | { readonly failure: Failure };

const problemKey = (scope: string): string => `schema:${scope}`;
const optionsKey = (pair: string, field: string, system: System): string =>
  `options:${system}:${pair}.${field}`;

/** Failures that say something of the object; any other says that the system cannot be asked now. */
const isAboutObject = ({ category }: Failure): boolean =>
  category === 'schema' || category === 'permission' || category === 'identity';

const fingerprintOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Keeps what an object is; null where the system cannot be asked now. */
const see = async (
  watch: SchemaWatch,
  system: System,
  type: string,
  described: Described,
): Promise<Sight | null> => {
  if ('failure' in described) return isAboutObject(described.failure) ? described : null;
  const before = await watch.store.storedSchema(system, type);
  const now = described.description;
  const fingerprint = fingerprintOf(essenceOf(watch.pairs, system, now));
  await watch.store.saveSchema(system, { ...now, type }, fingerprint);
  return { now, before };
};

/** What was refused because of what a field was is sent once more when the field becomes another. */
const retryChanged = async (
  watch: SchemaWatch,
  system: System,
  sight: Sight,
  type: string,
): Promise<void> => {
  if (!('now' in sight) || sight.before === null) return;
  const changed = changedFields(watch.pairs, system, sight.before, sight.now);
  if (changed.length === 0) return;
  watch.events.emit('schema-changed', { system, type, fields: changed.join(' ') });
  for (const pair of watch.pairs.filter(({ types }) => types[system] === type)) {
    const names = pair.fields
      .filter((field) => apiFieldsOf(field, system).some((name) => changed.includes(name)))
      .map(({ name }) => name);
    for (const field of [...names, null]) {
      await watch.store.retryParked({ pair: pair.name, system, field }, `schema of ${type} changed`, 'sweep');
    }
  }
};

const unseen = (pair: PairMapping, system: System, failure: Failure): Misfit => ({
  scope: pair.name,
  system,
  what: `${systemLabel[system]} ${pair.types[system]} cannot be seen any more`,
  cause: `${failure.code}: ${failure.message}`,
  next: `An admin of ${systemLabel[system]}: ${nextStepOf(failure)} It goes on by itself within minutes after that.`,
});

/** Pauses what does not fit, and lets go on what fits again. */
const apply = async (watch: SchemaWatch, pair: PairMapping, found: readonly Misfit[]): Promise<void> => {
  const { store, events } = watch;
  const standing = (await store.pauses()).filter(({ scope, by }) => {
    const parsed = parseScope(scope);
    return by === 'schema' && 'pair' in parsed && parsed.pair === pair.name;
  });
  for (const { scope, system, what, cause, next } of found) {
    await store.pause({ scope, by: 'schema', cause: `${what}: ${cause}` });
    // The system answers: its calls failed because of this, and are not made any more.
    await store.clearProblem(problemKeyOf(system), { untoldForMs: 0 });
    await store.raiseProblem({
      key: problemKey(scope),
      what: `${scope} is paused: ${what}`,
      cause,
      fault: system,
      next,
    });
    if (!standing.some((pause) => pause.scope === scope))
      events.emit('schema-paused', { scope, system, what });
  }
  const over = standing.filter(({ scope }) => !found.some((misfit) => misfit.scope === scope));
  for (const { scope } of over) {
    if (parseScope(scope).kind === 'field') {
      await store.lookAtAllLinks(pair.name, pair.types.hubspot, `${scope} is back`);
    }
    await store.resume([scope], 'schema');
    await store.clearProblem(problemKey(scope));
    events.emit('schema-resumed', { scope });
  }
};

/** An option that a list lost is a problem until the next look that finds nothing refused because of it. */
const tellOptions = async (
  watch: SchemaWatch,
  pair: PairMapping,
  before: Partial<Sides<ObjectDescription | null>>,
  now: Sides<ObjectDescription>,
): Promise<void> => {
  for (const system of systems) {
    const lost = lostOptions(pair, system, before[system] ?? null, now);
    for (const { field, apiField, options } of lost) {
      const label = `${systemLabel[system]} ${pair.types[system]}.${apiField}`;
      await watch.store.raiseProblem({
        key: optionsKey(pair.name, field, system),
        what: `${label} lost ${options.length === 1 ? 'an option' : `${options.length} options`}: ${options.slice(0, 5).join(', ')}`,
        cause: 'Records with it are refused and wait; all others go on.',
        fault: system,
        next: `An admin of ${systemLabel[system]}: put it back, or map it to another with kind: enum and values:. What waits is sent by itself then.`,
      });
    }
    for (const field of pair.fields) {
      const { name } = field;
      const isClosed = apiFieldsOf(field, system).some(
        (apiField) => (now[system].fields.get(apiField)?.options ?? null) !== null,
      );
      if (!isClosed || lost.some((each) => each.field === name)) continue;
      const refused = await watch.store.parkedItems({ pair: pair.name, system, field: name }, 1);
      if (refused.length === 0) await watch.store.clearProblem(optionsKey(pair.name, name, system));
    }
  }
};

const checkPair = async (
  watch: SchemaWatch,
  pair: PairMapping,
  seen: ReadonlyMap<string, Sight>,
): Promise<void> => {
  const forms = formsOf(pair);
  const isSeen = forms.some((form) => systems.some((system) => seen.has(`${system} ${form.types[system]}`)));
  if (!isSeen) return;
  const found: Misfit[] = [];
  for (const form of forms) {
    const own = await checkForm(watch, form, seen);
    if (own === null) return;
    found.push(...own);
  }
  const whole = found.find(({ scope }) => scope === pair.name);
  const byScope = new Map(found.map((misfit) => [misfit.scope, misfit]));
  await apply(watch, pair, whole ? [whole] : [...byScope.values()]);
};

/** What of one form does not fit; null while one of its objects was never described. */
const checkForm = async (
  watch: SchemaWatch,
  pair: PairMapping,
  seen: ReadonlyMap<string, Sight>,
): Promise<readonly Misfit[] | null> => {
  const sightOf = (system: System): Sight | undefined => seen.get(`${system} ${pair.types[system]}`);
  const now: { hubspot?: ObjectDescription; salesforce?: ObjectDescription } = {};
  const before: { hubspot?: ObjectDescription | null; salesforce?: ObjectDescription | null } = {};
  for (const system of systems) {
    const sight = sightOf(system);
    if (sight && 'failure' in sight) return [unseen(pair, system, sight.failure)];
    const description = sight ? sight.now : await watch.store.storedSchema(system, pair.types[system]);
    if (description === null) return null;
    now[system] = description;
    if (sight) before[system] = sight.before;
  }
  const { hubspot, salesforce } = now;
  if (!hubspot || !salesforce) return null;
  await tellOptions(watch, pair, before, { hubspot, salesforce });
  return misfits(pair, { hubspot, salesforce });
};

/** The types whose time has come, and with the first of them all whose time comes soon: they are asked for together from then on. */
const typesDue = async (
  { pairs, store }: SchemaWatch,
  system: System,
  gaps: { readonly busyMs: number; readonly idleMs: number },
): Promise<readonly string[]> => {
  const types = [...new Set(pairs.map(({ types: own }) => own[system]))];
  const soon = { busyMs: gaps.busyMs / 2, idleMs: gaps.idleMs / 2 };
  const due = new Set<string>();
  for (const within of [gaps, soon]) {
    for (const type of types.filter((each) => !due.has(each))) {
      if (await store.takeSchemaLook(system, type, within)) due.add(type);
    }
    if (due.size === 0) break;
  }
  return [...due];
};

/** So many records that are not shown, or on which something failed, are looked at with each look at the schemas: some ten calls, whether a few or a whole region is not shown. */
const strandedLooksMax = 500;

/**
 * Looks at the schemas whose time has come: what does not fit a mapping any more pauses alone, field by field where that is safe; what fits
 * again goes on; what was refused because of a field that has changed is sent once more; and whether records
 * that were not shown any more are shown again, and those that failed go well. One process of a fleet looks.
 * Answers whether this one did.
 */
export const lookAtSchemas = async (
  watch: SchemaWatch,
  gaps: { readonly busyMs: number; readonly idleMs: number },
): Promise<boolean> => {
  const seen = new Map<string, Sight>();
  const all = { ...watch, pairs: watch.pairs.flatMap(formsOf) };
  for (const system of systems) {
    const due = await typesDue(all, system, gaps);
    if (due.length === 0) continue;
    for (const [type, described] of await watch.describe(system, due)) {
      const sight = await see(all, system, type, described);
      if (sight) seen.set(`${system} ${type}`, sight);
    }
  }
  for (const pair of watch.pairs) await checkPair(watch, pair, seen);
  for (const [key, sight] of seen) {
    const [system, type] = key.split(' ') as [System, string];
    await retryChanged(all, system, sight, type);
  }
  if (seen.size === 0) return false;
  for (const { name } of watch.pairs) {
    await watch.store.lookAtStranded(name, strandedLooksMax, shownAgainCause);
  }
  return true;
};
