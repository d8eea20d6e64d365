import type { SalesforceCredentials } from './credentials.ts';
import type { StoredValue } from './schema/field.ts';
import { forecastCategories, leadStatuses, opportunityStages } from './schema/sales-process.ts';
import type { Database } from './store/database.ts';
import { trimValues } from './store/row.ts';

/** The two characters that the ids of this company carry. */
export const orgCode = 'Sb';

/** Ids of the rows that sign-in and ownership need. */
export interface Directory {
  readonly organizationId: string;
  readonly integrationUserId: string;
  readonly personUserId: string;
  readonly inactiveUserId: string;
  readonly queueId: string;
}

const settings = {
  TimeZoneSidKey: 'GMT',
  LocaleSidKey: 'en_US',
  LanguageLocaleKey: 'en_US',
  EmailEncodingKey: 'UTF-8',
  UserType: 'Standard',
  CompanyName: 'Sandbox Company',
} as const;

/** Enters the company, its users and a queue, in a fixed order, so that they have the same ids in every sandbox. */
export const fillDirectory = (database: Database, credentials: SalesforceCredentials): Directory => {
  const stamp = database.nextStamp();
  const add = (object: string, fields: Readonly<Record<string, StoredValue>>, by?: string): string => {
    const schema = database.schema.object(object);
    if (schema === undefined) throw new Error(`the directory needs the object ${object}`);
    const table = database.table(schema);
    const values: StoredValue[] = schema.fields.map(() => null);
    const set = (name: string, value: StoredValue): void => {
      values[schema.column(name)] = value;
    };
    for (const [name, value] of Object.entries(fields)) set(name, value);
    for (const name of ['CreatedDate', 'LastModifiedDate', 'SystemModstamp']) set(name, stamp);
    const row = table.insert(trimValues(values));
    const withUser = [...row.values];
    for (const name of ['CreatedById', 'LastModifiedById']) withUser[schema.column(name)] = by ?? row.id;
    table.replace(row, withUser, false);
    table.log.touch(row, stamp);
    return row.id;
  };
  const addUser = (first: string, last: string, username: string, alias: string, isActive = true): string =>
    add('User', {
      ...settings,
      FirstName: first,
      LastName: last,
      Username: username,
      Email: username,
      Alias: alias,
      IsActive: isActive,
    });
  const integrationUserId = addUser('Tandem', 'Integration', credentials.username, 'tandem');
  const personUserId = addUser('Robin', 'Seller', credentials.personUsername, 'rsell');
  addUser('Kim', 'Closer', 'kim.closer@sandbox.example.com', 'kclos');
  const inactiveUserId = addUser('Sam', 'Former', 'sam.former@sandbox.example.com', 'sform', false);
  for (const [at, status] of leadStatuses.entries()) {
    const { name, isDefault, isConverted } = status;
    const fields = {
      MasterLabel: name,
      ApiName: name,
      SortOrder: at + 1,
      IsDefault: isDefault,
      IsConverted: isConverted,
    };
    add('LeadStatus', fields, personUserId);
  }
  for (const [at, { name, probability, forecast }] of opportunityStages.entries()) {
    const fields = {
      MasterLabel: name,
      ApiName: name,
      IsActive: true,
      SortOrder: at + 1,
      IsClosed: name.startsWith('Closed'),
      IsWon: name === 'Closed Won',
      ForecastCategory: forecast,
      ForecastCategoryName: forecastCategories[forecast],
      DefaultProbability: probability,
    };
    add('OpportunityStage', fields, personUserId);
  }
  return {
    integrationUserId,
    personUserId,
    inactiveUserId,
    organizationId: add(
      'Organization',
      {
        Name: 'Sandbox Company',
        OrganizationType: 'Enterprise Edition',
        InstanceName: 'SBX1',
        LanguageLocaleKey: 'en_US',
        TimeZoneSidKey: 'GMT',
        DefaultLocaleSidKey: 'en_US',
        IsSandbox: true,
      },
      personUserId,
    ),
    queueId: add(
      'Group',
      { Name: 'Inbound Leads', DeveloperName: 'Inbound_Leads', Type: 'Queue' },
      personUserId,
    ),
  };
};
