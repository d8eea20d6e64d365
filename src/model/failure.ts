import type { WindowTold } from './lane-limit.ts';
import type { RecordRef, System } from './system.ts';

/**
 * What kind of failure it is; the category decides how it is handled.
 * - value: the other side refuses this value (too long, not an option, invalid email)
 * - identity: the record is not what we took it for (gone, converted, duplicate, existing id): look again, never a data error
 * - permission: the integration may not read or write this
 * - credentials: the sign-in itself is refused
 * - throttled: a rate or daily limit; nothing was executed
 * - locked: another transaction holds the record; nothing was executed
 * - unavailable: no answer, or the vendor's own failure
 * - schema: a field or object that the mapping names does not exist there
 * - request: our own request was malformed; a defect of Tandem
 */
export const failureCategories = [
  'value',
  'identity',
  'permission',
  'credentials',
  'throttled',
  'locked',
  'unavailable',
  'schema',
  'request',
] as const;
export type FailureCategory = (typeof failureCategories)[number];

/** Who has to act: the contract's `fault` in `status.problems`. */
export type Fault = 'hubspot' | 'salesforce' | 'tandem' | 'config' | 'data' | 'credentials';

/** What a duplicate rule of the system that is written to found: ids alone. */
export interface DuplicateReport {
  /** The rule's own name; null where the system does not say it. */
  readonly rule: string | null;
  /** The rule only warns: whoever says so saves all the same. Null: not said. */
  readonly canSave: boolean | null;
  /** Whom the rule takes the record for. Empty: nobody whom the system shows us. */
  readonly matches: readonly RecordRef[];
}

/** A refusal or breakdown of one call or one row of a batch. Never holds field values: they are people's data. */
export interface Failure {
  readonly category: FailureCategory;
  readonly system: System;
  /** The vendor's own code (`STRING_TOO_LONG`, `CONFLICT`), or the socket's (`ECONNREFUSED`). */
  readonly code: string;
  /** What was refused and why, without the value itself. */
  readonly message: string;
  /** API names of the fields the vendor blames, when it says. */
  readonly fields: readonly string[];
  /** The id of the record that is already there, for identity failures that name it. */
  readonly existingId?: string;
  /** Of `duplicatesCode`: what the rule found, where the system says it. */
  readonly duplicates?: DuplicateReport;
  /** Do not try again before this many milliseconds, where the vendor says. */
  readonly retryAfterMs?: number;
}

/** Whether the same request can pass later without anybody changing anything. */
export const canRetryHelp = (failure: Failure): boolean =>
  failure.category === 'throttled' || failure.category === 'locked' || failure.category === 'unavailable';

/** Refusals that look at nothing but the value and the field's own definition (Salesforce's status codes, HubSpot's property errors). */
const codesOfValue: ReadonlySet<string> = new Set([
  'STRING_TOO_LONG',
  'NUMBER_OUTSIDE_VALID_RANGE',
  'INVALID_EMAIL_ADDRESS',
  'INVALID_EMAIL',
  'INVALID_INTEGER',
  'INVALID_LONG',
  'INVALID_DATE',
  'INVALID_OPTION',
  'BLOCKLISTED_EMAIL',
]);

/** The code of an address that HubSpot takes from nobody any more, since whoever had it was deleted there for privacy. */
export const blocklistedCode = 'BLOCKLISTED_EMAIL';

/** Salesforce's code of a record that a duplicate rule takes for one that is there. */
export const duplicatesCode = 'DUPLICATES_DETECTED';

/** The code of records that a system does not show, and of which it does not say that they are gone. */
export const unreachableCode = 'UNREACHABLE';

/** The code of an answer that says that all went well, and is not of the documented shape. */
export const malformedCode = 'MALFORMED_ANSWER';

/** The code of records on which Tandem itself fails. */
export const defectCode = 'DEFECT';

/** Whether this value would be refused again whatever else becomes of the record: only another value or another schema can help. */
export const isOfValueAlone = ({ category, code, fields }: Failure): boolean =>
  category === 'value' && fields.length > 0 && codesOfValue.has(code);

/** A call failed as a whole. On a write nothing of it is known to have been executed. */
export class CallFailed extends Error {
  readonly failure: Failure;
  /** What the refusing answer said of the window of calls, where it did. */
  readonly window: WindowTold | null;
  /** Which of the system's routes failed (sync/told-calls.ts); null where nobody told. */
  route: string | null = null;
  constructor(failure: Failure, options?: { cause?: unknown; window?: WindowTold | null }) {
    super(`${failure.system}: ${failure.code}: ${failure.message}`, options);
    this.name = 'CallFailed';
    this.failure = failure;
    this.window = options?.window ?? null;
  }
}

/** Wrong usage or configuration: the process ends with exit code 2. `next` is the step for the person who reads it. */
export class UsageError extends Error {
  readonly next: string;
  constructor(message: string, next: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'UsageError';
    this.next = next;
  }
}

/** A system that is needed cannot be reached or refuses the credentials: exit code 3. */
export class UnreachableError extends Error {
  readonly next: string;
  constructor(message: string, next: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'UnreachableError';
    this.next = next;
  }
}

/** The store is away: nothing that was asked of it is known to have happened, and it may be back at any moment. */
export class StoreAwayError extends UnreachableError {}
