import type { LifeEventPolicies } from './life-events.ts';
import type { Sides, System } from './system.ts';
import type { RawFields, SideCodec } from './value.ts';

/** Which way a field may flow. */
export const directions = ['both', 'to-salesforce', 'to-hubspot'] as const;
export type Direction = (typeof directions)[number];

/** How a conflict (both sides changed, differently) is settled. The loser is always kept in the ledger. */
export const conflictRules = [
  'newest',
  'prefer-hubspot',
  'prefer-salesforce',
  'prefer-hubspot-unless-blank',
  'prefer-salesforce-unless-blank',
  'non-blank',
  'highest',
  'lowest',
  'earliest',
  'union',
  'hold',
] as const;
export type ConflictRule = (typeof conflictRules)[number];

/** What happens the first time two records meet and a field is filled differently on both sides (no base). */
export const firstRules = ['newest', 'prefer-hubspot', 'prefer-salesforce', 'union', 'hold'] as const;
export type FirstRule = (typeof firstRules)[number];

/** Whether a value that was emptied empties the other side: `clears`, or `keeps` what the other side has. */
export const blankRules = ['clears', 'keeps'] as const;
export type BlankRule = (typeof blankRules)[number];

/**
 * Which of several Salesforce records of one person or company is a link's primary one, where nothing else tells (a contact comes before a
 * lead, an open lead before a converted one): the one that was created first, or the one that people last worked on (LastActivityDate).
 */
export const primaryRules = ['oldest', 'most-recently-active'] as const;
export type PrimaryRule = (typeof primaryRules)[number];

/** Who or what entered a value. Sources of one rank are equals; a lower one never replaces what a higher one entered. */
export const sourceClasses = ['person', 'app', 'form', 'enrichment', 'import'] as const;
export type SourceClass = (typeof sourceClasses)[number];

/** What a person said, or what became of their address, that binds both systems: it gets no marketing email, no call, or bounces. */
export const consentNames = ['bounce', 'do-not-call', 'opt-out'] as const;
export type ConsentName = (typeof consentNames)[number];

/** Ranks of the sources of a pair. */
export interface SourceRanks {
  /** The higher, the more its word counts. */
  readonly rank: Readonly<Record<SourceClass, number>>;
  /** Sources the admin names: `SYSTEM:WORD`, `SYSTEM:WORD:ID` or `SYSTEM:ID`, to what they are. */
  readonly known: Readonly<Record<string, SourceClass>>;
}

/** When a field or many records are kept still because what happens to them is no work of a person. */
export interface BreakerLimits {
  /** A field that flips more often than this in so many minutes, no person involved, is parked. */
  readonly flap: { readonly flips: number; readonly minutes: number };
  /** More records than this, and more than this share of the pair's, changed so in so many minutes wait for a word. */
  readonly mass: {
    readonly records: number;
    readonly percent: number;
    readonly minutes: number;
    /** Which overwrites count: those with one value for all (alike), all, or none. Blanks and deletions always do. */
    readonly overwrites: 'alike' | 'all' | 'none';
    /** More records than this created in one system in so many minutes wait for a word, whatever their share: of one that is empty so far it says nothing. */
    readonly creations: number;
  };
}

export const breakerDefaults: BreakerLimits = {
  flap: { flips: 5, minutes: 10 },
  mass: { records: 50, percent: 5, minutes: 10, overwrites: 'alike', creations: 10_000 },
};

export interface FieldMapping {
  /** The field's name inside Tandem: the HubSpot property's. Key of the base. */
  readonly name: string;
  readonly fields: Sides<string>;
  readonly codecs: Sides<SideCodec>;
  /** Kind of value (text, email, phone, url, number …), for messages. */
  readonly kind: string;
  readonly direction: Direction;
  readonly conflict: ConflictRule;
  /** Which side wins when `newest` cannot tell. */
  readonly tie: System;
  readonly blank: BlankRule;
  readonly first: FirstRule;
  /** Value written at creation where the target requires one and the source is blank; decodes to blank, never flows back. */
  readonly fill: Partial<Sides<string>>;
  /** Fields of one group are settled together: in a conflict all come from the same side. */
  readonly group?: string;
  /** Consent: true on either side is true on both, whatever other rules say, and Tandem never takes it back. */
  readonly latch?: boolean;
  /** The fields that hold the currency's code, or the code itself where a side has but one: amounts in two currencies are not compared (model/currency.ts). */
  readonly currencyCodes?: Sides<string>;
  /** What a reference refers to: `owner`, or a pair by name; `values` are the admin's own words on who is who, `lines` where they stand. */
  readonly reference?: {
    readonly of: string;
    readonly values: Readonly<Record<string, string>>;
    readonly lines?: Readonly<Record<string, number>>;
  };
  /** It is no field of the record, but who is tied to it (contact roles). */
  readonly ties?: TieMapping;
  /** It is put together from two fields on each side, of which the second means nothing without the first: pipeline and stage. */
  readonly parts?: Sides<readonly [string, string]>;
  /** Of pipeline and stage: what there is, for checks. */
  readonly places?: readonly PlaceRow[];
  /** Of kind range: the options of HubSpot's property that the mapping lists, for checks. */
  readonly ranges?: readonly string[];
  /** Where it stands, for messages: line in the mapping file, from 1. */
  readonly line: number;
}

