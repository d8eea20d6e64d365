import { standard } from './build.ts';
import type { PropertyDefinition, PropertyType } from './property.ts';

/**
 * What the portal itself writes on a contact as people visit, convert, read mail and meet: read-only for everybody else
 * (https://knowledge.hubspot.com/properties/hubspots-default-contact-properties).
 */
const readOnly =
  (groupName: string) =>
  (name: string, label: string, type: PropertyType): PropertyDefinition =>
    standard(groupName)(name, label, type, { readOnly: true });

const analytics = readOnly('analyticsinformation');
const conversion = readOnly('conversioninformation');
const email = readOnly('emailinformation');
const activity = readOnly('contact_activity');

export const visitRollUps: readonly PropertyDefinition[] = [
  analytics('hs_analytics_num_page_views', 'Number of Pageviews', 'number'),
  analytics('hs_analytics_num_visits', 'Number of Sessions', 'number'),
  analytics('hs_analytics_average_page_views', 'Average Pageviews', 'number'),
  analytics('hs_analytics_first_url', 'First Page Seen', 'string'),
  analytics('hs_analytics_first_timestamp', 'Time First Seen', 'datetime'),
  analytics('hs_analytics_first_visit_timestamp', 'Time of First Session', 'datetime'),
  analytics('hs_analytics_last_url', 'Last Page Seen', 'string'),
  analytics('hs_analytics_last_referrer', 'Last Referring Site', 'string'),
  analytics('hs_analytics_last_timestamp', 'Time Last Seen', 'datetime'),
  analytics('hs_analytics_last_visit_timestamp', 'Time of Last Session', 'datetime'),
];

export const conversionRollUps: readonly PropertyDefinition[] = [
  conversion('num_conversion_events', 'Number of Form Submissions', 'number'),
  conversion('num_unique_conversion_events', 'Number of Unique Forms Submitted', 'number'),
  conversion('recent_conversion_event_name', 'Recent Conversion', 'string'),
  conversion('recent_conversion_date', 'Recent Conversion Date', 'datetime'),
  conversion('first_conversion_event_name', 'First Conversion', 'string'),
  conversion('first_conversion_date', 'First Conversion Date', 'datetime'),
  conversion('hs_calculated_form_submissions', 'All form submissions for a contact', 'string'),
];

export const emailRollUps: readonly PropertyDefinition[] = [
  email('hs_email_delivered', 'Marketing emails delivered', 'number'),
  email('hs_email_open', 'Marketing emails opened', 'number'),
  email('hs_email_click', 'Marketing emails clicked', 'number'),
  email('hs_email_first_send_date', 'First marketing email send date', 'datetime'),
  email('hs_email_last_send_date', 'Last marketing email send date', 'datetime'),
  email('hs_email_last_email_name', 'Last marketing email name', 'string'),
  email('hs_email_first_open_date', 'First marketing email open date', 'datetime'),
  email('hs_email_last_open_date', 'Last marketing email open date', 'datetime'),
  email('hs_email_first_click_date', 'First marketing email click date', 'datetime'),
  email('hs_email_last_click_date', 'Last marketing email click date', 'datetime'),
  email('hs_email_sends_since_last_engagement', 'Sends Since Last Engagement', 'number'),
];

export const engagementRollUps: readonly PropertyDefinition[] = [
  activity('notes_last_contacted', 'Last Contacted', 'datetime'),
  activity('notes_last_updated', 'Last Activity Date', 'datetime'),
  activity('notes_next_activity_date', 'Next Activity Date', 'datetime'),
  activity('num_notes', 'Number of Sales Activities', 'number'),
  activity('num_contacted_notes', 'Number of times contacted', 'number'),
  activity('hs_latest_meeting_activity', 'Latest meeting activity', 'datetime'),
  activity('engagements_last_meeting_booked', 'Date of last meeting booked in meetings tool', 'datetime'),
];
