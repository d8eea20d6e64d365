import type { CallContext, Quota } from '../model/budget.ts';
import type { ObjectDescription } from '../model/record.ts';
import type { RecordSystem } from '../model/record-system.ts';

export type { FoundRecord } from '../model/record-system.ts';

/**
 * What both systems look like from inside: a system of records (model/record-system.ts has the rules) that can be checked, described and
 * closed. HubSpot and Salesforce implement it and pass one conformance suite (test/connectors/conformance.ts).
 */
export interface Connector extends RecordSystem {
  /** Proves that the system can be reached and accepts the credentials. Rejects with CallFailed (credentials, unavailable). */
  check(context: CallContext): Promise<{ readonly account: string }>;

  /** What the object's fields are. */
  describe(type: string, context: CallContext): Promise<ObjectDescription>;

  /** What the last answers said of the quota; makes no call. */
  quota(): Quota;

  close(): Promise<void>;
}