/** One pipeline of HubSpot, the record type that it is in Salesforce, and its stages. */
export interface PlaceRow {
  readonly pipeline: string;
  /** Null: records without a record type. */
  readonly recordType: string | null;
  /** HubSpot's stage to Salesforce's. */
  readonly stages: Readonly<Record<string, string>>;
  /** Further stages of Salesforce, and HubSpot's stage that each is read as. */
  readonly also: Readonly<Record<string, string>>;
}

/** The people that are tied to a record, as a field of it: its value is a set (model/tie-text.ts). */
export interface TieMapping {
  /** The pair whose records they are. */
  readonly of: string;
  /** The objects that they are of; a link whose record is of another (a lead) has no part in it yet. */
  readonly types: Sides<string>;
  /** Salesforce's object whose records the ties are: its change events tell that some have changed. */
  readonly records: string;
  /** HubSpot's label to Salesforce's role; the first one of a role is what it turns into. */
  readonly roles: Readonly<Record<string, string>>;
  /** HubSpot's label that stands for Salesforce's mark of the primary one; null: the mark is not aligned. */
  readonly primary: string | null;
}

/** The fields that a system itself knows by their names: ties, and what is put together, are none of them. */
export const plainFields = (pair: Pick<PairMapping, 'fields'>): readonly FieldMapping[] =>
  pair.fields.filter(({ ties, parts }) => ties === undefined && parts === undefined);

/** The names by which a system itself knows a field: none of ties, two of what is put together. */
export const apiFieldsOf = (
  { fields, ties, parts }: Pick<FieldMapping, 'fields' | 'ties' | 'parts'>,
  system: System,
): readonly string[] => (ties ? [] : (parts?.[system] ?? [fields[system]]));

export type ComposedField = FieldMapping & { readonly parts: Sides<readonly [string, string]> };

/** The fields of a pair that are put together. */
export const composedFields = (pair: Pick<PairMapping, 'fields'>): readonly ComposedField[] =>
  pair.fields.filter((field): field is ComposedField => field.parts !== undefined);

/** Whether a pair is that of contacts and leads: the people whom the lifecycle is about. */
export const isPeople = ({ types }: Pick<PairMapping, 'types'>): boolean =>
  types.hubspot === 'contacts' && types.salesforce === 'Lead';

/** Whether a pair is that of companies and accounts. */
export const isCompanies = ({ types }: Pick<PairMapping, 'types'>): boolean =>
  types.hubspot === 'companies' && types.salesforce === 'Account';

/** The fields of a pair that are ties. */
export const tieFields = (
  pair: Pick<PairMapping, 'fields'>,
): readonly (FieldMapping & { readonly ties: TieMapping })[] =>
  pair.fields.filter(
    (field): field is FieldMapping & { readonly ties: TieMapping } => field.ties !== undefined,
  );

/** What a reference to owners is called in `of`; any other word there is a pair's name. */
export const ownerReference = 'owner';

/** A match key: records whose values decode to the same key are candidates for one another. */
export interface MatchRule {
  readonly fields: Sides<string>;
  /** The field of a side in which a record has further values of the key (model/additional-keys.ts): any of them leads to it. */
  readonly more?: Partial<Sides<string>>;
  readonly codecs: Sides<SideCodec>;
  readonly kind: string;
}

/** Which records of one side take part: an expression over their fields. */
export interface ScopeRule {
  /** As it stands in the mapping, for messages. */
  readonly text: string;
  /** API names of the fields that it names: they are read beside the mapped ones. */
  readonly fields: readonly string[];
  /** Line in the mapping file, from 1. */
  readonly line: number;
  /** Whether a record with these fields takes part. Pure; one for which the expression has no answer does not. */
  readonly admits: (fields: RawFields) => boolean;
}

/** Which of those who are missing in Salesforce are created as converted records at once (a contact, and no lead before). */
export interface ConvertedRule {
  /** As it stands in the mapping, for messages and the ledger. */
  readonly text: string;
  /** HubSpot properties that it names: they are read beside the mapped ones. */
  readonly fields: readonly string[];
  /** Fields of the converted record that it names as `converted.FIELD`, by API name. */
  readonly converted: readonly string[];
  /** Line in the mapping file, from 1. */
  readonly line: number;
  /** Whether it holds for HubSpot's fields and for what a converted record would be created with. Pure; without an answer it does not. */
  readonly holds: (fields: RawFields, converted: RawFields) => boolean;
}

/**
 * Whether a record without counterpart is created on this side: for everyone with a valid match key, for every record, once the lifecycle hands
 * the person to sales (Salesforce alone), or never.
 */
