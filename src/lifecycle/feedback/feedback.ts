import type { FeedbackRow } from '../../model/journeys.ts';
import type { RawFields, RawValue } from '../../model/value.ts';
import type { SeenRecord } from '../look/person.ts';

/** What reps say of a lead and of its market, by the field of Salesforce that says it (docs: the fields that Tandem owns). */
export const feedbackFields = {
  quality: 'Tandem_Quality__c',
  'good-because': 'Tandem_Good_Because__c',
  competitor: 'Tandem_Competitor__c',
  content: 'Tandem_Content_Feedback__c',
  'loss-reason': 'Tandem_Loss_Reason__c',
} as const;
export type FeedbackKind = keyof typeof feedbackFields;

/** A word of a rep, or that it was taken back (`value` null). */
export type SaidFeedback = Pick<FeedbackRow, 'record' | 'kind' | 'value' | 'at' | 'owner'>;

const textOf = (raw: RawValue | undefined): string | null => {
  const text = typeof raw === 'number' ? String(raw) : typeof raw === 'string' ? raw.trim() : '';
  return text === '' ? null : text;
};

const kinds = Object.entries(feedbackFields) as readonly (readonly [FeedbackKind, string])[];

/**
 * What a record says that it did not say before. Pure. `before`: its fields as they were looked at last; null where nobody looked, or at
 * another record: then everything that is there is said, and nothing is taken back; `unknown`: all of it as it stands, blanks too, and the store knows what
 * is news. A field that was not read says nothing.
 */
export const feedbackIn = (
  { ref, fields, stamp }: Pick<SeenRecord, 'ref' | 'fields' | 'stamp'>,
  before: RawFields | null | 'unknown',
): readonly SaidFeedback[] =>
  kinds.flatMap(([kind, name]): SaidFeedback[] => {
    if (!Object.hasOwn(fields, name)) return [];
    const value = textOf(fields[name]);
    if (before !== 'unknown' && value === textOf(before?.[name])) return [];
    return [{ record: ref.id, kind, value, at: stamp, owner: textOf(fields.OwnerId) }];
  });

/** HubSpot's `tandem_quality` knows these; another word would have the whole contact refused. */
const qualities: ReadonlySet<string> = new Set(['1', '2', '3', '4', '5']);

/** What stands in the records now of one kind: the newest word; null: it was taken back everywhere; undefined: nobody ever said any. */
const wordOf = (rows: readonly FeedbackRow[], kind: FeedbackKind): string | null | undefined => {
  const own = rows.filter((row) => row.kind === kind);
  if (own.length === 0) return undefined;
  const said = own.filter(({ value }) => value !== null);
  const newest = said.reduce<FeedbackRow | null>(
    (last, row) => (last === null || row.at >= last.at ? row : last),
    null,
  );
  return newest?.value ?? null;
};

/**
 * HubSpot's property for each kind that it shows as the rep said it; a text, whatever words a company's own list in Salesforce has. A loss reason is that of the deal
 * (deals/deals.ts).
 */
const textProperties = {
  'good-because': 'tandem_good_because',
  content: 'tandem_content_feedback',
  competitor: 'tandem_competitor',
} as const satisfies Partial<Record<FeedbackKind, string>>;

/** Kinds that HubSpot has a property for. */
export const shownKinds = [
  'quality',
  ...(Object.keys(textProperties) as readonly (keyof typeof textProperties)[]),
] as const satisfies readonly FeedbackKind[];

/** The properties that show what reps say. */
export const feedbackProperties: readonly string[] = ['tandem_quality', ...Object.values(textProperties)];

/**
 * The feedback that HubSpot's contact shows, of the last word in each of the person's records, in the order in which they were noted: of lead, contact and
 * deals the newest counts; Salesforce stamps by the second, so of two in one second that which was noted last. Pure.
 * A property of which nobody ever said anything is left out.
 */
export const feedbackValues = (rows: readonly FeedbackRow[]): RawFields => {
  const quality = wordOf(rows, 'quality');
  const texts = Object.entries(textProperties).flatMap(([kind, name]) => {
    const word = wordOf(rows, kind as FeedbackKind);
    return word === undefined ? [] : [[name, word] as const];
  });
  return {
    ...(quality === undefined
      ? {}
      : { tandem_quality: quality !== null && qualities.has(quality) ? quality : null }),
    ...Object.fromEntries(texts),
  };
};
