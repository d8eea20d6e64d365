import type { WorkClass } from '../model/budget.ts';
import { nativeFieldsOf, nativeIdsOf } from '../model/native-ids.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { System } from '../model/system.ts';
import type { EngineContext } from './engine.ts';
import { findAll, linkedAmong, readNamed, type Seeker } from './lookup.ts';
import type { Candidates } from './match.ts';

/** HubSpot's records that hold one of these Salesforce ids (18 characters) for its own integration, by that id. */
const holdersOf = async (
  context: EngineContext,
  ids: readonly string[],
  workClass: WorkClass,
): Promise<ReadonlyMap<string, readonly RecordSnapshot[]>> => {
  const { pair } = context;
  const values = [...new Set(ids)].flatMap((id) => [id, id.slice(0, 15)]);
  const indexes = await Promise.all(
    nativeFieldsOf(pair, 'hubspot').map((field) =>
      findAll(context, 'hubspot', () => field, values, workClass),
    ),
  );
  const found = new Map(
    indexes.flatMap((index) => [...index.values()].flat()).map((record) => [record.ref.id, record]),
  );
  const holders = new Map<string, RecordSnapshot[]>();
  for (const record of found.values()) {
    if (record.deleted) continue;
    // Ids of 15 characters differ by case alone, which the lookup does not tell.
    for (const id of nativeIdsOf(pair, record)) holders.set(id, [...(holders.get(id) ?? []), record]);
  }
  return holders;
};

const ofSalesforce = async <S extends Seeker>(
  context: EngineContext,
  found: ReadonlyMap<S, Candidates>,
  workClass: WorkClass,
): Promise<ReadonlyMap<S, Candidates>> => {
  const { pair } = context;
  const ids = [...found.keys()].map(({ record }) => record.ref.id);
  const holders = await holdersOf(context, ids, workClass);
  const holding = ({ record }: S): readonly RecordSnapshot[] => holders.get(record.ref.id) ?? [];
  const wanted = [...found].flatMap(([seeker, { matching }]) =>
    [...holding(seeker), ...matching]
      .flatMap((record) => nativeIdsOf(pair, record))
      .filter((id) => id !== seeker.record.ref.id),
  );
  const named = await readNamed(context, 'salesforce', [...new Set(wanted)], workClass);
  const isAnothers = (record: RecordSnapshot, { ref }: RecordSnapshot): boolean =>
    nativeIdsOf(pair, record).some((id) => {
      const other = id === ref.id ? undefined : named.get(id);
      return other !== undefined && !other.deleted && other.ref.id !== ref.id;
    });
  return new Map(
    [...found].map(([seeker, candidates]) => {
      const native = holding(seeker);
      const claimed = [...native, ...candidates.matching].filter((record) =>
        isAnothers(record, seeker.record),
      );
      return [seeker, { ...candidates, native, claimed: claimed.map(({ ref }) => ref.id) }];
    }),
  );
};

const ofHubspot = async <S extends Seeker>(
  context: EngineContext,
  found: ReadonlyMap<S, Candidates>,
  workClass: WorkClass,
): Promise<ReadonlyMap<S, Candidates>> => {
  const { pair } = context;
  const wanted = [...new Set([...found.keys()].flatMap(({ record }) => nativeIdsOf(pair, record)))];
  const named = await readNamed(context, 'salesforce', wanted, workClass);
  const namedBy = ({ record }: S): readonly RecordSnapshot[] => {
    const records = nativeIdsOf(pair, record).flatMap((id) => named.get(id) ?? []);
    return [...new Map(records.map((each) => [each.ref.id, each])).values()];
  };
  const ids = [...found].flatMap(([seeker, { matching }]) =>
    [...namedBy(seeker), ...matching].map(({ ref }) => ref.id),
  );
  const holders = await holdersOf(context, ids, workClass);
  // Whoever has a link is somebody's already, whatever the id says that the integration has left there.
  const isLinked = await linkedAmong(
    context,
    'hubspot',
    [...holders.values()].flat().map(({ ref }) => ref),
  );
  return new Map(
    [...found].map(([seeker, candidates]) => {
      const native = namedBy(seeker);
      const isAnothers = ({ ref }: RecordSnapshot): boolean =>
        (holders.get(ref.id) ?? []).some(
          (holder) => holder.ref.id !== seeker.record.ref.id && !isLinked(holder.ref),
        );
      const claimed = [...native, ...candidates.matching].filter(isAnothers);
      return [seeker, { ...candidates, native, claimed: claimed.map(({ ref }) => ref.id) }];
    }),
  );
};

/**
 * Adds to what was found for records of one system whom the ids of HubSpot's own integration lead to, and which of the candidates those ids
 * give to somebody else. Asks nothing where the mapping does not name such properties. In HubSpot they are looked up by its search, which lags by
 * seconds: what nobody is found by is looked up again before anything is created.
 */
export const withNative = async <S extends Seeker>(
  context: EngineContext,
  system: System,
  found: ReadonlyMap<S, Candidates>,
  workClass: WorkClass,
): Promise<ReadonlyMap<S, Candidates>> => {
  if (context.pair.native === undefined || found.size === 0) return found;
  return system === 'hubspot'
    ? ofHubspot(context, found, workClass)
    : ofSalesforce(context, found, workClass);
};
