import type { Connector } from '../../../src/connectors/connector.ts';
import type { CallContext } from '../../../src/model/budget.ts';
import type { RawFields } from '../../../src/model/value.ts';

/** One system with its connector, as the conformance suite needs it. Built once per file; each test makes its own records. */
export interface Subject {
  /** Signed in as the integration, over a gate wide enough that nothing but the simulator's own limits paces it. */
  readonly connector: Connector;
  /** The same connector with a token, password or secret that is wrong. */
  readonly wrongCredentials: Connector;
  /** The simulator's address, for /_sandbox/. */
  readonly sandboxUrl: string;
  /** The API's own name of an object of people. */
  readonly type: string;
  readonly fields: {
    /** A plain text field that may be empty. */
    readonly text: string;
    /** Another one. */
    readonly other: string;
    readonly email: string;
    /** The identity field: unique, external. */
    readonly identity: string;
  };
  /** Fields of a record that the system accepts, whose email is this one. */
  makeFields(email: string): RawFields;
  /** A value that the system refuses as too long, not an option, or malformed. */
  readonly refused: { readonly field: string; readonly value: string };
  /** A well-formed id of no record. */
  readonly missingId: string;
  /** Edits and deletes through the public API as the person. */
  edit(id: string, fields: RawFields): Promise<void>;
  remove(id: string): Promise<void>;
  /** Regular expressions of the paths that batches of writes and reads by id go to. */
  readonly writePath: string;
  readonly readPath: string;
  /** The vendor's code, for the sandbox's faults, of a limit on bursts. */
  readonly throttledCode: string;
  /** Whether a lookup by a field finds deleted records. */
  readonly findsDeleted: boolean;
  /** Whether `changesSince` shows deletions, and whether there is a history of fields. */
  readonly showsDeletions: boolean;
  readonly keepsHistory: boolean;
  close(): Promise<void>;
}

export const reading: CallContext = { class: 'live', purpose: 'read' };
export const writing: CallContext = { class: 'live', purpose: 'write' };

const post = async (subject: Subject, path: string, body: unknown): Promise<unknown> => {
  const response = await fetch(`${subject.sandboxUrl}/_sandbox${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST /_sandbox${path}: ${response.status} ${await response.text()}`);
  return await response.json();
};

/** Enters records as the person, outside limits and counters; their ids in order. */
export const load = async (subject: Subject, records: readonly RawFields[]): Promise<readonly string[]> => {
  const answer = (await post(subject, `/records/${subject.type}`, { records })) as { ids: readonly string[] };
  return answer.ids;
};

let lastNumber = 0;
/** An email that no other record of this run has. */
export const newEmail = (): string => {
  lastNumber += 1;
  return `conformance.${lastNumber}@example.org`;
};

/** One record with a new email and these fields besides. */
export const loadOne = async (subject: Subject, fields: RawFields = {}): Promise<string> => {
  const [id] = await load(subject, [{ ...subject.makeFields(newEmail()), ...fields }]);
  if (id === undefined) throw new Error('the sandbox gave no id for the record it was given');
  return id;
};

/** Plays one fault on the integration's calls to a path until it is cleared. */
export const playFault = async (subject: Subject, path: string, effect: object): Promise<void> => {
  await post(subject, '/faults', [{ match: { path, caller: 'integration' }, effect }]);
};
export const clearFaults = async (subject: Subject): Promise<void> => {
  await post(subject, '/faults', []);
};

/** Sets the simulator up for tests that are not about time: no latency, no limits. */
export const makeFast = async (subject: Subject): Promise<void> => {
  await post(subject, '/latency', { ms: 0, jitterMs: 0 });
  await post(subject, '/limits', { burst: null, search: null, daily: null, concurrent: null });
};
export const restoreLimits = async (subject: Subject): Promise<void> => {
  await post(subject, '/limits', { reset: true });
};

/** How many calls the integration has made so far. */
export const countCalls = async (subject: Subject): Promise<number> => {
  const response = await fetch(`${subject.sandboxUrl}/_sandbox/stats`);
  const stats = (await response.json()) as { calls: { byCaller: { integration?: number } } };
  return stats.calls.byCaller.integration ?? 0;
};
