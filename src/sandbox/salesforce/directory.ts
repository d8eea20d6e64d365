import { deriveSeed } from '../core/random.ts';
import type { SalesforceCredentials } from './credentials.ts';
import {
  forecastCategories,
  leadStatuses,
  opportunityStages,
  taskPriorities,
  taskStatuses,
} from './schema/sales-process.ts';
import { fillHours } from './seed-hours.ts';
import { SetupWriter } from './setup-writer.ts';
import { fillStaff, managedAliases, managerAlias, sellerAliases } from './staff.ts';
import type { Database } from './store/database.ts';

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
  for (const [at, { name, isDefault, isClosed }] of taskStatuses.entries()) {
    const fields = { IsDefault: isDefault, IsClosed: isClosed };
    setup.add('TaskStatus', { MasterLabel: name, ApiName: name, SortOrder: at + 1, ...fields }, by);
  }
  for (const [at, { name, isDefault, isHigh }] of taskPriorities.entries()) {
    const fields = { IsDefault: isDefault, IsHighPriority: isHigh };
    setup.add('TaskPriority', { MasterLabel: name, ApiName: name, SortOrder: at + 1, ...fields }, by);
  }
};

/** Enters the company, its users and queues, in a fixed order, so that they have the same ids in every sandbox. */
export const fillDirectory = (database: Database, credentials: SalesforceCredentials): Directory => {
  const setup = new SetupWriter(database);
  const integrationUserId = setup.user('Tandem', 'Integration', credentials.username, 'tandem');
  const personUserId = setup.user('Robin', 'Seller', credentials.personUsername, 'rsell');
  const staff = fillStaff(setup);
  const idOf = (alias: string): string => {
    const id = staff.get(alias);
    if (id === undefined) throw new Error(`the directory has no user ${alias}`);
    return id;
  };
  const managed = [personUserId, ...managedAliases.map(idOf)];
  for (const id of managed) {
    const row = database.find(id);
    if (row !== undefined) setup.change(row, { ManagerId: idOf(managerAlias) });
  }
  fillSalesProcess(setup, personUserId);
  // Another company is another organization, also where its records have the same ids (as in a sandbox copied from production).
  setup.numberNext('Organization', deriveSeed(1, credentials.clientId));
  const ids = (...aliases: string[]): readonly string[] => aliases.map(idOf);
  const directory: Directory = {
    integrationUserId,
    personUserId,
    inactiveUserId: idOf('sform'),
    sellerIds: [personUserId, ...sellerAliases.map(idOf)],
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
    queueId: setup.queue('Inbound Leads', ['Lead'], ids('kclos', 'hlind', 'pnair'), personUserId),
    partnerQueueId: setup.queue('Partner Leads', ['Lead'], ids('dpate'), personUserId),
  };
  // Where leads wait whom nobody can take: config/routing.yaml names its id.
  setup.queue('Unrouted Leads', ['Lead', 'Task'], [personUserId, idOf(managerAlias)], personUserId);
  fillHours(setup, personUserId);
  return directory;
};
