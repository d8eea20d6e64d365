import type { CountryCode } from 'libphonenumber-js/min';
import type { Sides } from '../../model/system.ts';
import type { RawValue, SideCodec } from '../../model/value.ts';
import type { ReferenceTable } from './reference.ts';

/** What a field's mapping may say about its kind. Which kinds take which option is in each kind's `options`. */
export interface CodecOptions {
  /** phone: the country of numbers written without a country code. */
  readonly country?: CountryCode;
  /** number, currency, percent: digits after the point that both sides keep; values are compared rounded to it. */
  readonly scale?: number;
  /** date: HubSpot keeps a moment, and the day is what the clocks of this zone show (Europe/Berlin). */
  readonly zone?: string;
  /** reference: what is referred to (owner, company …), and who is who there. */
  readonly of?: string;
  readonly references?: ReferenceTable;
  /** enum, multi-enum: HubSpot value → Salesforce value, blank: it says nothing; reference: owner → user or queue. */
  readonly values?: Readonly<Record<string, string>>;
  /** range: the options of HubSpot's property, ascending. */
  readonly ranges?: readonly string[];
  /** enum: further Salesforce values, and the HubSpot value that each is read as. */
  readonly also?: Readonly<Record<string, string>>;
}

export type CodecOption = Exclude<keyof CodecOptions, 'references'>;

/** A kind of value: how it is read, compared and written on either side. */
export interface CodecKind {
  /** The options it takes; any other one in the mapping is a finding. */
  readonly options: readonly CodecOption[];
  /** What its values are ordered by: decides which of the rules `highest`, `lowest` and `earliest` make sense. */
  readonly order: 'size' | 'time' | null;
  /** Whether a set, so that `union` makes sense. */
  readonly set: boolean;
  /** Whether both systems can be asked for records by such a value, so that it can be a match key. */
  readonly findable: boolean;
  make(options: CodecOptions): Sides<SideCodec>;
}

/** Most kinds: no options, no order, no set, not a match key. */
export const plainKind = { options: [], order: null, set: false, findable: false } as const;

/** What clears a field: HubSpot takes the empty string (a null is not documented), Salesforce null. */
export const clearedHubspot: RawValue = '';
export const clearedSalesforce: RawValue = null;
