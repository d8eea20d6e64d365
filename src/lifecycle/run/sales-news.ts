import { journeySignals } from '../../model/journeys.ts';
import type { ChangeCursor } from '../../model/record.ts';
import { protectedStages, type Stage, salesStages } from '../stage/stages.ts';
import { callFor, type LifecycleContext } from './context.ts';

/** Where a deal is of interest: with sales, or open, or bought. */
export const dealStages: readonly Stage[] = [...salesStages, ...protectedStages];

/**
 * Where a change of a deal may be told: also of those whom sales gave back, whose deal was lost without a reason that comes now, or whom a rep opens
 * another one for. Where nobody else is with sales, nothing but this would have it read.
 */
export const heardStages: readonly Stage[] = [...dealStages, 'returned', 'nurture', 'lost', 'win-back'];

/** Rows that are committed late carry earlier stamps; and a conversion makes the deal a moment before its link has moved to the contact. */
export const overlapMs = 300_000;
/** The clocks of the store and of Salesforce differ by less; the overlap covers it several times. */
const clocksMs = 60_000;

/** What reps change in Salesforce and no pair of the engine reads for the lifecycle. */
export type SalesObject = 'Task' | 'Event' | 'Opportunity' | 'OpportunityContactRole' | 'CampaignMember';

export const salesPlace = <T extends SalesObject>(type: T) =>
  ({ pair: journeySignals, system: 'salesforce', type }) as const;

/** Where a look goes on after one that began at `begunAt` (store's clock) and saw everything up to `seen`: a last record is not read again for ever. */
export const restedAt = (seen: ChangeCursor, begunAt: number): ChangeCursor =>
  seen.stamp >= begunAt - clocksMs ? seen : { stamp: begunAt - clocksMs, id: '' };

/** The objects that are looked at now: those that somebody's journey depends on and the integration sees. */
const wanted = async ({ store, fields, models }: LifecycleContext): Promise<readonly SalesObject[]> => {
  const { behaviours, prospectCampaigns } = models.lifecycle;
  const isSelling = await store.anybodyIn([...salesStages]);
  const hasDeals = fields.has('Opportunity') && behaviours.stages !== 'off';
  const isDealing = hasDeals && (await store.anybodyIn([...heardStages]));
  return [
    ...(['Task', 'Event'] as const).filter((type) => isSelling && fields.has(type)),
    ...(isDealing ? (['Opportunity', 'OpportunityContactRole'] as const) : []),
    // A rep reads of campaigns; whoever is with nobody has theirs with the hand-over.
    ...((isSelling && fields.has('CampaignMember')) ||
    (prospectCampaigns.length > 0 && behaviours.requests !== 'off')
      ? (['CampaignMember'] as const)
      : []),
  ];
};

/**
 * The objects in which something changed since the last look: one call for all of them, where reading each would be one each. Those that were
 * never looked at are among them. @throws CallFailed
 */
export const salesNews = async (context: LifecycleContext): Promise<ReadonlySet<SalesObject>> => {
  const { store, engine, systems } = context;
  const types = await wanted(context);
  if (types.length === 0 || systems.salesforce.changedAmong === undefined) return new Set(types);
  const begunAt = await store.now();
  const places = await Promise.all(
    types.map(async (type) => ({ type, at: await engine.cursor(journeySignals, 'salesforce', type) })),
  );
  const known = places.flatMap(({ type, at }) => (at === null ? [] : [{ type, at }]));
  const looks = known.map(({ type, at }) => ({ type, since: at.stamp - overlapMs }));
  const call = { ...callFor(context, 'poll'), class: 'live' } as const;
  const changed = await systems.salesforce.changedAmong(looks, call);
  for (const { type, at } of known.filter((each) => !changed.has(each.type))) {
    const rested = restedAt(at, begunAt);
    if (rested !== at) await engine.commitSignals([], { cursor: { ...salesPlace(type), at: rested } });
  }
  return new Set(types.filter((type) => changed.has(type) || !known.some((each) => each.type === type)));
};

/**
 * Whether anybody was added to a campaign, or has another status there, since a moment (store's clock): one call. What is committed later than the clocks may differ
 * is left to the looks at everything. @throws CallFailed
 */
export const memberNews = async (context: LifecycleContext, sinceMs: number): Promise<boolean> => {
  const { salesforce } = context.systems;
  if (salesforce.changedAmong === undefined) return true;
  const call = { ...callFor(context, 'poll'), class: 'live' } as const;
  const looks = [{ type: 'CampaignMember', since: sinceMs - clocksMs }];
  return (await salesforce.changedAmong(looks, call)).has('CampaignMember');
};
