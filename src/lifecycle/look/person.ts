import type { RecordRef } from '../../model/system.ts';
import type { RawFields } from '../../model/value.ts';

/** One of a person's records as it was read at one moment. */
export interface SeenRecord {
  readonly ref: RecordRef;
  readonly fields: RawFields;
  /** The vendor's last-modified stamp, milliseconds. */
  readonly stamp: number;
  readonly createdAt: number;
  /** Whether the last change was made by Tandem; null where the API does not say. */
  readonly byUs: boolean | null;
  /** The id of the user who made the last change; absent where the API does not say, or, at a look, nobody is behind that user. */
  readonly changedBy?: string;
  /** No person gave it the status that it has, as far as its history, or else its last change, tells. */
  readonly isStatusAutomatic?: true;
}

/** A person as the lifecycle sees them: the HubSpot contact, and the lead or contact of Salesforce that it is linked with. */
export interface SeenPerson {
  readonly contact: SeenRecord;
  readonly sales: SeenRecord | null;
  /** Whose they are (ownerOfPerson); absent: the lead's owner. */
  readonly owner?: string | null;
  /** Opportunities in which somebody asks for something about this person, where they were read. */
  readonly deals?: readonly SeenRecord[];
  /** Memberships in campaigns whose members are prospects, as they were told. */
  readonly named?: readonly NamedProspect[];
}

/** Somebody was added to a campaign whose members are prospects. */
export interface NamedProspect {
  /** The member's id in Salesforce. */
  readonly member: string;
  readonly campaign: string;
  readonly at: number;
}

/** What a look kept of a record, so that the next one sees what changed. Holds values: it goes when the person is erased. */
export interface KeptRecord {
  readonly type: string;
  readonly id: string;
  readonly fields: RawFields;
}
