import type { Journey, Mode } from '../stage/journey.ts';
import type { Stage } from '../stage/stages.ts';
import type { EffectOrder } from './stored.ts';

/** Where nobody of sales began yet. */
export const untouchedStages: ReadonlySet<Stage> = new Set(['sales-ready', 'sdr']);

const prefix = 'left/';

/** Whoever left and had the lead, by the evidence of an order; null where it is another order. */
export const leaverOf = (evidence: string): string | null =>
  evidence.startsWith(prefix) ? evidence.slice(prefix.length) : null;

/**
 * The order to give somebody else the lead of a rep who is no longer active and never touched it; once for each of them in a turn. Whom a rep
 * began to work with is left to a person: what was said is known to nobody else. Pure. `leaver`: the owner, where they left.
 */
export const leftOrders = (
  journey: Journey,
  leaver: string | null,
  routes: Mode,
  now: number,
): readonly EffectOrder[] => {
  const { id, turn, stage, touchedAt, handedAt } = journey;
  const isUntouched = untouchedStages.has(stage) && touchedAt === null && handedAt !== null;
  if (leaver === null || routes !== 'act' || !isUntouched) return [];
  const evidence = `${prefix}${leaver}`;
  return [{ key: `${id}/${turn}/reassign/${evidence}`, kind: 'reassign', turn, at: now, evidence }];
};
