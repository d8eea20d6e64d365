import type { StageEvent } from './facts.ts';
import type { Journey } from './journey.ts';

/** Closed deals kept to tell a late 'opened' by; somebody who buys for a whole company has some dozens. */
const closedMax = 100;

const without = (ids: readonly string[], id: string): readonly string[] => ids.filter((each) => each !== id);

const closeDeal = (journey: Journey, id: string | undefined, at: number): Journey =>
  id === undefined
    ? journey
    : {
        ...journey,
        openOpportunities: without(journey.openOpportunities, id),
        closedOpportunities: [...journey.closedOpportunities, { key: id, at }].slice(-closedMax),
      };

/** What an event changes in the memory of a journey, whatever its stage does. Pure. */
export const remember = (journey: Journey, event: StageEvent): Journey => {
  const owner = 'owner' in event && event.owner !== undefined ? event.owner : journey.owner;
  const moved = { ...journey, movedAt: Math.max(journey.movedAt, event.at) };
  switch (event.kind) {
    case 'handed':
      return { ...moved, owner, handedAt: event.at };
    case 'touched':
      return { ...moved, owner, touchedAt: journey.touchedAt ?? event.at };
    case 'accepted':
    case 'qualified':
      return { ...moved, owner, verdictAt: event.at };
    case 'rejected':
    case 'sent-back':
    case 'disqualified':
      return { ...moved, verdictAt: event.at };
    case 'opened': {
      const id = event.opportunity;
      const isNew = id !== undefined && !journey.openOpportunities.includes(id);
      return isNew ? { ...moved, openOpportunities: [...journey.openOpportunities, id] } : moved;
    }
    case 'won':
      return { ...closeDeal(moved, event.opportunity, event.at), boughtAt: journey.boughtAt ?? event.at };
    case 'bought':
      // Nobody of sales did anything by it.
      return { ...closeDeal(journey, event.opportunity, event.at), boughtAt: journey.boughtAt ?? event.at };
    case 'deal-lost':
      return closeDeal(moved, event.opportunity, event.at);
    case 'excluded':
    case 'readmitted':
      return { ...journey, excluded: event.kind === 'excluded', exclusionAt: event.at };
    case 'churned':
      return { ...journey, churnedAt: event.at, boughtAt: null };
    case 'nudge':
      return { ...journey, nudgedAt: event.at };
    case 'cooled':
      return { ...journey, cooledAt: null, heldUntil: null };
    case 'recontact':
      return { ...journey, recontactAt: null };
    case 'released':
      return { ...journey, letGoAt: event.at };
    case 'scored':
      return (event.score?.ready ?? null) === null ? { ...journey, waiting: null } : journey;
    case 'placed':
      return { ...journey, placedAt: event.at };
    case 'known':
    case 'activity':
    case 'asked':
    case 'grew':
    case 'at-risk':
    case 'recovered':
    case 'repaired':
    case 'stage-set':
    case 'untouched':
    case 'stalled':
      return journey;
  }
};
