import type { RoutingModel } from '../routing/model.ts';
import type { RouteDecision } from '../routing/route.ts';
import { isPerson } from '../staff/staff.ts';
import type { RoutePlan } from './effect.ts';
import type { Standing } from './standing.ts';

/** Whose the lead is on its record; null: nobody's. */
export const ownerOnRecord = ({ person }: Pick<Standing, 'person'>): string | null => {
  const owner = person.sales?.fields.OwnerId;
  return typeof owner === 'string' && owner !== '' ? owner : null;
};

/** An owner who is there, and whom nobody but a person, or the org's own rule, can have made one since the way was decided. */
const takerOf = (standing: Standing, { decision, before }: RoutePlan): string | null => {
  const id = ownerOnRecord(standing);
  const owner = standing.staff.owners.get(id ?? '');
  if (owner === undefined || !isPerson(owner) || !owner.active) return null;
  const chosen = decision.kind === 'owner' || decision.kind === 'queue' ? decision.id : null;
  if (chosen === owner.id) return null;
  // Once the values stand on the lead, it has whom the way led to, or whoever was given it after that. Whom the org's rule chose is read from the record anyhow.
  if (standing.effect.steps.sales?.state === 'done') return chosen === null ? null : owner.id;
  return before === undefined || before === owner.id ? null : owner.id;
};

/** An SDR who takes what was meant for their pool has it as an SDR; everybody else as a rep. */
const stageFor = (id: string, decision: RouteDecision, { sdr, pools }: RoutingModel): 'rep' | 'sdr' => {
  const members = (sdr === null ? undefined : pools.get(sdr.pool))?.members ?? [];
  const isMeant = decision.kind === 'owner' && decision.stage === 'sdr';
  return isMeant && members.some(({ owner }) => owner === id) ? 'sdr' : 'rep';
};

/**
 * An effect with the owner whom the lead was given by a person since its way was decided: between the decision and the write are hours where Salesforce refuses the
 * write, and between the write and the task where it refuses the task. An owner set by a person stays, and the rest is theirs. Of records as they were just read; pure.
 */
export const withTaker = (standing: Standing, routing: RoutingModel): Standing => {
  const { route } = standing.effect;
  const id = route === null ? null : takerOf(standing, route);
  if (route === null || id === null) return standing;
  const plan: RoutePlan = {
    ...route,
    decision: { kind: 'owner', id, stage: stageFor(id, route.decision, routing), kept: true },
    lines: [...route.lines, { step: 'existing owner', name: null, owner: id, outcome: 'kept' }],
  };
  return { ...standing, effect: { ...standing.effect, route: plan } };
};
