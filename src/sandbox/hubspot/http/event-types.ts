import type { WebEvent } from '../activity/portal-activity.ts';
import type { HubspotState } from '../state.ts';

/**
 * Types of the standard events, from a live account's list (amp-labs/connectors#3023) and public extractors. "The returned list is exhaustive and
 * includes event types regardless of whether an account uses the associated features"; this is a part of it.
 */
export const eventTypeNames = [
  'e_visited_page',
  'e_submitted_form',
  'e_form_submission_v2',
  'e_form_submission_metadata_v2',
  'e_ad_interaction',
  'e_attended_marketing_event',
  'e_joined_marketing_event',
  'e_cancelled_marketing_event',
  'e_marketing_event_noshow',
  'e_call_started',
  'e_deal_closed',
  'e_inquiry_created',
  'e_site_search_converted',
  'e_v2_sequence_step_executed',
] as const;
export type EventTypeName = (typeof eventTypeNames)[number];

const pageTypes: readonly EventTypeName[] = ['e_visited_page'];
/** One submission is three events, of which the last does not say of which form. */
const formTypes: readonly EventTypeName[] = [
  'e_submitted_form',
  'e_form_submission_v2',
  'e_form_submission_metadata_v2',
];

/** An event as the API shows it; several may come of one entry of the log. */
export interface EventOccurrence {
  readonly event: WebEvent;
  readonly type: EventTypeName;
}

export const occurrencesOf = (event: WebEvent): readonly EventOccurrence[] =>
  (event.kind === 'page' ? pageTypes : formTypes).map((type) => ({ event, type }));

/** The address in its parts; a text that is no address is all path. */
const addressParts = (url: string): Record<string, string> => {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null) return { hs_url: url, hs_base_url: url, hs_url_path: url };
  const utm = (name: string): string => parsed.searchParams.get(`utm_${name}`) ?? '';
  return {
    hs_url: url,
    hs_base_url: `${parsed.origin}${parsed.pathname}`,
    hs_url_domain: parsed.host,
    hs_url_path: parsed.pathname,
    hs_query_params: parsed.search.replace(/^\?/, ''),
    hs_utm_source: utm('source'),
    hs_utm_medium: utm('medium'),
    hs_utm_campaign: utm('campaign'),
  };
};

/** Every property is a text, blank where nothing is known (recorded: amp-labs/connectors, providers/hubspot/test/read/events). */
export const occurrenceProperties = (
  state: HubspotState,
  { event, type }: EventOccurrence,
): Record<string, string> => {
  const form = event.form === null ? undefined : state.activity.forms.byGuid(event.form.guid);
  const formType = (form?.formType ?? '').toUpperCase();
  const page = { hs_title: event.title, hs_page_title: event.title, hs_referrer: event.referrer };
  switch (type) {
    case 'e_submitted_form':
      return {
        ...page,
        hs_url: event.url,
        hs_form_id: form?.guid ?? '',
        hs_form_type: formType,
        hs_visitor_type: 'CONTACT',
      };
    case 'e_form_submission_v2':
      return {
        ...page,
        ...addressParts(event.url),
        hs_form_id: form?.guid ?? '',
        hs_form_type: formType,
        hs_form_correlation_id: event.form?.conversionId ?? '',
      };
    case 'e_form_submission_metadata_v2':
      return { ...page, hs_form_title: form?.name ?? '', hs_form_type: formType };
    default:
      return {
        ...page,
        ...addressParts(event.url),
        hs_browser: '',
        hs_device_type: '',
        hs_country: '',
        hs_is_contact: 'true',
        hs_user_agent: '',
        hs_visit_source: '',
      };
  }
};
