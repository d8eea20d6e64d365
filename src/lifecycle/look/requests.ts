import type { System } from '../../model/system.ts';
import { systems } from '../../model/system.ts';
import { withRecent } from '../requests/flap.ts';
import {
  campaignKey,
  campaignPlace,
  dealOf,
  dealPlace,
  isCampaign,
  type RecentRequest,
  type RequestPlace,
  type RequestText,
  requestIn,
  type SeenRequest,
  systemOf,
} from '../requests/request.ts';
import type { Advance } from '../stage/advance.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import type { SeenPerson, SeenRecord } from './person.ts';
import { planOf } from './request-plan.ts';
import type { EffectOrder, StoredJourney } from './stored.ts';

/** A request that nobody has seen before. */
export interface FreshRequest extends RequestText {
  readonly system: System;
  readonly place: RequestPlace;
  readonly record: SeenRecord;
  readonly key: string;
  readonly number: number;
  /** When it counts as made: never before what the journey has seen, for it stands there now. */
  readonly at: number;
  /** Who asks: a user's id, or the system's name where nobody is known. */
  readonly by: string;
  readonly recent: readonly RecentRequest[];
  /** How often it came in the last minutes, where that is too often for a person. */
  readonly tooMany: number | null;
}

/** The record of a place; null where it is not there, or was not read. */
export const recordIn = (person: SeenPerson, place: RequestPlace): SeenRecord | null => {
  if (place === 'hubspot') return person.contact;
  if (place === 'salesforce' || isCampaign(place)) return person.sales;
  return person.deals?.find(({ ref }) => ref.id === dealOf(place)) ?? null;
};

const placesOf = ({ deals = [] }: SeenPerson): readonly RequestPlace[] => [
  ...systems,
  ...deals.map(({ ref }) => dealPlace(ref.id)),
];

/**
 * Whether a text is another request than the one seen last. One that was answered may be asked again in the same words: HubSpot tells by a newer
 * stamp (an old read may come late there), Salesforce by the text that is there again.
 */
const isFresh = (
  system: System,
  text: RequestText,
  { stamp, byUs }: SeenRecord,
  seen: SeenRequest | undefined,
): boolean => {
  if (seen === undefined) return true;
  const isOther = text.word !== seen.word || text.detail !== seen.detail;
  if (seen.state === 'open') return isOther;
  // What an automation changes while we write the record bears our name: no person did.
  if (seen.state === 'stopped') return isOther && byUs !== true;
  return system === 'salesforce' || stamp > seen.stamp;
};

/** Whoever is a member of a campaign of prospects is named once for it. */
const namedProspects = (
  { requests, journey }: StoredJourney,
  { named = [], sales }: SeenPerson,
  now: number,
): readonly FreshRequest[] =>
  named.flatMap(({ member, campaign, at }): FreshRequest[] => {
    const place = campaignPlace(member);
    if (sales === null || requests[place] !== undefined) return [];
    return [
      {
        ...{ word: 'Name a prospect', detail: campaign, system: 'salesforce', place, record: sales },
        ...{ key: campaignKey(member), number: 1, recent: [], tooMany: null },
        // Whose lead it is now says nothing of who filled the campaign.
        by: 'salesforce',
        at: Math.max(Math.min(at, now), journey.lastAt, journey.since),
      },
    ];
  });

/** The requests of all places that are new at this look. Pure. */
export const freshRequests = (
  stored: StoredJourney,
  person: SeenPerson,
  { behaviours }: LifecycleDefinition,
  now: number,
): readonly FreshRequest[] =>
  behaviours.requests === 'off'
    ? []
    : [...typedRequests(stored, person, now), ...namedProspects(stored, person, now)];

const typedRequests = (
  { requests, journey }: StoredJourney,
  person: SeenPerson,
  now: number,
): readonly FreshRequest[] =>
  placesOf(person).flatMap((place): FreshRequest[] => {
    const system = systemOf(place);
    const record = recordIn(person, place);
    const text = record === null ? null : requestIn(system, record.fields);
    const seen = requests[place];
    if (record === null || text === null || !isFresh(system, text, record, seen)) return [];
    const number = seen?.stamp === record.stamp ? seen.number + 1 : 1;
    const key = `request/${system}:${record.ref.id}/${record.stamp}/${number}`;
    const at = Math.max(Math.min(record.stamp, now), journey.lastAt, journey.since);
    const by = record.changedBy ?? system;
    return [{ ...text, system, place, record, key, number, at, by, ...withRecent(seen, text, now) }];
  });

/** Requests of deals and campaigns that are over and kept, so that what is told late is known again. */
const othersKeptMax = 3;

const withoutOld = (
  entries: readonly (readonly [RequestPlace, SeenRequest])[],
): readonly (readonly [RequestPlace, SeenRequest])[] => {
  const isOver = ([place, { state }]: readonly [RequestPlace, SeenRequest]): boolean =>
    (dealOf(place) !== null || isCampaign(place)) && (state === 'answered' || state === 'gone');
  const over = entries.filter(isOver).sort(([, a], [, b]) => b.stamp - a.stamp);
  const dropped = new Set(over.slice(othersKeptMax));
  return entries.filter((entry) => !dropped.has(entry));
};

/** What is kept of requests after a look: the fresh ones with their plans; of the others whether their field was emptied. */
export const requestsAfter = (
  stored: StoredJourney,
  fresh: readonly FreshRequest[],
  person: SeenPerson,
  advanced: Advance,
  definition: LifecycleDefinition,
): StoredJourney['requests'] => {
  const places = new Set([
    ...placesOf(person),
    ...fresh.map(({ place }) => place),
    ...(Object.keys(stored.requests) as RequestPlace[]),
  ]);
  const entries = [...places].flatMap((place): [RequestPlace, SeenRequest][] => {
    const request = fresh.find((each) => each.place === place);
    if (request !== undefined) {
      const { key, number, word, detail, record, recent, tooMany } = request;
      const plan = planOf(request, person, stored.journey, advanced, definition);
      const state = tooMany === null ? 'open' : 'stopped';
      return [[place, { key, number, word, detail, stamp: record.stamp, state, plan, recent }]];
    }
    const seen = stored.requests[place];
    if (seen === undefined) return [];
    const record = recordIn(person, place);
    const isGone =
      !isCampaign(place) &&
      record !== null &&
      record.stamp >= seen.stamp &&
      requestIn(systemOf(place), record.fields) === null;
    const recent = seen.state === 'stopped' ? { recent: [] } : {};
    return [[place, isGone ? { ...seen, ...recent, state: 'gone' } : seen]];
  });
  return Object.fromEntries(withoutOld(entries));
};

/** The orders to do and to answer requests. What is only observed is answered by nobody. */
export const requestOrders = (
  journeyId: string,
  turn: number,
  fresh: readonly FreshRequest[],
  { behaviours }: LifecycleDefinition,
): readonly EffectOrder[] =>
  behaviours.requests !== 'act'
    ? []
    : fresh.map(({ key, at }) => ({
        key: `${journeyId}/${key}`,
        kind: 'request',
        turn,
        at,
        evidence: key,
      }));
