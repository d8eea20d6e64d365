import type { CallContext } from '../../model/budget.ts';
import { CallFailed, type Failure } from '../../model/failure.ts';
import type { TieChange, TieOutcome } from '../../model/tie.ts';
import { chunk, mapConcurrently } from '../batches.ts';
import { failureOfError, wasNotExecuted } from './errors.ts';
import type { HubSpotHttp } from './http.ts';
import { associationLimits, associationsPath, batchConcurrency } from './limits.ts';
import { isPrimaryType, readLinks } from './read-ties.ts';
import { readLabels } from './tie-labels.ts';
import { associationsWriteSchema, type HubSpotError, type LinkType } from './wire.ts';

/** One change that is to be sent, with its place among the changes handed in. */
interface Step {
  readonly at: number;
  readonly route: Route;
  readonly fromId: string;
  readonly toId: string;
  readonly types: readonly LinkType[];
}

const routes = [
  { path: '/create', size: associationLimits.create },
  { path: '/associate/default', size: associationLimits.create },
  { path: '/labels/archive', size: associationLimits.create },
  { path: '/archive', size: associationLimits.archive },
] as const;
type Route = (typeof routes)[number];
const [create, plainly, removeLabels, remove] = routes;

const toInput = ({ route, fromId, toId, types }: Step): object => {
  const from = { id: fromId };
  if (route === remove) return { from, to: [{ id: toId }] };
  const to = { id: toId };
  if (route === plainly) return { from, to };
  return {
    from,
    to,
    types: types.map(({ category, typeId }) => ({
      associationCategory: category,
      associationTypeId: typeId,
    })),
  };
};

const isErrorOf = ({ fromId, toId }: Step, error: HubSpotError): boolean =>
  error.context?.fromObjectId?.includes(fromId) === true &&
  error.context.toObjectId?.includes(toId) !== false;

interface Pair {
  readonly http: HubSpotHttp;
  readonly from: string;
  readonly to: string;
  readonly context: CallContext;
}

/**
 * One call, never repeated. A step that the answer does not blame has landed: its results name none for sure. Where it blames something that is
 * none of the steps, nobody knows which it was.
 */
const send = async (pair: Pair, route: Route, steps: readonly Step[]): Promise<readonly TieOutcome[]> => {
  const path = associationsPath(pair.from, pair.to, route.path);
  const place = `POST ${path}`;
  const all = (outcome: TieOutcome): readonly TieOutcome[] => steps.map(() => outcome);
  let sent = false;
  try {
    const answer = await pair.http.write(
      pair.context,
      { method: 'POST', path, body: { inputs: steps.map(toInput) }, schema: associationsWriteSchema },
      () => {
        sent = true;
      },
    );
    const errors = answer.body?.errors ?? [];
    const cause = `${place}: the answer refuses a row and does not say which`;
    const isStray = errors.some((error) => !steps.some((step) => isErrorOf(step, error)));
    return steps.map((step): TieOutcome => {
      const error = errors.find((one) => isErrorOf(step, one));
      if (error !== undefined)
        return { kind: 'refused', failure: failureOfError(place, answer.status, error) };
      return isStray ? { kind: 'unknown', cause } : { kind: 'landed' };
    });
  } catch (error) {
    if (error instanceof CallFailed && (!sent || wasNotExecuted(error.failure)))
      return all({ kind: 'refused', failure: error.failure });
    if (!sent) return all({ kind: 'refused', failure: notSent(place) });
    return all({ kind: 'unknown', cause: `${place}: given up under way, or no answer came` });
  }
};

const refusal = (category: Failure['category'], code: string, message: string): Failure => ({
  category,
  system: 'hubspot',
  code,
  message,
  fields: [],
});
const notSent = (place: string): Failure => refusal('unavailable', 'NOT_SENT', `${place}: not sent`);

type TieStart = Extract<TieChange, { op: 'tie' }>;
type Relabel = Extract<TieChange, { op: 'relabel' }>;

const noSuchLabel = (between: string): Failure =>
  refusal(
    'schema',
    'NO_SUCH_LABEL',
    `${between}: no association has this label; create it in HubSpot or correct the mapping`,
  );

/** The types that a tie is to have beside the plain one, or why HubSpot has no such. */
const wantedTypes = (change: TieStart, known: readonly LinkType[]): readonly LinkType[] | Failure => {
  const primary = known.find(isPrimaryType);
  const label = known.find((type) => type.label === change.label && !isPrimaryType(type));
  const between = `${change.from.type} to ${change.to.type}`;
  if (change.primary && primary === undefined)
    return refusal('schema', 'NO_PRIMARY', `${between}: HubSpot has no primary association here`);
  if (change.label !== null && label === undefined) return noSuchLabel(between);
  return [
    ...(change.primary && primary !== undefined ? [primary] : []),
    ...(change.label !== null && label !== undefined ? [label] : []),
  ];
};

/** What a tie comes to, from the types that are there: nothing where it is so already. */
const stepsOf = (
  change: TieStart,
  at: number,
  present: readonly LinkType[] | undefined,
  wanted: readonly LinkType[],
): readonly Step[] => {
  const ends = { at, fromId: change.from.id, toId: change.to.id };
  const has = (list: readonly LinkType[], type: LinkType): boolean =>
    list.some((one) => one.typeId === type.typeId);
  const missing = wanted.filter((type) => !has(present ?? [], type));
  const surplus = (present ?? []).filter((type) => type.label !== null && !has(wanted, type));
  return [
    ...(missing.length > 0 ? [{ ...ends, route: create, types: missing }] : []),
    ...(present === undefined && wanted.length === 0 ? [{ ...ends, route: plainly, types: [] }] : []),
    ...(surplus.length > 0 ? [{ ...ends, route: removeLabels, types: surplus }] : []),
  ];
};

