import { type ApiReply, type Call, Refusal } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { WebEvent } from '../activity/portal-activity.ts';
import type { HubspotState } from '../state.ts';
import { parseInstant } from '../write/values.ts';
import { missingScopesReply, refuseRequest } from './errors.ts';
import {
  type EventOccurrence,
  type EventTypeName,
  eventTypeNames,
  occurrenceProperties,
  occurrencesOf,
} from './event-types.ts';
import { queryLimit, queryList } from './input.ts';
import { nextPage } from './paging.ts';
import { scopedRoute } from './scopes.ts';

const base = '/events/v3/events';
const pageSize = { default: 100, max: 100 } as const;

/** Type ids of events, as they stand in cursors: e_visited_page is 4-96000 (recorded). */
const typeId = (type: EventTypeName): string => `4-${96_000 + eventTypeNames.indexOf(type)}`;

/** An account without Enterprise has no such scopes to grant (PipedreamHQ/pipedream#11810). */
const assertEnterprise = (state: HubspotState): void => {
  if (!state.settings.eventsApi)
    throw new Refusal(missingScopesReply(['event-detail-read', 'web-analytics-api-access']));
};

const readInstant = (call: Call, name: string): number | null => {
  const text = call.request.query.get(name) ?? '';
  if (text === '') return null;
  const ms = parseInstant(text);
  if (Number.isNaN(ms)) throw refuseRequest(`${name} must be an ISO 8601 timestamp`);
  return ms;
};

/** Oldest first unless the sort says otherwise. */
const readsBackwards = (call: Call): boolean => {
  const [sort = 'occurredAt'] = queryList(call, 'sort');
  if (['occurredAt', 'ASCENDING'].includes(sort)) return false;
  if (['-occurredAt', 'DESCENDING'].includes(sort)) return true;
  throw refuseRequest('occurredAt is the only field supported for sorting');
};

/** What the query chooses events by; blank where it does not. */
interface EventQuery {
  readonly objectType: string;
  readonly objectId: string;
  readonly email: string;
  readonly eventType: string;
  readonly ids: ReadonlySet<string>;
}

const readQuery = (call: Call): EventQuery => {
  const text = (name: string): string => call.request.query.get(name) ?? '';
  return {
    objectType: text('objectType'),
    objectId: text('objectId'),
    email: text('objectProperty.email'),
    eventType: text('eventType'),
    ids: new Set(queryList(call, 'id')),
  };
};

/** An object by id or property, an event type, or ids of events: one of them must be given; an object needs its type. */
const assertQuery = (
  state: HubspotState,
  { objectType, objectId, email, eventType, ids }: EventQuery,
): void => {
  const isOneObject = objectId !== '' || email !== '';
  if (isOneObject && objectType === '')
    throw refuseRequest('objectType is required when objectId or an objectProperty is given');
  if (objectType !== '' && state.find(objectType) === undefined)
    throw refuseRequest(`Unable to infer object type from: ${objectType}`);
  if (!isOneObject && eventType === '' && ids.size === 0)
    throw refuseRequest('objectId or an objectProperty is required where no eventType or id is given');
  if (eventType !== '' && !eventTypeNames.some((name) => name === eventType))
    throw refuseRequest(`Unknown event type: ${eventType}`);
};

/** The contact's own events and those of contacts merged into it. */
const eventsOfContact = (state: HubspotState, { objectId, email }: EventQuery): readonly WebEvent[] => {
  const store = state.find('contacts');
  const [emailSlot, merged] = [store?.schema.slot('email'), store?.schema.slot('hs_merged_object_ids')];
  if (store === undefined || emailSlot === undefined || merged === undefined) return [];
  const record =
    objectId === '' ? store.findUnique(emailSlot.index, email.toLowerCase()) : store.resolve(objectId);
  if (record === undefined) return [];
  const ids = record.version.values[merged.index] ?? '';
  return state.activity.web.of(String(record.id), ...ids.split(';').filter((id) => id !== ''));
};

/** Only contacts visit. */
const eventsOf = (state: HubspotState, query: EventQuery): readonly WebEvent[] => {
  const { objectType, objectId, email } = query;
  if (objectType !== '' && state.find(objectType)?.schema.definition.name !== 'contacts') return [];
  return objectId === '' && email === '' ? state.activity.web.all() : eventsOfContact(state, query);
};

