import * as z from 'zod';
import { ControlError } from '../../core/system.ts';
import type { ApiValue } from '../schema/field.ts';
import type { Database } from '../store/database.ts';
import type { Row } from '../store/row.ts';
import { renderValue } from '../values/render.ts';

/** What a conversion makes of a lead. */
export type ConversionTarget = 'Account' | 'Contact' | 'Opportunity';

/** The standard fields of a lead and where conversion puts them (help: Lead Conversion Field Mapping). */
const standardMapping: Readonly<Record<ConversionTarget, Readonly<Record<string, string>>>> = {
  Account: {
    Company: 'Name',
    Street: 'BillingStreet',
    City: 'BillingCity',
    State: 'BillingState',
    PostalCode: 'BillingPostalCode',
    Country: 'BillingCountry',
    Phone: 'Phone',
    Fax: 'Fax',
    Website: 'Website',
    Industry: 'Industry',
    AnnualRevenue: 'AnnualRevenue',
    NumberOfEmployees: 'NumberOfEmployees',
    Rating: 'Rating',
    LeadSource: 'AccountSource',
  },
  Contact: {
    Salutation: 'Salutation',
    FirstName: 'FirstName',
    LastName: 'LastName',
    Title: 'Title',
    Email: 'Email',
    Phone: 'Phone',
    MobilePhone: 'MobilePhone',
    Fax: 'Fax',
    Street: 'MailingStreet',
    City: 'MailingCity',
    State: 'MailingState',
    PostalCode: 'MailingPostalCode',
    Country: 'MailingCountry',
    LeadSource: 'LeadSource',
    Description: 'Description',
    HasOptedOutOfEmail: 'HasOptedOutOfEmail',
    HasOptedOutOfFax: 'HasOptedOutOfFax',
    DoNotCall: 'DoNotCall',
  },
  Opportunity: { LeadSource: 'LeadSource' },
};

export const leadMappingSchema = z.array(
  z.strictObject({
    lead: z.string().min(1),
    object: z.enum(['Account', 'Contact', 'Opportunity']),
    field: z.string().min(1),
  }),
);
export type LeadMappingEntries = z.output<typeof leadMappingSchema>;

/**
 * Map Lead Fields of the setup: which custom field of a lead goes where. A new company maps none, as in life: a custom field that
 * nobody mapped stays behind on the lead.
 */
export class LeadMapping {
  #entries: LeadMappingEntries = [];

  /** Throws ControlError for a field that is not there or not custom. */
  set(entries: LeadMappingEntries, database: Database): void {
    for (const [at, { lead, object, field }] of entries.entries()) {
      if (!lead.endsWith('__c') || database.schema.object('Lead')?.field(lead) === undefined) {
        throw new ControlError(`[${at}].lead`, `Lead has no custom field ${lead}`);
      }
      if (database.schema.object(object)?.field(field) === undefined) {
        throw new ControlError(`[${at}].field`, `${object} has no field ${field}`);
      }
    }
    this.#entries = entries;
  }

  exportState(): LeadMappingEntries {
    return this.#entries;
  }

  /** The filled fields of a lead, as the target takes them. */
  valuesFor(database: Database, lead: Row, target: ConversionTarget): Record<string, ApiValue> {
    const schema = database.schema.object('Lead');
    const custom = this.#entries
      .filter(({ object }) => object === target)
      .map((one) => [one.lead, one.field] as const);
    const body: Record<string, ApiValue> = {};
    for (const [from, to] of [...Object.entries(standardMapping[target]), ...custom]) {
      const field = schema?.field(from);
      const value = field === undefined ? null : (lead.values[field.column] ?? null);
      // False is what a checkbox of the new record has anyway.
      if (field !== undefined && value !== null && value !== false)
        body[to] = renderValue(field.definition, value);
    }
    return body;
  }
}
