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

const webOnly = (url: string): string | null => (isWeb(url) ? url : null);

const linked = (url: string | null, words: string): Html =>
  url !== null ? html`<a href="${url}" rel="noreferrer">${words}</a>` : html`${words}`;

/** The address of a contact in HubSpot; null where it is not known. */
export const hubspotUrl = ({ hubspot }: RecordHomes, id: string | null): string | null =>
  hubspot === null || id === null
    ? null
    : webOnly(`${hubspot}/record/${contactType}/${encodeURIComponent(id)}`);

/** The address of a record in Salesforce, of any type: it has the id alone. */
export const salesforceUrl = ({ salesforce }: RecordHomes, id: string | null): string | null =>
  salesforce === null || id === null ? null : webOnly(`${salesforce}/${encodeURIComponent(id)}`);

/** A contact in HubSpot, to click where the account is known. */
export const hubspotLink = (homes: RecordHomes, id: string | null): Html =>
  id === null ? html`–` : linked(hubspotUrl(homes, id), id);

/** A record in Salesforce, to click where the organization is known. */
export const salesforceLink = (homes: RecordHomes, id: string | null): Html =>
  id === null ? html`–` : linked(salesforceUrl(homes, id), id);
