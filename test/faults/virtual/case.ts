import type { LiveSignal } from '../../../src/model/live.ts';
import type { PairMapping } from '../../../src/model/mapping.ts';
import type { Link } from '../../../src/model/state.ts';
import type { System } from '../../../src/model/system.ts';
import type { MemoryStore } from '../../store/memory/memory-store.ts';
import type { RecordsOf } from '../chaos/oracle.ts';
import type { VirtualCompany } from './company.ts';
import type { Consents } from './consents.ts';
import type { Deals } from './deals.ts';
import type { Erasures } from './erasures.ts';
import type { Lag } from './lag.ts';
import type { PeopleRecords } from './people-records.ts';
import type { PersonEdit, Persons } from './persons.ts';

/** A field of a record, by the API's names. */
export interface Place {
  readonly id: string;
  readonly apiField: string;
}

/** What both systems hold at the end, each person or company one record on a side. */
export interface RecordsSeen {
  of(system: System): RecordsOf['records'];
  /** The id that a record goes by here. */
  idOf(id: string): string;
  /** The place that a field of a record goes by here. */
  placeOf(place: Place): Place;
  /** Everywhere that the same value stands or stood. */
  placesOf(place: Place): readonly Place[];
  /** By what records of one somebody find each other: an email, a domain. Null: who has none stays alone, by rule. */
  keyOf(fields: Readonly<Record<string, unknown>>): string | null;
}

/** Somebody's record that a person removed from a side. */
export interface Removed {
  readonly system: System;
  readonly id: string;
  readonly key: string;
  readonly at: number;
}

/** What persons did with records of a pair. */
export interface Book {
  readonly edits: readonly PersonEdit[];
  /** Keys about which the engine has to ask, or leaves them alone. */
  readonly odd: ReadonlySet<string>;
  /** When persons made records, by `system:id`. */
  readonly made: ReadonlyMap<string, number>;
  readonly removed: readonly Removed[];
}

/** One pair before the judge. */
export interface Case {
  readonly company: VirtualCompany;
  readonly store: MemoryStore;
  readonly pair: PairMapping;
  readonly lag: Lag;
  /** What live signals told the workers. */
  readonly heard: readonly LiveSignal[];
  readonly records: RecordsSeen;
  readonly book: Book;
}

/** The pair of people. */
export interface PeopleCase extends Case {
  readonly records: PeopleRecords;
  readonly persons: Persons;
  readonly consents: Consents;
  readonly erasures: Erasures;
  /** The contacts of whose erasure HubSpot told: it may have webhooks, and a delivery may be lost. */
  readonly toldErased: ReadonlySet<string>;
}

/** The pair of deals. */
export interface DealCase extends Case {
  readonly deals: Deals;
  readonly persons: Persons;
}

interface OfPair {
  readonly store: MemoryStore;
  readonly pair: Pick<PairMapping, 'name'>;
}

/** The pair's links, live and ended. */
export const linksOf = ({ store, pair }: OfPair): readonly Link[] =>
  [...store.state.links.values()].filter((link) => link.pair === pair.name);

export const liveLinksOf = (found: OfPair): readonly Link[] =>
  linksOf(found).filter(({ ended }) => ended === null);
