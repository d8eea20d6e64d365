import type { RawFields } from '../../model/value.ts';
import type { SeenRequest } from '../requests/request.ts';
import type { EngagementTally } from '../scoring/engagement.ts';
import type { ClockStep } from '../sla/model.ts';
import type { Fact } from '../stage/facts.ts';
import type { EffectKind, Journey } from '../stage/journey.ts';
import type { KeptRecord } from './person.ts';

/** A score as it was last told to the stage machine. */
export interface ToldScore {
  readonly score: number;
  readonly fit: string;
  readonly engagement: number;
  /** The version of sales-ready that fired; null: not ready. */
  readonly ready: string | null;
  readonly newestAt: number | null;
  /** Of scoring.yaml, by which it was computed; absent in scores that were told before it was kept. */
  readonly version?: string;
}

/** What Tandem last wrote of its own fields, by system; a value that is equal is not written again. */
export interface Shown {
  readonly hubspot: RawFields;
  readonly salesforce: RawFields;
}

/** The last thing by which somebody asked to be contacted. */
export interface Asked {
  readonly at: number;
  /** The rule of scoring.yaml by which it is one. */
  readonly rule: string;
  readonly activity: string;
}

/** A journey with everything that is kept beside it. Times are milliseconds since 1970. */
export interface StoredJourney {
  readonly id: string;
  /** The HubSpot contact: a person without one has no journey. */
  readonly contactId: string;
  /** Moves with every save; a save over another version is refused. 0: not stored yet. */
  readonly version: number;
  readonly journey: Journey;
  readonly contact: KeptRecord | null;
  readonly sales: KeptRecord | null;
  /** Whose they were at that look (ownerOfPerson); absent in journeys of earlier versions: the lead's owner. */
  readonly owner?: string | null;
  /** What they did, as the score needs it; and what of it came since sales gave them back. */
  readonly tally: EngagementTally;
  readonly earned: EngagementTally | null;
  /** The rules by which both were counted (rulesHash); null or other than today's: they are counted anew from what is stored. */
  readonly rules: string | null;
  readonly told: ToldScore | null;
  readonly asked: Asked | null;
  /** The newest request of each place (RequestPlace). */
  readonly requests: Readonly<Record<string, SeenRequest>>;
  /** Facts that nobody has worked through: told by an effect, or from the future. */
  readonly facts: readonly Fact[];
  readonly shown: Shown;
}

/** Something that a transition or a clock asks for, to be carried out in keyed steps. */
export interface EffectOrder {
  /** `JOURNEY/TURN/KIND`, and where a turn can have several, `/N` of the moment: the same order is never carried out twice. */
  readonly key: string;
  readonly kind: EffectKind | ClockStep | 'close-task' | 'programs' | 'request' | 'show';
  readonly turn: number;
  readonly at: number;
  /** The key of the fact or timer that caused it. */
  readonly evidence: string;
}