export const createRules = ['matchable', 'always', 'sales-ready', 'never'] as const;
export type CreateRule = (typeof createRules)[number];

/**
 * What is done where a duplicate rule of Salesforce warns that a record may be there already: a person is asked (of an update: told), or it is
 * saved all the same. A rule that blocks is never passed.
 */
export const duplicateChoices = ['review', 'save'] as const;
export type DuplicateChoice = (typeof duplicateChoices)[number];

/**
 * A record that is converted lives on as a record of another object (a lead as its contact). `form` is the same pair as it stands
 * for those: their object and field names; fields that have no counterpart there are left out, so that their base is kept.
 */
export interface Conversion {
  /** The field of the first object that is true once a record was converted. */
  readonly flag: string;
  readonly form: PairMapping;
  /** Who is missing and is created as a converted record at once; absent: nobody. */
  readonly creates?: ConvertedRule;
}

/** A pair of objects, as its mapping file says it, checked. */
export interface PairMapping {
  /** Name of the pair: the mapping's `object`. */
  readonly name: string;
  /** The file it was read from, for messages. */
  readonly file: string;
  readonly types: Sides<string>;
  /** Where records of the Salesforce object can be converted into another one, how that is seen and aligned. */
  readonly conversion?: Conversion;
  /** The identity field on each side, holding the other side's id. */
  readonly identity: Sides<string>;
  /** Line of `identity` in the file, from 1, for messages. */
  readonly identityLine?: number;
  readonly match: readonly MatchRule[];
  /**
   * HubSpot properties in which HubSpot's own Salesforce integration left the id of the Salesforce record, and their line in the file, from 1.
   * Whom they name comes before the match keys. Absent: they are not read.
   */
  readonly native?: { readonly fields: readonly string[]; readonly line: number };
  readonly create: Sides<CreateRule>;
  /** Absent: `oldest`. */
  readonly primary?: PrimaryRule;
  /** Absent: `review`. */
  readonly duplicates?: DuplicateChoice;
  readonly fields: readonly FieldMapping[];
  /**
   * The lifecycle looks at the people of this pair: every change of theirs is told to it, and these fields (API names) are heard of live beside
   * the aligned ones.
   */
  readonly watched?: Sides<readonly string[]>;
  /** HubSpot properties that say when somebody asked for something by themselves: who did so a moment ago is looked at before all others. */
  readonly pressing?: readonly string[];
  /** The lifecycle hears of these fields alone, and live; what else happens to these records it asks for itself. */
  readonly watchedAlone?: true;
  /** Who takes part; a side without rule: everyone. */
  readonly scope?: Partial<Sides<ScopeRule>>;
  /** Absent: all sources are equals. */
  readonly sources?: SourceRanks;
  /** Absent: `breakerDefaults`. */
  readonly breakers?: BreakerLimits;
  /** Pairs whose records name records of this one among their contact roles. */
  readonly rolesIn?: readonly string[];
  /** Absent: `lifeEventDefaults`. */
  readonly lifeEvents?: LifeEventPolicies;
  /** Line of `lifeEvents` in the file, from 1, for messages. */
  readonly lifeEventsLine?: number;
  /** Consents that the company decided not to carry over, and the line that says so, from 1. Absent: none. */
  readonly consentNowhere?: { readonly names: readonly ConsentName[]; readonly line: number };
}

/** The objects of one side of a pair, the one in which records are created first. */
export const typesOn = (
  pair: Pick<PairMapping, 'types' | 'conversion'>,
  system: System,
): readonly string[] => {
  const later = pair.conversion?.form.types[system];
  return later === undefined || later === pair.types[system]
    ? [pair.types[system]]
    : [pair.types[system], later];
};

/** Every form of a pair, its own first. */
export const formsOf = (pair: PairMapping): readonly PairMapping[] =>
  pair.conversion ? [pair, pair.conversion.form] : [pair];

/** The pair as it stands for records of this object: its own form, or that of converted ones. */
export const formFor = (pair: PairMapping, system: System, type: string): PairMapping =>
  formsOf(pair).find(({ types }) => types[system] === type) ?? pair;

/** HubSpot's properties that show a record's primary company, by object; they are read-only: the association itself is written. */
const primaryCompanyProperties: Readonly<Record<string, string>> = {
  contacts: 'associatedcompanyid',
  deals: 'hs_primary_associated_company',
  tickets: 'hs_primary_associated_company',
};

/** Whether this property shows an association of a record of this object. */
export const showsAssociation = (hubspotType: string, apiField: string): boolean =>
  primaryCompanyProperties[hubspotType] === apiField;

/** The object that those properties show. */
export const primaryAssociationType = 'companies';

/** Whether HubSpot keeps this reference as an association whose primary one a property shows. */
export const isPrimaryAssociation = (
  hubspotType: string,
  field: Pick<FieldMapping, 'fields' | 'reference'>,
): boolean => field.reference !== undefined && showsAssociation(hubspotType, field.fields.hubspot);
