import type { WorkClass } from '../model/budget.ts';
import type { RecordSnapshot } from '../model/record.ts';
import { contextFor, type EngineContext } from './engine.ts';
import { followerIn, isConverted, isLifted } from './identity.ts';
import type { FormerLead } from './match.ts';

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
  const converted = new Map(twins.filter((twin) => isConverted(pair, twin)).map(({ ref }) => [ref.id, ref]));
  const former = new Map<string, readonly FormerLead[]>();
  if (converted.size === 0) return former;
  const links = await store.linksOf(pair.name, 'salesforce', [...converted.keys()]);
  const known = [...links].flatMap(([id, link]) =>
    isLifted(link) || followerIn(link, { system: 'salesforce', type: '', id }) ? [] : [id],
  );
  if (known.length === 0) return former;
  const fates = await context.systems.salesforce.fates(
    pair.types.salesforce,
    known,
    contextFor(context, workClass, 'match'),
  );
  for (const [id, fate] of fates) {
    const ref = converted.get(id);
    if (!ref || fate.kind !== 'convertedTo') continue;
    const lead = { ref, isLinked: links.get(id)?.ended === null };
    former.set(fate.id, [...(former.get(fate.id) ?? []), lead]);
  }
  return former;
};
