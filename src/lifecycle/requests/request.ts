import type { System } from '../../model/system.ts';
import type { RawFields } from '../../model/value.ts';

/** What reps and marketers can ask for: the values of `Tandem_Request__c` and `tandem_request` (docs: the fields that Tandem owns). */
export const requestWords = [
  'Enroll in program',
  'Remove from campaigns',
  'Set stage',
  'Name a prospect',
  'Ask for a lead back',
  'Hold',
] as const;
export type RequestWord = (typeof requestWords)[number];

/** The fields by which each system asks, and where it is answered. */
export const requestFields = {
  hubspot: { word: 'tandem_request', detail: 'tandem_request_detail', result: 'tandem_request_result' },
  salesforce: {
    word: 'Tandem_Request__c',
    detail: 'Tandem_Request_Detail__c',
    result: 'Tandem_Request_Result__c',
  },
} as const satisfies Readonly<Record<System, Readonly<Record<'word' | 'detail' | 'result', string>>>>;

/**
 * Where somebody asks: the contact in HubSpot, the lead or contact in Salesforce, a deal of theirs by the opportunity's id, or a campaign whose members
 * are prospects, by the member's id.
 */
export type RequestPlace = System | `deal:${string}` | `campaign:${string}`;

const dealPrefix = 'deal:';
export const dealPlace = (id: string): RequestPlace => `deal:${id}`;
/** The opportunity of a place; null where it is none. */
export const dealOf = (place: string): string | null =>
  place.startsWith(dealPrefix) ? place.slice(dealPrefix.length) : null;
const campaignPrefix = 'campaign:';
export const campaignPlace = (member: string): RequestPlace => `campaign:${member}`;
/** Names the request of a member for good: one prospect is named once by it. */
export const campaignKey = (member: string): string => `request/salesforce:${member}/1`;
export const isCampaign = (place: string): boolean => place.startsWith(campaignPrefix);
export const systemOf = (place: RequestPlace): System => (place === 'hubspot' ? 'hubspot' : 'salesforce');

/** A request as it stands in the fields of a record. */
export interface RequestText {
  readonly word: string;
  readonly detail: string;
}

/** What is to be done for a request: known once the stage machine has looked at it. */
export type RequestPlan =
  | { readonly kind: 'join'; readonly program: string }
  | { readonly kind: 'leave'; readonly programs: readonly string[] }
  /** It is done, or refused, already: only these words are missing. */
  | { readonly kind: 'say'; readonly text: string }
  /** It comes back again and again: said once, and left where it is until a person takes it away. */
  | { readonly kind: 'stop'; readonly text: string };

/** A request of the last minutes, by which one that comes back by itself is known. */
export interface RecentRequest extends RequestText {
  readonly at: number;
}

/** The newest request that was seen in a place, so that it is done once however often the record is looked at. */
export interface SeenRequest extends RequestText {
  /** Names it for good: record, stamp, and which one of that stamp. */
  readonly key: string;
  /** The record's stamp at the look that saw it. */
  readonly stamp: number;
  readonly number: number;
  /** open: under way · answered: done, and emptied · gone: a look saw the field empty · stopped: it came too often, and stays until somebody takes it away */
  readonly state: 'open' | 'answered' | 'gone' | 'stopped';
  /** Those of the last minutes in this place, this one among them; absent: of before they were counted. */
  readonly recent?: readonly RecentRequest[];
  readonly plan: RequestPlan;
}

const textOf = (fields: RawFields, name: string): string => {
  const raw = fields[name];
  return typeof raw === 'string' ? raw.trim() : '';
};

/** The request in a record's fields; null: nobody asks for anything. Pure. */
export const requestIn = (system: System, fields: RawFields): RequestText | null => {
  const { word, detail } = requestFields[system];
  const text = textOf(fields, word);
  return text === '' ? null : { word: text, detail: textOf(fields, detail) };
};

/** Two texts that people take for the same: case, blanks and hyphens do not count. */
export const isSameText = (a: string, b: string): boolean => plain(a) === plain(b);
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ')
    .trim();

/** The request that a text means; null: none of the list. */
export const requestWordOf = ({ word }: RequestText): RequestWord | null =>
  requestWords.find((each) => isSameText(each, word)) ?? null;
