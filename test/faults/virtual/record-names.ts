import type { System } from '../../../src/model/system.ts';
import { editable } from './scenario.ts';

/** What is typed: text, a number where the API has one, nothing. */
export type Entered = string | number | null;

/** By the prefix of its id; a person's record in Salesforce is a lead until it is converted. */
export const typeOf = (system: System, id: string): 'contacts' | 'Lead' | 'Contact' =>
  system === 'hubspot' ? 'contacts' : id.startsWith('003') ? 'Contact' : 'Lead';

/** What a record calls one of the fields that persons edit; null where it has none. */
export const nameIn = (system: System, id: string, field: number): string | null =>
  editable[field]?.[typeOf(system, id) === 'Contact' ? 'contact' : system] ?? null;

/** Where the API has a record of a person. */
export const pathOf = (system: System, id: string): string =>
  system === 'hubspot'
    ? `/crm/v3/objects/contacts/${id}`
    : `/services/data/v62.0/sobjects/${typeOf(system, id)}/${id}`;

const dayMs = 86_400_000;
const dayOf = (n: number): string =>
  new Date(Date.UTC(2027, 0, 1) + (n % 3_000) * dayMs).toISOString().slice(0, 10);
/** Few, so that they come again. */
const dealTypes = {
  hubspot: ['newbusiness', 'existingbusiness'],
  salesforce: ['New Customer', 'Existing Customer - Upgrade', 'Existing Customer - Replacement'],
} as const;

/** The n-th value of a field, as people of each side write it. */
export const spelled = (apiField: string, n: number): string | number => {
  const digits = String(n % 10_000).padStart(4, '0');
  switch (apiField) {
    case 'phone':
      return `+1415555${digits}`;
    case 'Phone':
      return `(415) 555-${digits}`;
    case 'annualrevenue':
    case 'amount':
      return String(1_000 + n);
    case 'AnnualRevenue':
    case 'Amount':
      return 1_000 + n;
    case 'closedate':
      return `${dayOf(n)}T12:00:00.000Z`;
    case 'CloseDate':
      return dayOf(n);
    case 'dealtype':
      return dealTypes.hubspot[n % dealTypes.hubspot.length] ?? '';
    case 'Type':
      return dealTypes.salesforce[n % dealTypes.salesforce.length] ?? '';
    default:
      return `v${n}`;
  }
};
