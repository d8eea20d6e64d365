import type { FeedbackRow, TransitionRow } from '../../model/journeys.ts';
import type { Colleagues, DigestActivity, MappedRecord } from '../digest/input.ts';
import type { SeenPerson } from '../look/person.ts';
import type { StoredJourney } from '../look/stored.ts';
import type { Clock } from '../sla/clock.ts';
import type { Staff } from '../staff/staff.ts';
import type { Effect } from './effect.ts';

/** What texts for a rep tell of a person beside the person. */
export interface About {
  /** The company as both systems have it; null where there is none, or it may not be seen. */
  readonly company: MappedRecord | null;
  readonly colleagues: Colleagues;
  /** What reps wrote in Salesforce, oldest first. */
  readonly notes: readonly RepNote[];
}

/** What a rep wrote when they logged something. `at`: when it was done, milliseconds. */
export interface RepNote {
  readonly at: number;
  readonly text: string;
}

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
  /** What is known around the person; absent: nothing was asked for. */
  readonly about?: About;
  readonly staff: Staff;
  readonly now: number;
}
