import { z } from 'zod';
import type { CallContext } from '../../../model/budget.ts';
import { type FoundActivity, type WantedEngagement, withoutQuery } from '../../../model/engagement.ts';
import { CallFailed } from '../../../model/failure.ts';
import type { HubSpotHttp } from '../http.ts';
import { isMachine } from './mail-machines.ts';

const base = '/email/public/v1';
/** The most that one call gives, and the calls of one round: a busier portal's oldest mails are told by the roll-ups alone. */
const pageSize = 1_000;
const pagesMax = 5;
/** Names of so many campaigns are asked for in one round; of the others the next round asks. */
const namesMax = 10;

const eventSchema = z.object({
  created: z.number(),
  type: z.string(),
  recipient: z.string(),
  emailCampaignId: z.union([z.number(), z.string()]).transform(String).nullish(),
  appId: z.union([z.number(), z.string()]).transform(String).nullish(),
  url: z.string().nullish(),
  filteredEvent: z.boolean().nullish(),
  userAgent: z.string().nullish(),
  browser: z.object({ type: z.string().nullish() }).nullish(),
  portalSubscriptionStatus: z.string().nullish(),
  subscriptions: z.array(z.object({ status: z.string().nullish() })).nullish(),
});
type MailEvent = z.output<typeof eventSchema>;
const eventsSchema = z.object({
  hasMore: z.boolean(),
  offset: z.string().nullish(),
  events: z.array(eventSchema),
});
const campaignSchema = z.object({ name: z.string().nullish(), subject: z.string().nullish() });

const typeOf = (event: MailEvent): FoundActivity['type'] | null => {
  switch (event.type) {
    case 'DELIVERED':
      return 'emailDelivered';
    case 'OPEN':
      return 'emailOpen';
    case 'CLICK':
      return 'emailClick';
    case 'BOUNCE':
      return 'emailBounce';
    case 'STATUSCHANGE': {
      const statuses = [
        event.portalSubscriptionStatus,
        ...(event.subscriptions ?? []).map((one) => one.status),
      ];
      return statuses.includes('UNSUBSCRIBED') ? 'unsubscribe' : null;
    }
    default:
      return null;
  }
};

/**
 * What became of marketing mails, portal-wide since the earliest moment wanted: the same calls for all people, at most five. Machine opens are
 * told apart. An older API without a successor (https://developers.hubspot.com/docs/api-reference/legacy/email-analytics-v1/guide).
 */
export class HubSpotMails {
  readonly #http: HubSpotHttp;
  /** Names of campaigns never change their meaning; null: it has none. */
  readonly #names = new Map<string, string | null>();

  constructor(http: HubSpotHttp) {
    this.#http = http;
  }

  /** By contact id. @throws CallFailed */
  async read(
    wanted: readonly WantedEngagement[],
    context: CallContext,
  ): Promise<ReadonlyMap<string, readonly FoundActivity[]>> {
    const byEmail = new Map(
      wanted.flatMap((person) =>
        person.email === null ? [] : [[person.email.toLowerCase(), person] as const],
      ),
    );
    if (byEmail.size === 0) return new Map();
    const since = Math.min(...[...byEmail.values()].map((person) => person.since));
    const own = (await this.#events(since, context)).flatMap((event) => {
      const person = byEmail.get(event.recipient.toLowerCase());
      const type = typeOf(event);
      return person === undefined || type === null || event.created < person.since
        ? []
        : [{ person, type, event }];
    });
    await this.#learnNames(
      own.map(({ event }) => event),
      context,
    );
    const found = new Map<string, FoundActivity[]>();
    for (const { person, type, event } of own) {
      const url = type === 'emailClick' ? withoutQuery(event.url ?? '') : '';
      const campaign = this.#names.get(event.emailCampaignId ?? '') ?? null;
      const isRead = type === 'emailOpen' || type === 'emailClick';
      const activity: FoundActivity = {
        type,
        at: event.created,
        ...(campaign === null ? {} : { campaign }),
        ...(url === '' ? {} : { url }),
        ...(isRead ? { machine: isMachine(event) } : {}),
      };
      found.set(person.contactId, [...(found.get(person.contactId) ?? []), activity]);
    }
    return found;
  }

  /** Newest first, as the API gives them. */
  async #events(since: number, context: CallContext): Promise<readonly MailEvent[]> {
    const events: MailEvent[] = [];
    let offset: string | undefined;
    for (let page = 0; page < pagesMax; page += 1) {
      const { body } = await this.#http.read(context, {
        method: 'GET',
        path: `${base}/events`,
        query: {
          startTimestamp: String(Math.trunc(since)),
          limit: String(pageSize),
          ...(offset === undefined ? {} : { offset }),
        },
        schema: eventsSchema,
      });
      events.push(...body.events);
      if (!body.hasMore || !body.offset || body.offset === offset) break;
      offset = body.offset;
    }
    return events;
  }

  async #learnNames(events: readonly MailEvent[], context: CallContext): Promise<void> {
    const unknown = new Map(
      events.flatMap(({ emailCampaignId: id, appId }) =>
        id === null || id === undefined || this.#names.has(id) ? [] : [[id, appId ?? null] as const],
      ),
    );
    for (const [id, appId] of [...unknown].slice(0, namesMax)) {
      try {
        const { body } = await this.#http.read(context, {
          method: 'GET',
          path: `${base}/campaigns/${encodeURIComponent(id)}`,
          ...(appId === null ? {} : { query: { appId } }),
          schema: campaignSchema,
        });
        this.#names.set(id, body.name || body.subject || null);
      } catch (error) {
        if (!(error instanceof CallFailed && error.failure.category === 'identity')) throw error;
        this.#names.set(id, null);
      }
    }
  }
}