/** What a change of some labels comes to: those that are not named stay. A label that HubSpot does not have cannot be there. */
const relabelSteps = (
  { from, to, add, remove }: Relabel,
  at: number,
  present: readonly LinkType[] | undefined,
  known: readonly LinkType[],
): readonly Step[] | Failure => {
  const ends = { at, fromId: from.id, toId: to.id };
  const wanted = add.map((label) => known.find((type) => type.label === label));
  if (wanted.some((type) => type === undefined)) return noSuchLabel(`${from.type} to ${to.type}`);
  const missing = wanted
    .filter((type) => type !== undefined)
    .filter(({ typeId }) => !present?.some((type) => type.typeId === typeId));
  const surplus = (present ?? []).filter(({ label }) => label !== null && remove.includes(label));
  return [
    ...(missing.length > 0 ? [{ ...ends, route: create, types: missing }] : []),
    ...(present === undefined && missing.length === 0 ? [{ ...ends, route: plainly, types: [] }] : []),
    ...(surplus.length > 0 ? [{ ...ends, route: removeLabels, types: surplus }] : []),
  ];
};

interface Numbered {
  readonly change: TieChange;
  readonly at: number;
}

/** Whether a change can be made without knowing which labels there are. */
const isPlain = (change: TieStart | Relabel): boolean =>
  change.op === 'tie' ? change.label === null && !change.primary : change.add.length === 0;

const startSteps = (
  change: TieStart | Relabel,
  at: number,
  present: readonly LinkType[] | undefined,
  known: readonly LinkType[],
): readonly Step[] | Failure => {
  if (change.op === 'relabel') return relabelSteps(change, at, present, known);
  const wanted = wantedTypes(change, known);
  return 'category' in wanted ? wanted : stepsOf(change, at, present, wanted);
};

/** What there is to send between two objects; what HubSpot cannot have is refused here already. */
const planPair = async (
  pair: Pair,
  changes: readonly Numbered[],
  outcomes: Map<number, TieOutcome>,
): Promise<readonly Step[]> => {
  const reading = { ...pair.context, purpose: 'read' } as const;
  const starts = changes.flatMap(({ change, at }) => (change.op === 'untie' ? [] : [{ change, at }]));
  const ends = changes.flatMap(({ change, at }): readonly Step[] =>
    change.op === 'untie'
      ? [{ at, route: remove, fromId: change.from.id, toId: change.to.id, types: [] }]
      : [],
  );
  if (starts.length === 0) return ends;
  const ids = starts.map(({ change }) => change.from.id);
  const links = await readLinks(pair.http, pair.from, ids, pair.to, reading);
  const known = starts.every(({ change }) => isPlain(change))
    ? []
    : await readLabels(pair.http, pair.from, pair.to, reading);
  const begun = starts.flatMap(({ change, at }): readonly Step[] => {
    const present = links.get(change.from.id)?.find((link) => link.toId === change.to.id)?.types;
    const steps = startSteps(change, at, present, known);
    if (!('category' in steps)) return steps;
    outcomes.set(at, { kind: 'refused', failure: steps });
    return [];
  });
  return [...begun, ...ends];
};

/** Of a change's several steps the worst outcome counts. */
const worse = (a: TieOutcome | undefined, b: TieOutcome): TieOutcome => {
  const rank = { landed: 0, refused: 1, unknown: 2 };
  return a !== undefined && rank[a.kind] >= rank[b.kind] ? a : b;
};

const writePair = async (
  pair: Pair,
  changes: readonly Numbered[],
  outcomes: Map<number, TieOutcome>,
): Promise<void> => {
  let steps: readonly Step[];
  try {
    steps = await planPair(pair, changes, outcomes);
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    for (const { at } of changes) outcomes.set(at, { kind: 'refused', failure: error.failure });
    return;
  }
  for (const route of routes) {
    const own = steps.filter((step) => step.route === route);
    await mapConcurrently(chunk(own, route.size), batchConcurrency, async (piece) => {
      const answered = await send(pair, route, piece);
      for (const [index, { at }] of piece.entries()) {
        const outcome = answered[index];
        if (outcome !== undefined) outcomes.set(at, worse(outcomes.get(at), outcome));
      }
    });
  }
};

/**
 * Begins, changes and ends associations; see Connector.writeTies. What is there is read first, since a batch only adds labels; what is as
 * wanted already is not sent. Labels that begin go before those that end, so that a record is never without its tie in between. Ending
 * one that is not there is fine.
 */
export const writeTies = async (
  http: HubSpotHttp,
  changes: readonly TieChange[],
  context: CallContext,
): Promise<readonly TieOutcome[]> => {
  const outcomes = new Map<number, TieOutcome>();
  const pairs = new Map<string, { readonly pair: Pair; readonly changes: Numbered[] }>();
  for (const [at, change] of changes.entries()) {
    const [from, to] = [change.from.type, change.to.type];
    const known = pairs.get(`${from}>${to}`) ?? { pair: { http, from, to, context }, changes: [] };
    pairs.set(`${from}>${to}`, known);
    known.changes.push({ change, at });
  }
  for (const each of pairs.values()) await writePair(each.pair, each.changes, outcomes);
  return changes.map((_, at) => outcomes.get(at) ?? { kind: 'landed' });
};
