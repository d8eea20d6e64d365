import { emailRules } from './email-rules.ts';
import { makePeople } from './people.ts';
import type { EmailRules, Person } from './person.ts';
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

/** Enters one side's records of a chunk and says for each person key which id it has there, null where it was refused. */
const enterSide = async (
  base: string,
  type: string,
  people: readonly Person[],
  record: (person: Person) => object | null,
): Promise<ReadonlyMap<string, string | null>> => {
  const present = people.flatMap((person) => {
    const made = record(person);
    return made === null ? [] : [{ key: person.key, made }];
  });
  const ids = await enterRecords(
    base,
    type,
    present.map(({ made }) => made),
  );
  return new Map(present.map(({ key }, at) => [key, ids[at] ?? null]));
};

/**
 * What is true once the systems have answered. A system that refuses the record of somebody who types it in refuses it from
 * Tandem too: the person stays on the other side alone, or, refused by the only one, is nowhere (null).
 */
const asEntered = (person: Person, hubspot: string | null, salesforce: string | null): TruthPerson | null => {
  const { key, email, expect, why } = person;
  const common = { person: key, hubspot, salesforce, email };
  const hubspotRefused = person.contact !== null && hubspot === null;
  const salesforceRefused = person.lead !== null && salesforce === null;
  if (hubspot === null && salesforce === null) return null;
  if (hubspotRefused)
    return { ...common, expect: 'salesforce-only', why: `${why}; HubSpot refused it on entry` };
  if (salesforceRefused)
    return { ...common, expect: 'hubspot-only', why: `${why}; Salesforce refused it on entry` };
  return { ...common, expect, why };
};

/**
 * Makes the people and enters them on both sides, chunk by chunk; each chunk yields what is true of it, ids filled in from
 * the simulators' answers. Throws SandboxError where a simulator cannot be reached or answers against the contract.
 */
export async function* loadPeople(options: LoadOptions): AsyncGenerator<TruthChunk> {
  const sources = readSources(options.dataDir ?? defaultDataDir);
  const { people, seed = 1, rules = emailRules } = options;
  for (const chunk of chunksOf(makePeople({ people, seed, sources, rules }), chunkSize)) {
    const hubspot = await enterSide(options.hubspot, 'contacts', chunk, (person) => person.contact);
    const salesforce = await enterSide(options.salesforce, 'Lead', chunk, (person) => person.lead);
    const entered = chunk.flatMap((person) => {
      const ids = [hubspot.get(person.key) ?? null, salesforce.get(person.key) ?? null] as const;
      return asEntered(person, ...ids) ?? [];
    });
    const apart: Truth['apart'] = chunk.flatMap(({ key, apartFrom }) =>
      apartFrom.map((other): [string, string] => [other, key]),
    );
    yield { people: entered, apart };
  }
}
