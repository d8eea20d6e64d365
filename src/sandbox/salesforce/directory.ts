import type { SalesforceCredentials } from './credentials.ts';
import type { StoredValue } from './schema/field.ts';
import { forecastCategories, leadStatuses, opportunityStages } from './schema/sales-process.ts';
import type { Database } from './store/database.ts';
import { type Row, trimValues } from './store/row.ts';

/** The two characters that the ids of this company carry. */
export const orgCode = 'Sb';

/** Ids of the rows that sign-in and ownership need. */
export interface Directory {
  readonly organizationId: string;
  readonly integrationUserId: string;
  readonly personUserId: string;
  readonly inactiveUserId: string;
  /** Everybody who sells: the person first. */
  readonly sellerIds: readonly string[];
  readonly queueId: string;
  readonly partnerQueueId: string;
}

const settings = {
  TimeZoneSidKey: 'GMT',
  LocaleSidKey: 'en_US',
  LanguageLocaleKey: 'en_US',
  EmailEncodingKey: 'UTF-8',
  UserType: 'Standard',
  CompanyName: 'Sandbox Company',
} as const;

/** Enters rows of the administrator's own pages; they have no rules, no history, and no event. */
export class SetupWriter {
  readonly #database: Database;
  readonly stamp: number;

  constructor(database: Database) {
    this.#database = database;
    this.stamp = database.nextStamp();
  }

  /** Answers the new row's id; without `by` it is its own author. */
  add(object: string, fields: Readonly<Record<string, StoredValue>>, by?: string): string {
    const schema = this.#database.schema.object(object);
    if (schema === undefined) throw new Error(`the directory needs the object ${object}`);
    const table = this.#database.table(schema);
    const values: StoredValue[] = schema.fields.map(() => null);
    const set = (name: string, value: StoredValue): void => {
      values[schema.column(name)] = value;
    };
    for (const [name, value] of Object.entries(fields)) set(name, value);
    for (const name of ['CreatedDate', 'LastModifiedDate', 'SystemModstamp']) set(name, this.stamp);
    const row = table.insert(trimValues(values));
    const withUser = [...row.values];
    for (const name of ['CreatedById', 'LastModifiedById']) withUser[schema.column(name)] = by ?? row.id;
    table.replace(row, withUser, false);
    table.log.touch(row, this.stamp);
    return row.id;
  }

  change(row: Row, fields: Readonly<Record<string, StoredValue>>): void {
    const table = this.#database.tableOfId(row.id);
    if (table === undefined) return;
    const values = [...row.values];
    for (const [name, value] of Object.entries(fields)) values[table.schema.column(name)] = value;
    for (const name of ['LastModifiedDate', 'SystemModstamp']) values[table.schema.column(name)] = this.stamp;
    table.replace(row, values, row.deleted);
    table.log.touch(row, this.stamp);
  }

  user(first: string, last: string, username: string, alias: string, isActive = true): string {
    return this.add('User', {
      ...settings,
      FirstName: first,
      LastName: last,
      Username: username,
      Email: username,
      Alias: alias,
      IsActive: isActive,
    });
  }

  /** A queue that can own records of these objects. */
  queue(name: string, objects: readonly string[], by: string): string {
    const developerName = name.replaceAll(/[^A-Za-z0-9]+/g, '_');
    const id = this.add('Group', { Name: name, DeveloperName: developerName, Type: 'Queue' }, by);
    for (const object of objects) this.add('QueueSobject', { QueueId: id, SobjectType: object }, by);
    return id;
  }
}

const fillSalesProcess = (setup: SetupWriter, by: string): void => {
  for (const [at, status] of leadStatuses.entries()) {
    const { name, isDefault, isConverted } = status;
    const fields = { IsDefault: isDefault, IsConverted: isConverted };
    setup.add('LeadStatus', { MasterLabel: name, ApiName: name, SortOrder: at + 1, ...fields }, by);
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
    setup.add('OpportunityStage', fields, by);
  }
};

/** Sellers beside the person, who own their share of the records. */
const sellers = [
  ['Ana', 'Souza'],
  ['Ben', 'Okoye'],
  ['Chloé', 'Martin'],
  ['Dev', 'Patel'],
  ['Emi', 'Tanaka'],
  ['Finn', 'Larsen'],
] as const;

/** Users in both systems, by whose addresses HubSpot's owners know them; they own nothing here at first. */
const marketers = [
  ['Maria', 'Lopez', 'maria.lopez', 'mlope'],
  ['Tom', 'Becker', 'tom.becker', 'tbeck'],
  ['愛子', '田中', 'aiko.tanaka', 'atana'],
  ['James', 'Okafor', 'james.okafor', 'jokaf'],
] as const;

/** Enters the company, its users and queues, in a fixed order, so that they have the same ids in every sandbox. */
export const fillDirectory = (database: Database, credentials: SalesforceCredentials): Directory => {
  const setup = new SetupWriter(database);
  const integrationUserId = setup.user('Tandem', 'Integration', credentials.username, 'tandem');
  const personUserId = setup.user('Robin', 'Seller', credentials.personUsername, 'rsell');
  const closerId = setup.user('Kim', 'Closer', 'kim.closer@sandbox.example.com', 'kclos');
  const inactiveUserId = setup.user('Sam', 'Former', 'sam.former@sandbox.example.com', 'sform', false);
  const others = sellers.map(([first, last]) => {
    const address = `${first}.${last}@sandbox.example.com`
      .normalize('NFKD')
      .replaceAll(/[^\w.@]/g, '')
      .toLowerCase();
    return setup.user(first, last, address, `${first[0]}${last}`.slice(0, 5).toLowerCase());
  });
  for (const [first, last, name, alias] of marketers)
    setup.user(first, last, `${name}@acme.example.com`, alias);
  fillSalesProcess(setup, personUserId);
  return {
    integrationUserId,
    personUserId,
    inactiveUserId,
    sellerIds: [personUserId, closerId, ...others],
    organizationId: setup.add(
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
    queueId: setup.queue('Inbound Leads', ['Lead'], personUserId),
    partnerQueueId: setup.queue('Partner Leads', ['Lead'], personUserId),
  };
};
