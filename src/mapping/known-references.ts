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

  replace(pairs: readonly Sides<string>[], nobodies: readonly string[]): void {
    this.knownStrangers = new Set(this.strangers);
    this.strangers.clear();
    this.nobodies.clear();
    for (const id of nobodies) this.nobodies.add(id);
    this.hubspot.clear();
    this.salesforce.clear();
    this.followers.clear();
    for (const pair of pairs) this.learn(pair);
  }
}

/**
 * Who is who, as far as it is known at present: links of other pairs and owners. The codecs of kind reference read it whenever a value is
 * decoded; whoever reads records or owners fills it before (sync/reference-system.ts, commands/run/owners.ts). Ids of Salesforce have 18 characters.
 */
export class KnownReferences {
  readonly #tables = new Map<string, Table>();

  table(of: string): ReferenceTable {
    return this.#table(of);
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

  /** These and no others; `nobodies` are records of Salesforce that stand for nobody. */
  replace(of: string, pairs: readonly Sides<string>[], nobodies: readonly string[] = []): void {
    this.#table(of).replace(pairs, nobodies);
  }

  /** What was asked for since the table was replaced and is in it under no id: nobody, those who were strangers before, or others. */
  strangers(of: string): 'none' | 'known' | 'new' {
    const { strangers, knownStrangers } = this.#table(of);
    if (strangers.size === 0) return 'none';
    return [...strangers].some((id) => !knownStrangers.has(id)) ? 'new' : 'known';
  }

  #table(of: string): Table {
    const known = this.#tables.get(of) ?? new Table();
    this.#tables.set(of, known);
    return known;
  }
}