const occurrenceId = (state: HubspotState, { event, type }: EventOccurrence): string =>
  `leviathan-${state.activity.guid(type, event.ordinal)}-${event.at}`;

/** Recorded: base64 of `occurredAt|object type|object|event type|hash|`. */
const cursorOf = ({ event, type }: EventOccurrence): string =>
  Buffer.from(`${event.at}|0-1|${event.owner}|${typeId(type)}|${event.ordinal}|`).toString('base64url');

interface Place {
  readonly at: number;
  readonly ordinal: number;
  readonly type: string;
}

const readCursor = (call: Call): Place | null => {
  const token = call.request.query.get('after') ?? '';
  if (token === '') return null;
  const [at = '', , , type = '', ordinal = ''] = Buffer.from(token, 'base64url').toString().split('|');
  if (/^-?\d+$/.test(at) && /^\d+$/.test(ordinal)) return { at: Number(at), ordinal: Number(ordinal), type };
  throw refuseRequest('after must be the value of paging.next.after');
};

/** Negative: earlier in the order oldest first. */
const compare = (a: Place, b: Place): number =>
  a.at - b.at || a.ordinal - b.ordinal || (a.type < b.type ? -1 : a.type > b.type ? 1 : 0);

const placeOf = ({ event, type }: EventOccurrence): Place => ({
  at: event.at,
  ordinal: event.ordinal,
  type: typeId(type),
});

const present = (state: HubspotState, occurrence: EventOccurrence): unknown => {
  const contact = state.find('contacts')?.resolve(occurrence.event.owner);
  return {
    objectType: 'CONTACT',
    objectId: String(contact?.id ?? occurrence.event.owner),
    eventType: occurrence.type,
    occurredAt: new Date(occurrence.event.at).toISOString(),
    id: occurrenceId(state, occurrence),
    properties: occurrenceProperties(state, occurrence),
  };
};

/** Both bounds are inclusive; a page ends where the next would begin, and new events come behind it (or, backwards, are not seen). */
const listEvents = (state: HubspotState, call: Call): ApiReply => {
  assertEnterprise(state);
  const query = readQuery(call);
  assertQuery(state, query);
  const events = eventsOf(state, query);
  const keeps = (occurrence: EventOccurrence): boolean =>
    (query.eventType === '' || occurrence.type === query.eventType) &&
    (query.ids.size === 0 || query.ids.has(occurrenceId(state, occurrence)));
  const limit = queryLimit(call, pageSize.default, pageSize.max);
  const from = readInstant(call, 'occurredAfter') ?? Number.NEGATIVE_INFINITY;
  const to = readInstant(call, 'occurredBefore') ?? Number.POSITIVE_INFINITY;
  const backwards = readsBackwards(call);
  const after = readCursor(call);
  const turn = backwards ? -1 : 1;
  const page: EventOccurrence[] = [];
  for (const event of backwards ? events.toReversed() : events) {
    if (page.length > limit) break;
    if (event.at < from || event.at > to) continue;
    for (const occurrence of backwards ? occurrencesOf(event).toReversed() : occurrencesOf(event)) {
      const isPast = after !== null && turn * compare(placeOf(occurrence), after) <= 0;
      if (!isPast && keeps(occurrence)) page.push(occurrence);
    }
  }
  const results = page.slice(0, limit);
  const last = results.at(-1);
  return {
    status: 200,
    body: {
      results: results.map((occurrence) => present(state, occurrence)),
      ...nextPage(call, last !== undefined && page.length > limit ? cursorOf(last) : null),
    },
  };
};

/**
 * The events API (https://developers.hubspot.com/docs/guides/api/analytics-and-events/event-analytics): what visitors did on the web. "The events
 * API doesn't include marketing email events, such as opens, clicks, and bounces."
 */
export const eventRoutes = (state: HubspotState): Route[] => [
  scopedRoute(state, ['business-intelligence'], 'GET', base, listEvents),
  scopedRoute(state, ['business-intelligence'], 'GET', `${base}/event-types`, () => {
    assertEnterprise(state);
    return { status: 200, body: { eventTypes: eventTypeNames } };
  }),
];
