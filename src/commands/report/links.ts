import { type Html, html } from './html.ts';

/** Where records are seen in each system: the beginning of their addresses; null where that is not known. */
export interface RecordHomes {
  /** `https://app.hubspot.com/contacts/123` */
  readonly hubspot: string | null;
  /** `https://example.my.salesforce.com` */
  readonly salesforce: string | null;
}

/** HubSpot's own number of the object contact, by which its app names records (CRM API, object types). */
const contactType = '0-1';

/** Only what a browser may open: a page that was made from foreign answers must lead nowhere else. */
const isWeb = (url: string): boolean =>
  URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);

const linked = (url: string | null, words: string): Html =>
  url !== null && isWeb(url) ? html`<a href="${url}" rel="noreferrer">${words}</a>` : html`${words}`;

/** A contact in HubSpot, to click where the account is known. */
export const hubspotLink = (homes: RecordHomes, id: string | null): Html =>
  id === null
    ? html`–`
    : linked(
        homes.hubspot === null ? null : `${homes.hubspot}/record/${contactType}/${encodeURIComponent(id)}`,
        id,
      );

/** A record in Salesforce, of any type: its address has the id alone. */
export const salesforceLink = (homes: RecordHomes, id: string | null): Html =>
  id === null
    ? html`–`
    : linked(homes.salesforce === null ? null : `${homes.salesforce}/${encodeURIComponent(id)}`, id);
