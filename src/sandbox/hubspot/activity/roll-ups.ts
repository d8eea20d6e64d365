import type { ChangeSource } from '../store/record.ts';
import { trafficSource } from './traffic-source.ts';

/** Reads a property of the contact; null when blank. */
export type Read = (name: string) => string | null;

/** What the portal writes on a contact, and as whom. */
export interface RollUp {
  readonly source: ChangeSource;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Sources of roll-ups as a portal's property histories name them (a contact recorded with all versions, in the tests of
 * org.candelbio.multitool): visits are ANALYTICS, conversions CALCULATED and marketing email EMAIL, the latter two
 * without a source id.
 */
const analyticsSource: ChangeSource = {
  sourceType: 'ANALYTICS',
  sourceId: 'WebAnalyticsPropertyCalculation',
};
const conversionSource: ChangeSource = { sourceType: 'CALCULATED', sourceId: '' };
export const emailSource: ChangeSource = { sourceType: 'EMAIL', sourceId: '' };

const iso = (ms: number): string => new Date(ms).toISOString();
const instant = (text: string | null): number | null => (text === null ? null : Date.parse(text));
const plusOne = (text: string | null): string => String(Number(text ?? 0) + 1);

const isLatest = (read: Read, name: string, at: number): boolean => at >= (instant(read(name)) ?? at);
const isFirst = (read: Read, name: string, at: number): boolean => at < (instant(read(name)) ?? at + 1);

/** A session, as HubSpot defines it, ends after 30 minutes without a page. */
export const visitGapMs = 30 * 60_000;

export interface PageSeen {
  readonly at: number;
  readonly url: string;
  readonly referrer: string;
}

/** Where a visit came from: the first one's source stays, the latest one's follows. */
const sourceValues = (read: Read, { at, url, referrer }: PageSeen): Record<string, string> => {
  const source = trafficSource(url, referrer);
  return {
    ...(read('hs_analytics_source') === null ? { hs_analytics_source: source } : {}),
    ...(isLatest(read, 'hs_latest_source_timestamp', at)
      ? { hs_latest_source: source, hs_latest_source_timestamp: iso(at) }
      : {}),
  };
};

/** What a form says of where its sender came from. */
export const sourceRollUp = (read: Read, seen: PageSeen): RollUp => ({
  source: analyticsSource,
  values: sourceValues(read, seen),
});

/** A page view; one that is told late counts, and leaves what was seen last as it is. */
export const pageViewRollUp = (read: Read, page: PageSeen): RollUp => {
  const { at, url, referrer } = page;
  const seen = instant(read('hs_analytics_last_timestamp'));
  const beginsVisit = seen === null || Math.abs(at - seen) > visitGapMs;
  const views = plusOne(read('hs_analytics_num_page_views'));
  const visits = beginsVisit
    ? plusOne(read('hs_analytics_num_visits'))
    : (read('hs_analytics_num_visits') ?? '1');
  const last = isLatest(read, 'hs_analytics_last_timestamp', at)
    ? {
        hs_analytics_last_timestamp: iso(at),
        hs_analytics_last_url: url,
        ...(beginsVisit
          ? { hs_analytics_last_visit_timestamp: iso(at), hs_analytics_last_referrer: referrer }
          : {}),
      }
    : {};
  const first = isFirst(read, 'hs_analytics_first_timestamp', at)
    ? {
        hs_analytics_first_timestamp: iso(at),
        hs_analytics_first_url: url,
        hs_analytics_first_visit_timestamp: iso(at),
      }
    : {};
  return {
    source: analyticsSource,
    values: {
      hs_analytics_num_page_views: views,
      hs_analytics_num_visits: visits,
      hs_analytics_average_page_views: String(Math.round(Number(views) / Number(visits))),
      ...last,
      ...first,
      ...(beginsVisit ? sourceValues(read, page) : {}),
    },
  };
};

export interface Conversion {
  readonly at: number;
  readonly formGuid: string;
  readonly formName: string;
  readonly pageTitle: string;
}

/** A conversion is named by page and form: `Page: Form` (recorded). */
const conversionName = ({ formName, pageTitle }: Conversion): string =>
  pageTitle === '' ? formName : `${pageTitle}: ${formName}`;

/** Every submission, oldest first: `formGuid:pageId:milliseconds`, the page's id blank for pages that are not HubSpot's (recorded). */
const submissionsWith = (text: string | null, { formGuid, at }: Conversion): string[] =>
  [...(text ?? '').split(';').filter((one) => one !== ''), `${formGuid}::${at}`].sort(
    (a, b) => Number(a.split(':').at(-1)) - Number(b.split(':').at(-1)),
  );

export const conversionRollUp = (read: Read, conversion: Conversion): RollUp => {
  const { at } = conversion;
  const submissions = submissionsWith(read('hs_calculated_form_submissions'), conversion);
  const named = { name: conversionName(conversion), date: iso(at) };
  return {
    source: conversionSource,
    values: {
      num_conversion_events: plusOne(read('num_conversion_events')),
      num_unique_conversion_events: String(new Set(submissions.map((one) => one.split(':')[0])).size),
      hs_calculated_form_submissions: submissions.join(';'),
      ...(isLatest(read, 'recent_conversion_date', at)
        ? { recent_conversion_event_name: named.name, recent_conversion_date: named.date }
        : {}),
      ...(isFirst(read, 'first_conversion_date', at)
        ? { first_conversion_event_name: named.name, first_conversion_date: named.date }
        : {}),
    },
  };
};

export const deliveryRollUp = (read: Read, at: number, emailName: string): RollUp => ({
  source: emailSource,
  values: {
    hs_email_delivered: plusOne(read('hs_email_delivered')),
    hs_email_sends_since_last_engagement: plusOne(read('hs_email_sends_since_last_engagement')),
    ...(isLatest(read, 'hs_email_last_send_date', at)
      ? { hs_email_last_send_date: iso(at), hs_email_last_email_name: emailName }
      : {}),
    ...(isFirst(read, 'hs_email_first_send_date', at) ? { hs_email_first_send_date: iso(at) } : {}),
  },
});

/** `hs_email_open` and `hs_email_click` count emails, not events: `isNew` says that this one was not opened, or clicked, before. */
export const readingRollUp = (read: Read, kind: 'open' | 'click', at: number, isNew: boolean): RollUp => {
  const [last, first] = [`hs_email_last_${kind}_date`, `hs_email_first_${kind}_date`];
  const count = `hs_email_${kind}`;
  return {
    source: emailSource,
    values: {
      ...(isNew ? { [count]: plusOne(read(count)) } : {}),
      ...(isLatest(read, last, at) ? { [last]: iso(at) } : {}),
      ...(isFirst(read, first, at) ? { [first]: iso(at) } : {}),
      hs_email_sends_since_last_engagement: '0',
    },
  };
};

/** A soft bounce is counted; after a hard one the portal mails the address no more. */
export const bounceRollUp = (read: Read, isHard: boolean, reason: string): RollUp => ({
  source: emailSource,
  values: {
    hs_email_bounce: plusOne(read('hs_email_bounce')),
    ...(isHard ? { hs_email_hard_bounce_reason_enum: reason } : {}),
  },
});
