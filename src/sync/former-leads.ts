import type { WorkClass } from '../model/budget.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { RecordRef } from '../model/system.ts';
import { contextFor, type EngineContext } from './engine.ts';
import { followerIn, isConverted, isLifted } from './identity.ts';
import type { FormerLead } from './match.ts';

/** The contacts whose creates of unknown outcome made these leads, by the lead's id: their links begin with the next look at them. */
const creatorsOf = async (
  { pair, store }: EngineContext,
  leads: readonly RecordSnapshot[],
): Promise<ReadonlyMap<string, RecordRef>> => {
  const named = new Map(
    leads.flatMap(({ ref, fields }): [string, string][] => {
      const name = fields[pair.identity.salesforce];
      return typeof name === 'string' && name !== '' ? [[ref.id, name]] : [];
    }),
  );
  if (named.size === 0) return new Map();
  const open = await store.openIntentsFrom(pair.name, 'hubspot', [...named.values()]);
  return new Map(
    [...named].flatMap(([id, name]): [string, RecordRef][] => {
      const create = open.get(name)?.intents.find(({ op }) => op === 'create');
      return create ? [[id, create.source]] : [];
    }),
  );
};

/**
 * Converted leads that have a link, or had one, by the contact that each became: nothing tells of that but the lead, and the contact would be
 * taken for somebody new. Costs a call where there is such a lead with the match key.
 */
export const formerLeads = async (
  context: EngineContext,
  twins: readonly RecordSnapshot[],
  workClass: WorkClass,
): Promise<ReadonlyMap<string, readonly FormerLead[]>> => {
  const { pair, store } = context;
  const converted = new Map(
    twins.filter((twin) => isConverted(pair, twin)).map((twin) => [twin.ref.id, twin]),
  );
  const former = new Map<string, readonly FormerLead[]>();
  if (converted.size === 0) return former;
  const links = await store.linksOf(pair.name, 'salesforce', [...converted.keys()]);
  const creators = await creatorsOf(
    context,
    [...converted.values()].filter(({ ref }) => !links.has(ref.id)),
  );
  const linked = [...links].flatMap(([id, link]) =>
    isLifted(link) || followerIn(link, { system: 'salesforce', type: '', id }) ? [] : [id],
  );
  const known = [...linked, ...creators.keys()];
  if (known.length === 0) return former;
  const fates = await context.systems.salesforce.fates(
    pair.types.salesforce,
    known,
    contextFor(context, workClass, 'match'),
  );
  for (const [id, fate] of fates) {
    const own = converted.get(id);
    if (!own || fate.kind !== 'convertedTo') continue;
    const creator = creators.get(id);
    const lead = creator
      ? { ref: creator, isLinked: true }
      : { ref: own.ref, isLinked: links.get(id)?.ended === null };
    former.set(fate.id, [...(former.get(fate.id) ?? []), lead]);
  }
  return former;
};
