import type { FeedbackRow, TransitionRow } from '../../model/journeys.ts';
import type { DigestActivity } from '../digest/input.ts';
import type { SeenPerson } from '../look/person.ts';
import type { StoredJourney } from '../look/stored.ts';
import type { Clock } from '../sla/clock.ts';
import type { Staff } from '../staff/staff.ts';
import type { Effect } from './effect.ts';

/** An effect with all that its steps look at, as it was read for this round. */
export interface Standing {
  readonly effect: Effect;
  readonly stored: StoredJourney;
  readonly person: SeenPerson;
  readonly activities: readonly DigestActivity[];
  readonly transitions: readonly TransitionRow[];
  readonly clocks: readonly Clock[];
  /** The last word of each record of theirs. */
  readonly feedback: readonly FeedbackRow[];
  readonly staff: Staff;
  readonly now: number;
}
