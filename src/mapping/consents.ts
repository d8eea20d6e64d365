import type { ConsentName, PairMapping } from '../model/mapping.ts';
import type { MappingFile } from './file-shape.ts';
import type { KeyPath } from './yaml-source.ts';

/** HubSpot's property of who gets no marketing email; it is written through the subscriptions API alone. */
export const optOutProperty = 'hs_email_optout';

/** Something that a person said or that happened to their address, which binds both systems. */
export interface Consent {
  /** What it is called in `consentNowhere`. */
  readonly key: ConsentName;
  readonly name: string;
  readonly salesforce: string;
  /** HubSpot's own property, where it has one. */
  readonly hubspot: string | null;
  /** The row that carries it over, as a mapping has it. */
  readonly row: string;
}

/** The consents of people. */
export const consents: Readonly<Record<ConsentName, Consent>> = {
  'opt-out': {
    key: 'opt-out',
    name: 'who gets no marketing email',
    salesforce: 'HasOptedOutOfEmail',
    hubspot: optOutProperty,
    row: '{ hubspot: hs_email_optout, salesforce: HasOptedOutOfEmail, kind: boolean, latch: true, direction: both }',
  },
  'do-not-call': {
    key: 'do-not-call',
    name: 'who is not to be called',
    salesforce: 'DoNotCall',
    hubspot: null,
    row: '{ hubspot: do_not_call, salesforce: DoNotCall, kind: boolean, latch: true, direction: both }, with a single checkbox of your own in HubSpot',
  },
  bounce: {
    key: 'bounce',
    name: 'whose address bounces',
    salesforce: 'EmailBouncedReason',
    hubspot: 'hs_email_hard_bounce_reason_enum',
    row: '{ hubspot: hs_email_hard_bounce_reason_enum, salesforce: EmailBouncedReason, kind: text, latch: true, direction: to-salesforce }',
  },
};

/** Whether a row is about this consent, by the name of either field. */
export const isAbout = (
  fields: { readonly hubspot: string; readonly salesforce: string },
  { salesforce, hubspot }: Consent,
): boolean => fields.salesforce === salesforce || fields.hubspot === hubspot;

/** Whether the records of a mapping are people, as leads or as contacts: they alone consent. */
export const hasConsents = ({ hubspot, salesforce }: PairMapping['types']): boolean =>
  hubspot === 'contacts' && (salesforce === 'Lead' || salesforce === 'Contact');

type Report = (path: KeyPath, what: string, why: string, fix: string) => void;

/** What a mapping says goes nowhere, and does not: it must not hide a consent that is lost later, nor stand where nobody consents. */
export const checkConsentNowhere = (content: MappingFile, report: Report): void => {
  if (content.consentNowhere === undefined) return;
  if (!hasConsents(content)) {
    report(
      ['consentNowhere'],
      `'consentNowhere' has no meaning for ${content.hubspot} and ${content.salesforce}`,
      'people alone consent: HubSpot contacts with leads or contacts of Salesforce',
      'delete it',
    );
    return;
  }
  content.consentNowhere.forEach((key, index) => {
    const row = content.fields.find((field) => field.latch && isAbout(field, consents[key]));
    // A latch that converted records do without goes nowhere for them.
    if (row === undefined || row.converted === false) return;
    report(
      ['consentNowhere', index],
      `${key} is in 'consentNowhere' and is carried over`,
      `field ${row.hubspot} is its latch`,
      `take ${key} out of 'consentNowhere', or delete the row of ${row.hubspot}`,
    );
  });
};
