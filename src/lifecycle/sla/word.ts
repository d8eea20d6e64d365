import type { Journey } from '../stage/journey.ts';

/** The options of HubSpot's tandem_sla. */
export type SlaWord = 'waiting' | 'on_time' | 'late';

/**
 * How the first contact stands, by the rule of the formula Tandem_Sla__c in Salesforce; null where nothing is due. The moment at which it is due is late
 * already, as for the clock whose step brings the look. Times in milliseconds. Pure.
 */
export const slaWord = (dueAt: number | null, touchedAt: number | null, now: number): SlaWord | null => {
  if (dueAt === null) return null;
  if (touchedAt !== null) return touchedAt <= dueAt ? 'on_time' : 'late';
  return now >= dueAt ? 'late' : 'waiting';
};

/**
 * When the rep answered the hand-over: by a touch, else by a yes or no, which stops the clock as well; null: not yet. Without the verdict,
 * who was given back at once would wait for ever.
 */
export const answeredAt = ({ touchedAt, verdictAt, handedAt }: Journey): number | null => {
  const isOfNow = verdictAt !== null && handedAt !== null && verdictAt > handedAt;
  return touchedAt ?? (isOfNow ? verdictAt : null);
};
