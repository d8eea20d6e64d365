import type { System } from '../../model/system.ts';
import type { RawFields } from '../../model/value.ts';

/** What reps and marketers can ask for: the values of `Tandem_Request__c` and `tandem_request` (docs: the fields that Tandem owns). */
export const requestWords = [
  'Enroll in program',
  'Remove from campaigns',
  'Set stage',
  'Name a prospect',
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
  | { readonly kind: 'say'; readonly text: string };

/** The newest request that was seen on a side, so that it is done once however often the record is looked at. */
export interface SeenRequest extends RequestText {
  /** Names it for good: record, stamp, and which one of that stamp. */
  readonly key: string;
  /** The record's stamp at the look that saw it. */
  readonly stamp: number;
  readonly number: number;
  /** open: under way · answered: done, and emptied · gone: a look saw the field empty */
  readonly state: 'open' | 'answered' | 'gone';
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
