import type { PairMapping } from '../../model/mapping.ts';
import type { Sides } from '../../model/system.ts';
import type { RawFields } from '../../model/value.ts';
import type { RouteLine } from '../routing/route.ts';
import type { Activity, ActivityType } from '../scoring/activity.ts';
import type { Judgement } from '../scoring/sales-ready.ts';
import type { Journey } from '../stage/journey.ts';

/** An activity with what a rep wants to read of it. Texts are foreign: of any length, with anything in them. */
export interface DigestActivity extends Omit<Activity, 'type'> {
  /** A meeting that the person booked is `meetingBooked`; `meeting` is any other one. */
  readonly type: ActivityType | 'meeting' | 'note';
  /** Of the page, meeting or call. */
  readonly title?: string;
  readonly durationMs?: number;
  /** What was noted, rich text as HubSpot keeps it, or plain. */
  readonly note?: string;
  /** `Connected`, `No answer`: the vendor's word. */
  readonly outcome?: string;
  /** Of a list or campaign: when it was known that they are in it no more; null and absent: they are. It counts for nothing then, and no rep reads it. */
  readonly leftAt?: number | null;
}

/** A turn that is over. */
export interface EarlierTurn {
  readonly turn: number;
  readonly definition: string | null;
  readonly handedAt: number | null;
  /** Name of who had the person. */
  readonly owner: string | null;
  readonly verdict: string | null;
  readonly reason: string | null;
  /** What the rep wrote. */
  readonly note: string | null;
  readonly endedAt: number | null;
}

/** Why the person comes to sales now. `at` is milliseconds. */
export type Trigger =
  | {
      readonly kind: 'asked';
      readonly at: number;
      /** Key of the activity by which they asked, so that it is not told twice; null where it is not known. */
      readonly activity: string | null;
      readonly type: ActivityType;
      readonly form: string | null;
      /** Name of the rule that took it for asking. */
      readonly rule: string | null;
    }
  | { readonly kind: 'ready'; readonly at: number; readonly definition: string }
  /** The day that a rep named has come. */
  | { readonly kind: 'recontact'; readonly at: number }
  /** Somebody set the stage. */
  | { readonly kind: 'requested'; readonly at: number; readonly by: string | null }
  /** An SDR's yes. */
  | { readonly kind: 'handed-on'; readonly at: number; readonly by: string | null }
  /** Bad data was mended, a duplicate merged. */
  | { readonly kind: 'repaired'; readonly at: number }
  /** From another rep, in the same turn. */
  | { readonly kind: 'moved'; readonly at: number; readonly reason: string | null };

/** Records of both systems with the mapping that says which fields count. */
export interface MappedRecord {
  readonly pair: Pick<PairMapping, 'fields'>;
  readonly fields: Sides<RawFields>;
}

/** What to say or send. */
export interface NextStep {
  readonly say: string | null;
  /** Pieces of content, best first. */
  readonly send: readonly {
    readonly title: string;
    readonly url: string | null;
    /** What to say with it. */
    readonly say: string | null;
  }[];
}

/** Somebody else of the same company. */
export interface Colleague {
  readonly person: MappedRecord;
  /** What the company calls the stage. */
  readonly stage: string;
  /** Name of the rep who has them; null: nobody. */
  readonly owner: string | null;
}

/** Others of the company: those who are farthest, and how many there are in all. */
export interface Colleagues {
  readonly named: readonly Colleague[];
  readonly count: number;
}

/** All that the words for a rep are made of. Nothing else is looked at, no clock either. */
export interface DigestInput {
  readonly person: MappedRecord;
  /** The company as its own pair has it; null where there is none. */
  readonly company: MappedRecord | null;
  /** Absent: nobody else is known. */
  readonly colleagues?: Colleagues;
  readonly judgement: Judgement;
  readonly activities: readonly DigestActivity[];
  readonly journey: Pick<Journey, 'turn' | 'definition'>;
  readonly earlier: readonly EarlierTurn[];
  readonly route: readonly RouteLine[];
  /** Name of the queue that has the lead and can own no tasks; absent: whoever has it gets a task. */
  readonly queueWithoutTasks?: string;
  readonly trigger: Trigger;
  readonly nextStep: NextStep;
  /** IANA name of the rep's zone; null or unknown: UTC, and the text says so. */
  readonly zone: string | null;
  readonly now: number;
  /** How much an activity tells, by the points that scoring gives for it; absent: by its kind. */
  readonly pointsOf?: (activity: Activity) => number;
}
