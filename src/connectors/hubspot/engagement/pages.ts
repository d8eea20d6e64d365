import { z } from 'zod';
import type { CallContext } from '../../../model/budget.ts';
import { type FoundActivity, type WantedEngagement, withoutQuery } from '../../../model/engagement.ts';
import type { HubSpotHttp } from '../http.ts';
import { instant } from '../wire.ts';

/** The most that one call gives (events API, limit). Somebody who saw more since the last time is told by the newest. */
const pageSize = 100;

const eventsSchema = z.object({
  results: z.array(
    z.object({ occurredAt: instant, properties: z.record(z.string(), z.unknown()).nullish() }),
  ),
});

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * Pages that somebody saw, newest first, in one call (https://developers.hubspot.com/docs/api-reference/events-event-analytics-v3/guide).
 * Enterprise accounts have the API; others refuse with 403. @throws CallFailed
 */
export const readPages = async (
  http: HubSpotHttp,
  { contactId, since }: WantedEngagement,
  context: CallContext,
): Promise<readonly FoundActivity[]> => {
  const { body } = await http.read(context, {
    method: 'GET',
    path: '/events/v3/events',
    query: {
      objectType: 'contact',
      objectId: contactId,
      eventType: 'e_visited_page',
      occurredAfter: new Date(since).toISOString(),
      sort: '-occurredAt',
      limit: String(pageSize),
    },
    schema: eventsSchema,
  });
  return body.results.map(({ occurredAt, properties }): FoundActivity => {
    const url = withoutQuery(text(properties?.hs_url));
    const title = text(properties?.hs_title);
    return {
      type: 'pageView',
      at: occurredAt,
      ...(url === '' ? {} : { url }),
      ...(title === '' ? {} : { title }),
    };
  });
};
