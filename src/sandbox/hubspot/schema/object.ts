import type { PropertyDefinition } from './property.ts';

export interface PropertyGroup {
  readonly name: string;
  readonly label: string;
}

/** A kind of record as data; a new object is one more of these. */
export interface ObjectDefinition {
  /** The API's own name: `contacts`. */
  readonly name: string;
  readonly singular: string;
  /** `0-1`; paths accept it in place of the name. */
  readonly typeId: string;
  /** Returned where a request names no properties. */
  readonly defaultProperties: readonly string[];
  /** `lastmodifieddate` for contacts, `hs_lastmodifieddate` for everything else. */
  readonly modifiedProperty: string;
  readonly createdProperty: string;
  /** What `query` of a search looks through. */
  readonly queryProperties: readonly string[];
  /** At least one of these is needed to create; empty: none is. */
  readonly requiredAnyOf: readonly string[];
  /** All of these are needed to create. */
  readonly requiredAllOf?: readonly string[];
  /** What a new record has in a property that its creator left blank: a value, or that of another property. */
  readonly defaults?: Readonly<Record<string, { readonly value: string } | { readonly from: string }>>;
  /** A deleted record is gone at once: no archive has it, nobody restores it. */
  readonly deletesForGood?: true;
  /** Properties that no search filters by. */
  readonly unsearchable?: readonly string[];
  /** The property that identifies by email, with those that hold further emails of the same record. */
  readonly email: { readonly primary: string; readonly additional: string } | null;
  /** The property with a company's domain, and the one with its other domains; neither is unique. */
  readonly domain?: { readonly primary: string; readonly additional: string };
  /** The stage property that only moves forward, and its value on create. */
  readonly lifecycle: { readonly property: string; readonly initial: string } | null;
  /** The properties that place a record in a pipeline. */
  readonly pipeline?: { readonly property: string; readonly stage: string };
  /** Holds the id of the record's primary company, for objects that have one. */
  readonly primaryCompanyProperty?: string;
  /** Properties by whose value records are looked up inside the portal, though it need not be unique. */
  readonly lookups?: readonly string[];
  readonly groups: readonly PropertyGroup[];
  readonly properties: readonly PropertyDefinition[];
}
