import type { CallContext } from '../../../model/budget.ts';
import type { FoundActivity, WantedEngagement } from '../../../model/engagement.ts';
import { batchRead } from '../batch-read.ts';
import type { HubSpotHttp } from '../http.ts';
import { readLinks } from '../read-ties.ts';
import type { HubSpotRecord } from '../wire.ts';

/** Of one person and object so many are read, the newest by id: ids grow. */
const perPersonMax = 50;
const noteCharsMax = 10_000;

/**
 * HubSpot's own outcomes of calls, by their ids; an account's own have others, and are left out
 * (https://developers.hubspot.com/docs/api-reference/crm-calls-v3/guide).
 */
const callOutcomes: Readonly<Record<string, string>> = {
  'f240bbac-87c9-4f6e-bf70-924b57d47db7': 'Connected',
  '9d9162e7-6cf3-4944-bf63-4dff82258764': 'Busy',
  '73a0d17f-1163-4015-bdd5-ec830791da20': 'No answer',
  'b2cf5968-551e-4856-9783-52b3da59a7d0': 'Left voicemail',
  'a4c4c377-d246-4b32-a13b-75a56a4cd0ff': 'Left live message',
  '17b47fee-58de-441e-a44c-c6300d46f273': 'Wrong number',
};

type Properties = HubSpotRecord['properties'];
const text = (properties: Properties, name: string): string => properties[name]?.trim() ?? '';
const instantOf = (properties: Properties, name: string): number | null => {
  const at = Date.parse(properties[name] ?? '');
  return Number.isNaN(at) ? null : at;
};

/** `NO_SHOW` → `No show`. */
const words = (value: string): string => {
  const lower = value.toLowerCase().replaceAll('_', ' ');
  return lower.charAt(0).toUpperCase() + lower.slice(1);
};

const said = (texts: Readonly<Record<'title' | 'outcome' | 'note', string>>, durationMs: number | null) => ({
  ...(texts.title === '' ? {} : { title: texts.title }),
  ...(texts.outcome === '' ? {} : { outcome: texts.outcome }),
  ...(texts.note === '' ? {} : { note: texts.note.slice(0, noteCharsMax) }),
  ...(durationMs === null || !(durationMs > 0) ? {} : { durationMs }),
});

/** What lies ahead is told as of the moment at which it was logged. */
const when = ({ properties, createdAt }: HubSpotRecord): number =>
  Math.min(instantOf(properties, 'hs_timestamp') ?? createdAt, createdAt);

const meetingOf = (record: HubSpotRecord): FoundActivity => {
  const { properties, createdAt } = record;
  const [start, end] = [
    instantOf(properties, 'hs_meeting_start_time'),
    instantOf(properties, 'hs_meeting_end_time'),
  ];
  // Booked on somebody's page by the person themselves; any other one a colleague put into the calendar.
  const isBooked = text(properties, 'hs_meeting_source').startsWith('MEETINGS_');
  return {
    type: isBooked ? 'meetingBooked' : 'meeting',
    at: isBooked ? createdAt : when(record),
    ...said(
      {
        title: text(properties, 'hs_meeting_title'),
        outcome: words(text(properties, 'hs_meeting_outcome')),
        note: text(properties, 'hs_internal_meeting_notes') || text(properties, 'hs_meeting_body'),
      },
      start === null || end === null ? null : end - start,
    ),
  };
};

const callOf = (record: HubSpotRecord): FoundActivity => {
  const { properties } = record;
  const disposition = text(properties, 'hs_call_disposition');
  const duration = text(properties, 'hs_call_duration');
  return {
    type: 'call',
    at: when(record),
    ...said(
      {
        title: text(properties, 'hs_call_title'),
        outcome: callOutcomes[disposition] ?? words(text(properties, 'hs_call_status')),
        note: text(properties, 'hs_call_body'),
      },
      duration === '' ? null : Number(duration),
    ),
  };
};

const noteOf = (record: HubSpotRecord): FoundActivity => ({
  type: 'note',
  at: when(record),
  ...said({ title: '', outcome: '', note: text(record.properties, 'hs_note_body') }, null),
});

const objects: readonly {
  readonly type: string;
  readonly properties: readonly string[];
  readonly of: (record: HubSpotRecord) => FoundActivity;
}[] = [
  {
    type: 'meetings',
    properties: [
      'hs_timestamp',
      'hs_meeting_title',
      'hs_meeting_start_time',
      'hs_meeting_end_time',
      'hs_meeting_outcome',
      'hs_meeting_source',
      'hs_meeting_body',
      'hs_internal_meeting_notes',
    ],
    of: meetingOf,
  },
  {
    type: 'calls',
    properties: [
      'hs_timestamp',
      'hs_call_title',
      'hs_call_duration',
      'hs_call_disposition',
      'hs_call_status',
      'hs_call_body',
    ],
    of: callOf,
  },
  { type: 'notes', properties: ['hs_timestamp', 'hs_note_body'], of: noteOf },
];

const byAge = (a: string, b: string): number => Number(b) - Number(a);

/**
 * Meetings, calls and notes on people's contacts, by contact id: for each object one call for the associations and one for a hundred records.
 * @throws CallFailed
 */
export const readLogged = async (
  http: HubSpotHttp,
  wanted: readonly WantedEngagement[],
  context: CallContext,
): Promise<ReadonlyMap<string, readonly FoundActivity[]>> => {
  const found = new Map<string, FoundActivity[]>();
  const ids = wanted.map(({ contactId }) => contactId);
  for (const { type, properties, of } of objects) {
    const links = await readLinks(http, 'contacts', ids, type, context);
    const newest = new Map(
      [...links].map(([id, ties]) => [
        id,
        ties
          .map(({ toId }) => toId)
          .toSorted(byAge)
          .slice(0, perPersonMax),
      ]),
    );
    const all = [...newest.values()].flat();
    if (all.length === 0) continue;
    const records = await batchRead(http, { type, ids: all, properties }, context);
    const byId = new Map(records.map(({ record }) => [record.id, record]));
    for (const [id, own] of newest) {
      const activities = own.flatMap((each) => {
        const record = byId.get(each);
        return record === undefined ? [] : [of(record)];
      });
      found.set(id, [...(found.get(id) ?? []), ...activities]);
    }
  }
  return found;
};
