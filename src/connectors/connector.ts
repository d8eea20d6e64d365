import type { Absence } from '../model/absence.ts';
import type { CallContext, Quota } from '../model/budget.ts';
import type { Owner } from '../model/owner.ts';
import type { Pipeline } from '../model/pipeline.ts';
import type { DeletionPage, Described, ObjectDescription } from '../model/record.ts';
import type { RecordSystem } from '../model/record-system.ts';

export type { FoundRecord } from '../model/record-system.ts';

/**
 * What both systems look like from inside: a system of records (model/record-system.ts has the rules) that can be checked, described and
 * closed. HubSpot and Salesforce implement it and pass one conformance suite (test/connectors/conformance.ts).
 */
export interface Connector extends RecordSystem {
  /**
   * Proves that the system can be reached and accepts the credentials. `account` is for people; `accountId` (the portal's, the
   * organization's) stays the same as long as the account lives. Rejects with CallFailed (credentials, unavailable).
   */
  check(context: CallContext): Promise<{ readonly account: string; readonly accountId: string }>;

  /** How the addresses begin at which people open its records, without a slash at the end. Signs in where nobody has. Rejects with CallFailed. */
  site(context: CallContext): Promise<string>;

  /** What the object's fields are. */
  describe(type: string, context: CallContext): Promise<ObjectDescription>;

  /**
   * What several objects are, at the price of one call for up to 25; one that cannot be described is told with its failure. Rejects with
   * CallFailed when none can be asked for. Where it is not there, each object is a call.
   */
  describeMany?(types: readonly string[], context: CallContext): Promise<ReadonlyMap<string, Described>>;

  /** Everybody who owns records or has owned some, inactive ones too; also queues. */
  owners?(context: CallContext): Promise<readonly Owner[]>;

  /** Whether the system has an active rule that gives new records of the type to owners. Where it is not there, nobody knows. */
  assigns?(type: string, context: CallContext): Promise<boolean>;

  /** Who is away on a day between these moments (milliseconds), as their calendars say. */
  absences?(from: number, to: number, context: CallContext): Promise<readonly Absence[]>;

  /** The sales processes of a type with their stages in order; none where the type has no stages. */
  pipelines?(type: string, context: CallContext): Promise<readonly Pipeline[]>;

  /** What was deleted since then, by the vendor's own log: `since` is milliseconds, `covered` of the answer before. */
  deletionsSince?(type: string, since: number, context: CallContext): Promise<DeletionPage>;

  /** What the last answers said of the quota; makes no call. */
  quota(): Quota;

  /** Gives up the calls under way and waits until they are booked. Before the store is closed. */
  close(): Promise<void>;
}
