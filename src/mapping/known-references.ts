import type { Sides, System } from '../model/system.ts';
import type { ReferenceTable } from './codecs/reference.ts';

/** Pairs kept of one table: what a batch of work refers to is a small part of it, and is learned anew with each read. */
const pairsMax = 100_000;

/** A map that forgets what it was told first when it is full. */
class Bounded {
  readonly #values = new Map<string, string>();

  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: string): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size <= pairsMax) return;
    for (const oldest of this.#values.keys()) {
      this.#values.delete(oldest);
      return;
    }
  }

  delete(key: string): void {
    this.#values.delete(key);
  }

  clear(): void {
    this.#values.clear();
  }
}

/** Strangers kept of one table; more of them say nothing that these do not. */
const strangersMax = 10_000;

/** All of a table at once; ids of Salesforce but for `pairs`. */
export interface KnownTable {
  readonly pairs: readonly Sides<string>[];
  /** Who stands for nobody. */
  readonly nobodies?: readonly string[];
  /** Who is read as another: a queue as the user in whose place it holds records. */
  readonly followers?: readonly { readonly id: string; readonly primary: string }[];
  /** Who is written in the place of another. */
  readonly written?: readonly { readonly key: string; readonly id: string }[];
}

class Table implements ReferenceTable {
  readonly hubspot = new Bounded();
  readonly salesforce = new Bounded();
  /** Salesforce ids of followers, to their primary record's. */
  readonly followers = new Bounded();
  /** Ids that were asked for and are nobody's: since the table was replaced, and before that. */
  readonly strangers = new Set<string>();
  knownStrangers: ReadonlySet<string> = new Set();

  toSalesforce(hubspotId: string): string | undefined {
    return this.#found(hubspotId, this.hubspot.get(hubspotId));
  }

  toHubspot(salesforceId: string): string | undefined {
    return this.#found(salesforceId, this.salesforce.get(salesforceId));
  }

  #found(id: string, counterpart: string | undefined): string | undefined {
    if (counterpart === undefined && this.strangers.size < strangersMax) this.strangers.add(id);
    return counterpart;
  }

  primaryOf(salesforceId: string): string | undefined {
    return this.followers.get(salesforceId);
  }

  /** Users in whose place a queue is written. */
  readonly written = new Map<string, string>();

  writtenFor(salesforceId: string): string | undefined {
    return this.written.get(salesforceId);
  }

  readonly nobodies = new Set<string>();

  isNobody(salesforceId: string): boolean {
    return this.nobodies.has(salesforceId);
  }

  learn({ hubspot, salesforce }: Sides<string>): void {
    this.hubspot.set(hubspot, salesforce);
    this.salesforce.set(salesforce, hubspot);
    this.followers.delete(salesforce);
  }

  forget(system: System, id: string): void {
    if (system === 'salesforce') this.followers.delete(id);
    const other = this[system].get(id);
    this[system].delete(id);
    const back = system === 'hubspot' ? this.salesforce : this.hubspot;
    if (other !== undefined && back.get(other) === id) back.delete(other);
  }

  replace({ pairs, nobodies = [], followers = [], written = [] }: KnownTable): void {
    this.knownStrangers = new Set(this.strangers);
    this.strangers.clear();
    this.nobodies.clear();
    for (const id of nobodies) this.nobodies.add(id);
    this.hubspot.clear();
    this.salesforce.clear();
    this.followers.clear();
    this.written.clear();
    for (const pair of pairs) this.learn(pair);
    for (const { id, primary } of followers) this.followers.set(id, primary);
    for (const { key, id } of written) this.written.set(key, id);
  }
}

/** No pair's name has a space in it (mapping/file-shape.ts). */
const tableName = (of: string, type?: string): string => (type === undefined ? of : `${of} ${type}`);

/**
 * Who is who, as far as it is known at present: links of other pairs and owners. The codecs of kind reference read it whenever a value is
 * decoded; whoever reads records or owners fills it before (sync/reference-system.ts, commands/run/owners.ts). Ids of Salesforce have 18 characters.
 */
export class KnownReferences {
  readonly #tables = new Map<string, Table>();

  /** Who is who; of owners by the object of Salesforce that they own (`type`), since a queue owns records of its own objects alone. */
  table(of: string, type?: string): ReferenceTable {
    return this.#table(tableName(of, type));
  }

  /** These are each other's counterparts. */
  learn(of: string, pair: Sides<string>): void {
    this.#table(of).learn(pair);
  }

  /** This Salesforce record follows that one: a reference to either means the same record of HubSpot. */
  follow(of: string, id: string, primary: string): void {
    this.#table(of).followers.set(id, primary);
  }

  /** This record has no counterpart (any more). */
  forget(of: string, system: System, id: string): void {
    this.#table(of).forget(system, id);
  }

  /** These and no others. */
  replace(of: string, known: KnownTable, type?: string): void {
    this.#table(tableName(of, type)).replace(known);
  }

  /** What was asked for since the table was replaced and is in it under no id: nobody, those who were strangers before, or others. */
  strangers(of: string): 'none' | 'known' | 'new' {
    const tables = [...this.#tables].flatMap(([name, table]) =>
      name === of || name.startsWith(tableName(of, '')) ? [table] : [],
    );
    if (tables.every(({ strangers }) => strangers.size === 0)) return 'none';
    const isNew = ({ strangers, knownStrangers }: Table): boolean =>
      [...strangers].some((id) => !knownStrangers.has(id));
    return tables.some(isNew) ? 'new' : 'known';
  }

  #table(of: string): Table {
    const known = this.#tables.get(of) ?? new Table();
    this.#tables.set(of, known);
    return known;
  }
}
