import { isValueOfPast } from '../../lifecycle/effects/stage-back.ts';
import { showsStage } from '../../lifecycle/effects/stage-fields.ts';
import type { LifecycleContext } from '../../lifecycle/run/context.ts';
import { letGoOnce } from '../../lifecycle/run/first-start-pass.ts';
import { lookOnce } from '../../lifecycle/run/look-pass.ts';
import { toStored } from '../../lifecycle/run/rows.ts';
import { shownFields } from '../../lifecycle/stage/shown-fields.ts';
import { journeySignals, type OpenOrder } from '../../model/journeys.ts';
import type { ScratchStore } from '../../store/scratch/scratch-store.ts';
import type { LifecyclePlan } from './lifecycle-words.ts';

/** Looks that wait for a newer read are made again so often; then they are left out. */
const roundsMax = 6;
const pageMax = 500;

const lookAtAll = async (context: LifecycleContext, { skipWaits }: ScratchStore): Promise<void> => {
  for (let round = 0; round < roundsMax; round += 1) {
    let looked = 0;
    for (;;) {
      const some = await lookOnce(context);
      const went = some > 0 ? 0 : await letGoOnce(context);
      looked += some + went;
      if (some + went === 0) break;
    }
    if (looked === 0) return;
    await skipWaits();
  }
};

const count = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

/** Why somebody is handed over, by the evidence of the order. */
const causeOf = ({ evidence }: OpenOrder): 'asked' | 'score' | 'named' => {
  if (evidence.startsWith('asked/')) return 'asked';
  return evidence.startsWith('request/') ? 'named' : 'score';
};

interface Counts {
  readonly stages: Record<string, number>;
  readonly programs: Record<string, number>;
  readonly lifecyclestage: { forward: number; back: number; past: number };
}

/** Where everybody stands after the looks, and what HubSpot would be shown of those of whom something is to be shown. */
const countPeople = async (
  { models }: LifecycleContext,
  { store }: ScratchStore,
  orders: ReadonlyMap<string, readonly OpenOrder[]>,
): Promise<Counts> => {
  const counts: Counts = { stages: {}, programs: {}, lifecyclestage: { forward: 0, back: 0, past: 0 } };
  let after: string | null = null;
  do {
    const rows = await store.lifecycle.journeysAfter(after, pageMax);
    for (const row of rows) {
      const stored = toStored(row);
      const { journey, contact } = stored;
      count(counts.stages, row.stage);
      const own = orders.get(row.id) ?? [];
      if (own.some(({ kind }) => kind === 'return')) count(counts.programs, journey.program ?? 'none');
      if (!own.some((order) => showsStage(models.lifecycle, order))) continue;
      const now = contact?.fields.lifecyclestage;
      const shown = shownFields(journey, models.lifecycle, typeof now === 'string' ? now : null);
      if (shown.hubspot.lifecyclestage === undefined) continue;
      const { lifecyclestage } = counts;
      if (!shown.clearFirst) lifecyclestage.forward += 1;
      else if (isValueOfPast(stored)) lifecyclestage.past += 1;
      else lifecyclestage.back += 1;
    }
    after = rows.length < pageMax ? null : (rows.at(-1)?.id ?? null);
  } while (after !== null);
  return counts;
};

/** Contacts that the rehearsal made, by the records that they were made for: a run is told of them by its polls. */
const tellOfCreated = async (
  { pair }: LifecycleContext,
  { store }: ScratchStore,
  sources: readonly string[],
): Promise<void> => {
  const links = await store.engine.linksOf(pair.name, 'salesforce', sources);
  await store.engine.commitSignals(
    [...links.values()].map(({ ids }) => ({
      pair: journeySignals,
      ref: { system: 'hubspot', type: pair.types.hubspot, id: ids.hubspot },
      class: 'sweep',
      stamp: null,
      cause: 'made by the plan',
    })),
  );
};

export interface LifecycleRehearsal {
  /** On the scratch store, with systems whose writes go nowhere. */
  readonly context: LifecycleContext;
  readonly scratch: ScratchStore;
  /** Salesforce records for which the alignment made contacts. */
  readonly created: readonly string[];
  /** Has the engine make the records of those who are handed over. */
  readonly align: () => Promise<void>;
}

/**
 * Looks at everybody as the worker would after the alignment, on a store where nothing of it stays, and counts what it would order. Nothing is carried out
 * but the records of those who are handed over; what comes of a hand-off later is not part of it. Details beyond what HubSpot sums up on the contact are not
 * asked for. @throws CallFailed when a system cannot be read
 */
export const rehearseLifecycle = async ({
  context,
  scratch,
  created,
  align,
}: LifecycleRehearsal): Promise<LifecyclePlan> => {
  const { store, pair, models } = context;
  const { lifecycle } = scratch.store;
  const before = new Set((await lifecycle.openOrders()).map(({ key }) => key));
  const heldBefore = await lifecycle.firstStartCounts();
  await tellOfCreated(context, scratch, created);
  await lookAtAll(context, scratch);
  const orders = (await lifecycle.openOrders()).filter(({ key }) => !before.has(key));
  const handOffs = orders.filter(({ kind }) => kind === 'hand-off');
  const held = await lifecycle.firstStartCounts();
  const byJourney = Map.groupBy(orders, ({ journeyId }) => journeyId);
  const { stages, programs, lifecyclestage } = await countPeople(context, scratch, byJourney);
  if (handOffs.length > 0) {
    await store.askRecords(
      pair.name,
      pair.types.hubspot,
      handOffs.map(({ contactId }) => contactId),
    );
    await align();
  }
  const by = (cause: ReturnType<typeof causeOf>): number =>
    handOffs.filter((order) => causeOf(order) === cause).length;
  const freeOf = (what: 'lifecyclestage' | 'stage-back'): number =>
    Math.max(0, models.lifecycle.firstStart[what] - heldBefore[what].letGo);
  const back =
    Math.min(lifecyclestage.past, freeOf('lifecyclestage')) +
    Math.min(lifecyclestage.back, freeOf('stage-back'));
  return {
    handOffs: {
      asked: by('asked'),
      score: by('score'),
      named: by('named'),
      held: held['hand-off'].waiting + held.observed.waiting,
    },
    returns: {
      now: orders.filter(({ kind }) => kind === 'return').length,
      held: held.return.waiting + held['observed-return'].waiting,
    },
    programs,
    stages,
    lifecyclestage: {
      forward: lifecyclestage.forward,
      back,
      held: lifecyclestage.past + lifecyclestage.back - back,
    },
  };
};
