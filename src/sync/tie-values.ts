import type { KnownReferences } from '../mapping/known-references.ts';
import { tieTable } from '../mapping/role-rules.ts';
import type { CallContext } from '../model/budget.ts';
import { CallFailed } from '../model/failure.ts';
import {
  type FieldMapping,
  formsOf,
  type PairMapping,
  type TieMapping,
  tieFields,
} from '../model/mapping.ts';
import type { AwaitedLink, Link } from '../model/state.ts';
import { type RecordRef, type System, systemLabel } from '../model/system.ts';
import type { Tie } from '../model/tie.ts';
import { formatTies, type TiedRecord } from '../model/tie-text.ts';
import type { RawFields, RawValue } from '../model/value.ts';
import { typeOfLink } from './forms.ts';
import type { EngineStore, RecordSystem } from './ports.ts';

export type TieField = FieldMapping & { readonly ties: TieMapping };

/** What is known around a pair with ties. */
export interface TieParts {
  readonly pair: PairMapping;
  /** Problems that were raised and have not been seen to end; absent: none is ended. */
  readonly unseen?: Set<string>;
  /** All pairs of the configuration, for those whose records are tied. */
  readonly pairs: readonly PairMapping[];
  readonly known: KnownReferences;
  readonly store: Pick<EngineStore, 'linksOf' | 'awaitLinks'> &
    Partial<Pick<EngineStore, 'raiseProblem' | 'clearProblem'>>;
}

/** The tie fields of records of this object, whatever form they stand in. */
export const tieFieldsOf = (pair: PairMapping, system: System, type: string): readonly TieField[] => {
  const forms = formsOf(pair).filter(({ types }) => types[system] === type);
  return [...new Map(forms.flatMap(tieFields).map((field) => [field.name, field])).values()];
};

/** Learns who of these records is linked with one of the right object; answers their ids. */
const learnTied = async (
  { pairs, known, store }: TieParts,
  { ties }: TieField,
  system: System,
  ids: readonly string[],
): Promise<ReadonlySet<string>> => {
  const of = pairs.find(({ name }) => name === ties.of);
  const links = await store.linksOf(ties.of, system, ids);
  // A record that follows another one is not who the link is about.
  const isPart = (link: Link | undefined, id: string): link is Link =>
    link !== undefined &&
    link.ended === null &&
    link.ids[system] === id &&
    of !== undefined &&
    typeOfLink(of, link, 'salesforce') === ties.types.salesforce;
  const linked = new Set<string>();
  for (const id of ids) {
    const link = links.get(id);
    if (!isPart(link, id)) known.forget(tieTable(ties), system, id);
    else {
      known.learn(tieTable(ties), link.ids);
      linked.add(id);
    }
  }
  return linked;
};

/** The tie as it stands in the value: of HubSpot's labels those of the mapping, its primary one as the mark. */
const tiedOf = (system: System, { ties }: TieField, { to, labels, primary }: Tie): TiedRecord => {
  if (system === 'salesforce') return { id: to.id, labels, primary };
  return {
    id: to.id,
    labels: labels.filter((label) => Object.hasOwn(ties.roles, label)),
    primary: ties.primary !== null && labels.includes(ties.primary),
  };
};

/** Values of tie fields by record, and who waits for somebody's link. */
export interface TieValues {
  readonly values: ReadonlyMap<string, RawFields>;
  readonly awaited: readonly AwaitedLink[];
}

const awaitedOf = (
  { pair, pairs }: TieParts,
  { ties }: TieField,
  ref: RecordRef,
  id: string,
): AwaitedLink => {
  const isOwn = pairs.find(({ name }) => name === ties.of)?.types.salesforce === ties.types.salesforce;
  return { pair: pair.name, ref, of: ties.of, id, ...(isOwn ? {} : { toType: ties.types.salesforce }) };
};

/** Ties that may not be seen, or are not there: the rest of the record goes on without them. */
export const isUnseen = (error: unknown): error is CallFailed =>
  error instanceof CallFailed && ['schema', 'permission'].includes(error.failure.category);

const problemKey = ({ pair }: TieParts, system: System): string => `ties:${system}:${pair.name}`;

/** Reads ties; null where they may not be seen, which `status` says until they can be. */
const readOrTell = async (
  inner: RecordSystem,
  parts: TieParts,
  field: TieField,
  type: string,
  ids: readonly string[],
  context: CallContext,
): Promise<ReadonlyMap<string, readonly Tie[]> | null> => {
  const { system } = inner;
  const key = problemKey(parts, system);
  try {
    const found = await inner.readTies?.(type, ids, field.ties.types[system], context);
    if (parts.unseen?.delete(key)) await parts.store.clearProblem?.(key);
    return found ?? null;
  } catch (error) {
    if (!isUnseen(error)) throw error;
    parts.unseen?.add(key);
    await parts.store.raiseProblem?.({
      key,
      what: `${parts.pair.name}: contact roles of ${systemLabel[system]} cannot be read`,
      cause: `${error.failure.code}: ${error.failure.message}`,
      fault: 'config',
      next: `Give the integration the right to see them, or delete contactRoles from the mapping. Everything else of ${parts.pair.name} goes on.`,
    });
    return null;
  }
};

/**
 * Reads who is tied to these records, as values of the mapping's tie fields. Somebody without a link, or whose link leads to a record of
 * another object (a lead), is left out: they are no part yet, and cannot be taken away either.
 * @throws CallFailed
 */
export const readTieValues = async (
  inner: RecordSystem,
  parts: TieParts,
  fields: readonly TieField[],
  type: string,
  ids: readonly string[],
  context: CallContext,
): Promise<TieValues> => {
  const { system } = inner;
  const values = new Map<string, Record<string, RawValue>>(ids.map((id) => [id, {}]));
  const awaited: AwaitedLink[] = [];
  for (const field of fields) {
    if (!inner.readTies || ids.length === 0) continue;
    const found = await readOrTell(inner, parts, field, type, ids, context);
    if (found === null) continue;
    const tied = [...new Set([...found.values()].flatMap((ties) => ties.map(({ to }) => to.id)))];
    const linked = tied.length === 0 ? new Set<string>() : await learnTied(parts, field, system, tied);
    for (const [id, value] of values) {
      const ties = found.get(id) ?? [];
      value[field.fields[system]] = formatTies(
        ties.filter(({ to }) => linked.has(to.id)).map((tie) => tiedOf(system, field, tie)),
      );
      for (const { to } of ties) {
        if (!linked.has(to.id)) awaited.push(awaitedOf(parts, field, { system, type, id }, to.id));
      }
    }
  }
  return { values, awaited };
};
