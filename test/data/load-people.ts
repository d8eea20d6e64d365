import { emailRules } from './email-rules.ts';
import { makePeople } from './people.ts';
import type { EmailRules, Entered, Person } from './person.ts';
import { enterRecords } from './sandbox-records.ts';
import { defaultDataDir, readSources } from './sources.ts';
import type { Truth, TruthChunk, TruthPerson } from './truth.ts';

export interface LoadOptions {
  /** Addresses of the two simulators, without a trailing slash. */
  readonly hubspot: string;
  readonly salesforce: string;
  readonly people: number;
  /** Decides everything; 1 where it is not given. */
  readonly seed?: number;
  readonly dataDir?: string;
  readonly rules?: EmailRules;
}

/** Records per call of the bulk load: some 300 KB, well under a server's usual limit of 1 MB. */
const chunkSize = 500;

function* chunksOf<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let chunk: T[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length === size) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

/** One side of the load: where, what is sent of a person, and the same without the address. */
interface Target {
  readonly base: string;
  readonly type: string;
  readonly record: (person: Person) => Entered | null;
  readonly emailField: string;
}

/** What became of a person's record on one side. */
interface Landed {
  readonly id: string | null;
  /** True where the system refused the address and took the record without it. */
  readonly withoutEmail: boolean;
}

const enter = (target: Target, records: readonly Entered[]): Promise<(string | null)[]> =>
  enterRecords(target.base, target.type, records);

/**
 * Enters one side's records of a chunk. Who is refused for an address that counts for nothing anyway is entered once more
 * without it, as whoever types it in would do; an address that counts is not given up so.
 */
const enterSide = async (
  target: Target,
  people: readonly Person[],
  rules: EmailRules,
): Promise<ReadonlyMap<string, Landed>> => {
  const present = people.flatMap((person) => {
    const entered = target.record(person);
    return entered === null ? [] : [{ key: person.key, entered }];
  });
  const ids = await enter(
    target,
    present.map(({ entered }) => entered),
  );
  const landed = new Map(present.map(({ key }, at) => [key, { id: ids[at] ?? null, withoutEmail: false }]));
  const again = present.filter(
    ({ key, entered }) => !landed.get(key)?.id && rules.key(entered[target.emailField]) === null,
  );
  const { emailField } = target;
  const laterIds = await enter(
    target,
    again.map(({ entered }) =>
      Object.fromEntries(Object.entries(entered).filter(([name]) => name !== emailField)),
    ),
  );
  again.forEach(({ key }, at) => {
    landed.set(key, { id: laterIds[at] ?? null, withoutEmail: true });
  });
  return landed;
};

/**
 * What is true once the systems have answered. A system that refuses the record of somebody who types it in refuses it from
 * Tandem too: the person stays on the other side alone, or, refused by the only one, is nowhere (null).
 */
const asEntered = (
  person: Person,
  hubspot: Landed | undefined,
  salesforce: Landed | undefined,
): TruthPerson | null => {
  const { key, expect, why } = person;
  const ids = { hubspot: hubspot?.id ?? null, salesforce: salesforce?.id ?? null };
  if (ids.hubspot === null && ids.salesforce === null) return null;
  const common = { person: key, ...ids, email: person.email };
  if (hubspot?.id === null) {
    return { ...common, expect: 'salesforce-only', why: `${why}; HubSpot refused it on entry` };
  }
  if (salesforce?.id === null) {
    return { ...common, expect: 'hubspot-only', why: `${why}; Salesforce refused it on entry` };
  }
  if (hubspot?.withoutEmail || salesforce?.withoutEmail) {
    return { ...common, expect, email: '', why: `${why}; entered without the address, which was refused` };
  }
  return { ...common, expect, why };
};

/**
 * Makes the people and enters them on both sides, chunk by chunk; each chunk yields what is true of it, ids filled in from
 * the simulators' answers. Throws SandboxError where a simulator cannot be reached or answers against the contract.
 */
export async function* loadPeople(options: LoadOptions): AsyncGenerator<TruthChunk> {
  const sources = readSources(options.dataDir ?? defaultDataDir);
  const { people, seed = 1, rules = emailRules } = options;
  const contacts: Target = {
    base: options.hubspot,
    type: 'contacts',
    record: ({ contact }) => contact,
    emailField: 'email',
  };
  const leads: Target = {
    base: options.salesforce,
    type: 'Lead',
    record: ({ lead }) => lead,
    emailField: 'Email',
  };
  for (const chunk of chunksOf(makePeople({ people, seed, sources, rules }), chunkSize)) {
    const hubspot = await enterSide(contacts, chunk, rules);
    const salesforce = await enterSide(leads, chunk, rules);
    const entered = chunk.flatMap(
      (person) => asEntered(person, hubspot.get(person.key), salesforce.get(person.key)) ?? [],
    );
    const apart: Truth['apart'] = chunk.flatMap(({ key, apartFrom }) =>
      apartFrom.map((other): [string, string] => [other, key]),
    );
    yield { people: entered, apart };
  }
}
