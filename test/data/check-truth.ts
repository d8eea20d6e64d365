import type { System } from '../../src/model/system.ts';
import { otherSystem, systemLabel, systems } from '../../src/model/system.ts';
import { emailRules } from './email-rules.ts';
import type { EmailKey } from './person.ts';
import { readRecords } from './sandbox-records.ts';
import { type SeenRecord, seenContact, seenLead } from './seen-record.ts';
import type { Truth, TruthPerson } from './truth.ts';

/** The live records of one system, found by id and by address. */
interface Side {
  readonly byId: Map<string, SeenRecord>;
  readonly byEmail: Map<string, SeenRecord[]>;
  /** Which person each record was found for. */
  readonly owners: Map<string, string>;
}

/** The one record of a person on each side, where there is exactly one. */
type Found = Record<System, SeenRecord | null>;

const indexSide = (records: Iterable<SeenRecord | null>, key: EmailKey): Side => {
  const side: Side = { byId: new Map(), byEmail: new Map(), owners: new Map() };
  for (const record of records) {
    if (record === null) continue;
    side.byId.set(record.id, record);
    const email = key(record.email);
    if (email !== null) side.byEmail.set(email, [...(side.byEmail.get(email) ?? []), record]);
  }
  return side;
};

const mustBeOn = (person: TruthPerson, system: System): boolean =>
  person.expect === 'both' || person.expect === `${system}-only`;

/** Every record that is this person's: the one entered, and all with the address. */
const recordsOf = (person: TruthPerson, system: System, side: Side, key: EmailKey): SeenRecord[] => {
  const entered = person[system] === null ? undefined : side.byId.get(person[system]);
  const email = key(person.email);
  const found = email === null ? [] : (side.byEmail.get(email) ?? []);
  return entered === undefined || found.includes(entered) ? found : [entered, ...found];
};

const ids = (records: readonly SeenRecord[]): string => records.map(({ id }) => id).join(', ');

function* checkSide(
  person: TruthPerson,
  system: System,
  records: readonly SeenRecord[],
  side: Side,
): Generator<string> {
  const where = systemLabel[system];
  const who = `${person.person} (${person.why})`;
  const entered = person[system];
  if (entered !== null && !side.byId.has(entered)) {
    yield `${who}: the record entered in ${where}, ${entered}, is gone`;
  }
  if (!mustBeOn(person, system) && records.length > 0) {
    yield `${who}: must not be in ${where}, and is there as ${ids(records)}`;
  }
  if (mustBeOn(person, system) && records.length === 0) yield `${who}: is missing in ${where}`;
  if (mustBeOn(person, system) && records.length > 1) {
    yield `${who}: is ${records.length} times in ${where}: ${ids(records)}`;
  }
  for (const { id } of records) {
    const owner = side.owners.get(id);
    if (owner === undefined) side.owners.set(id, person.person);
    else yield `${where} ${id} stands for two people: ${owner} and ${person.person}`;
  }
}

/** The first 15 characters name a Salesforce record; the other three only repeat their case. */
const sameId = (system: System, a: string, b: string): boolean =>
  system === 'salesforce' ? a.slice(0, 15) === b.slice(0, 15) : a === b;

/** The identity fields must point at one another, and at nobody where the person stays alone. */
function* checkPointers(person: TruthPerson, found: Found): Generator<string> {
  for (const system of systems) {
    const record = found[system];
    if (record === null) continue;
    const other = otherSystem(system);
    const wanted = person.expect === 'both' ? (found[other]?.id ?? null) : null;
    // A duplicate or a missing record is reported already, and leaves nothing to point at.
    if (person.expect === 'both' && wanted === null) continue;
    const right = wanted === null ? record.pointsTo === null : sameId(other, record.pointsTo ?? '', wanted);
    if (!right) {
      yield `${person.person} (${person.why}): ${systemLabel[system]} ${record.id} points to ${record.pointsTo ?? 'nobody'} in ${systemLabel[other]}, and should to ${wanted ?? 'nobody'}`;
    }
  }
}

function* checkApart(truth: Truth, foundOf: ReadonlyMap<string, Found>): Generator<string> {
  for (const [a, b] of truth.apart) {
    const left = foundOf.get(a);
    const right = foundOf.get(b);
    // One of them was refused on entry: there is nobody to be taken for.
    if (left === undefined || right === undefined) continue;
    for (const system of systems) {
      const other = otherSystem(system);
      for (const [own, stranger, who] of [
        [left[system], right[other], `${a} and ${b}`],
        [right[system], left[other], `${b} and ${a}`],
      ] as const) {
        if (own?.pointsTo && stranger && sameId(other, own.pointsTo, stranger.id)) {
          yield `${who} must stay apart, and ${systemLabel[system]} ${own.id} points to ${systemLabel[other]} ${stranger.id}`;
        }
      }
      if (left[system] !== null && left[system] === right[system]) {
        yield `${a} and ${b} must stay apart, and are one record in ${systemLabel[system]}: ${left[system].id}`;
      }
    }
  }
}

const checkSeen = (truth: Truth, sides: Record<System, Side>, key: EmailKey): string[] => {
  const violations: string[] = [];
  const foundOf = new Map<string, Found>();
  for (const person of truth.people) {
    const found: Found = { hubspot: null, salesforce: null };
    for (const system of systems) {
      const records = recordsOf(person, system, sides[system], key);
      violations.push(...checkSide(person, system, records, sides[system]));
      found[system] = records.length === 1 ? (records[0] ?? null) : null;
    }
    foundOf.set(person.person, found);
    violations.push(...checkPointers(person, found));
  }
  violations.push(...checkApart(truth, foundOf));
  for (const system of systems) {
    for (const id of sides[system].byId.keys()) {
      if (!sides[system].owners.has(id)) violations.push(`${systemLabel[system]} ${id} belongs to no person`);
    }
  }
  return violations;
};

/**
 * Holds what both systems contain against the truth; the answer is a list of violations in words, empty where all is well:
 * everybody exactly once where expected (by address and by the ids entered), linked to themselves and nobody else, nothing
 * made for those who stay alone, no record without a person. Records are raw, as `/_sandbox/records` gives them; Salesforce's
 * may be leads and contacts together. Values are never part of a message.
 */
export const checkTruth = (
  truth: Truth,
  hubspotRecords: Iterable<unknown>,
  salesforceRecords: Iterable<unknown>,
  key: EmailKey = emailRules.key,
): string[] =>
  checkSeen(
    truth,
    {
      hubspot: indexSide(Array.from(hubspotRecords, seenContact), key),
      salesforce: indexSide(Array.from(salesforceRecords, seenLead), key),
    },
    key,
  );

const readSeen = async (
  base: string,
  types: readonly string[],
  see: (raw: unknown) => SeenRecord | null,
): Promise<(SeenRecord | null)[]> => {
  const seen: (SeenRecord | null)[] = [];
  for (const type of types) {
    for await (const page of readRecords(base, type)) seen.push(...page.map(see));
  }
  return seen;
};

/** checkTruth on two running simulators, reading page by page; holds id, address and pointer of each record, no more. */
export const checkSandbox = async (
  truth: Truth,
  urls: Readonly<Record<System, string>>,
  key: EmailKey = emailRules.key,
): Promise<string[]> => {
  const hubspot = indexSide(await readSeen(urls.hubspot, ['contacts'], seenContact), key);
  const salesforce = indexSide(await readSeen(urls.salesforce, ['Lead', 'Contact'], seenLead), key);
  return checkSeen(truth, { hubspot, salesforce }, key);
};
