import type { EventKind, StageEvent } from './facts.ts';
import type { Journey, SeenFact } from './journey.ts';

/** Facts kept to tell repeats by; a journey has some dozens in its life, a busy one some hundreds. */
export const seenMax = 500;

const latest = (...times: readonly (number | null)[]): number =>
  Math.max(...times.map((time) => time ?? Number.NEGATIVE_INFINITY));

const byVerdict = ({ turnAt, verdictAt }: Journey): number => latest(turnAt, verdictAt);
const always = (): number => Number.NEGATIVE_INFINITY;
const closedAt = ({ closedOpportunities, churnedAt }: Journey, event: StageEvent): number => {
  const own = 'opportunity' in event ? event.opportunity : undefined;
  return latest(churnedAt, ...closedOpportunities.filter(({ key }) => key === own).map(({ at }) => at));
};

/** What came before this moment no longer moves anybody: a later word has been heard. */
const boundaries: Readonly<Record<EventKind, (journey: Journey, event: StageEvent) => number>> = {
  known: always,
  activity: always,
  scored: always,
  asked: byVerdict,
  handed: ({ turnAt }) => latest(turnAt),
  qualified: byVerdict,
  touched: byVerdict,
  accepted: byVerdict,
  rejected: byVerdict,
  'sent-back': byVerdict,
  opened: closedAt,
  won: closedAt,
  bought: closedAt,
  'deal-lost': ({ churnedAt }) => latest(churnedAt),
  grew: ({ since }) => since,
  'at-risk': ({ since }) => since,
  recovered: ({ since }) => since,
  churned: ({ since }) => since,
  disqualified: byVerdict,
  excluded: ({ exclusionAt }) => latest(exclusionAt),
  readmitted: ({ exclusionAt }) => latest(exclusionAt),
  placed: ({ returnedAt }) => latest(returnedAt),
  repaired: ({ returnedAt }) => latest(returnedAt),
  'stage-set': ({ since }) => since,
  released: always,
  untouched: always,
  nudge: always,
  stalled: always,
  cooled: always,
  recontact: always,
};

/** Whether a fact belongs to what is over: told late, it is remembered and moves nobody. */
export const isLate = (journey: Journey, event: StageEvent): boolean =>
  event.at < boundaries[event.kind](journey, event);

/** Adds a fact to what is remembered; the oldest are forgotten, and with them everything of their time. */
export const withSeen = (journey: Journey, fact: SeenFact): Journey => {
  const seen = [...journey.seen, { key: fact.key, at: fact.at }];
  if (seen.length <= seenMax) return { ...journey, seen };
  const oldest = seen.reduce((least, each) => (each.at < least.at ? each : least));
  return {
    ...journey,
    seen: seen.filter((each) => each !== oldest),
    forgottenAt: latest(journey.forgottenAt, oldest.at),
  };
};
