import type { StoredValue } from '../schema/field.ts';
import { memberPersonFields } from '../schema/objects/campaign.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import type { Commit, RowChange } from './commit.ts';
import type { Database } from './database.ts';
import { keepValues } from './kept-values.ts';
import type { Row } from './row.ts';
import type { Table } from './table.ts';

type Counts = Readonly<Record<string, number>>;

const memberCounts = (of: (name: string) => StoredValue): Counts => {
  const isContact = of('ContactId') !== null;
  const isLead = of('LeadId') !== null;
  return {
    NumberOfLeads: isLead && !isContact ? 1 : 0,
    NumberOfConvertedLeads: isLead && isContact ? 1 : 0,
    NumberOfContacts: isContact ? 1 : 0,
    NumberOfResponses: of('HasResponded') === true ? 1 : 0,
  };
};

const dealCounts = (of: (name: string) => StoredValue): Counts => {
  const amount = Number(of('Amount') ?? 0);
  const isWon = of('IsWon') === true;
  return {
    NumberOfOpportunities: 1,
    NumberOfWonOpportunities: isWon ? 1 : 0,
    AmountAllOpportunities: amount,
    AmountWonOpportunities: isWon ? amount : 0,
  };
};

const counted: Readonly<Record<string, (of: (name: string) => StoredValue) => Counts>> = {
  CampaignMember: memberCounts,
  Opportunity: dealCounts,
};

const readerOf =
  (schema: ObjectSchema, values: readonly StoredValue[]) =>
  (name: string): StoredValue =>
    values[schema.column(name)] ?? null;

/** What a change takes from one campaign's counts and gives to another's, or the same. */
const shareOf = function* ({
  table,
  row,
  before,
  operation,
}: RowChange): Generator<[StoredValue, Counts, 1 | -1]> {
  const { schema } = table;
  const count = counted[schema.name];
  if (count === undefined) return;
  if (before !== null && operation !== 'undelete') {
    const of = readerOf(schema, before);
    yield [of('CampaignId'), count(of), -1];
  }
  if (!row.deleted) {
    const of = readerOf(schema, row.values);
    yield [of('CampaignId'), count(of), 1];
  }
};

const countCampaigns = (database: Database, { changes, stamp }: Commit): void => {
  const moved = new Map<string, Record<string, number>>();
  for (const change of changes) {
    for (const [campaign, counts, sign] of shareOf(change)) {
      if (typeof campaign !== 'string') continue;
      const sums = moved.get(campaign) ?? {};
      for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + sign * count;
      moved.set(campaign, sums);
    }
  }
  for (const [id, sums] of moved) {
    const table = database.tableOfId(id);
    const row = table?.get(id);
    if (table === undefined || row === undefined || Object.values(sums).every((sum) => sum === 0)) continue;
    const of = readerOf(table.schema, row.values);
    const totals = Object.entries(sums).map(([name, sum]) => [name, Number(of(name) ?? 0) + sum] as const);
    keepValues(table, row, Object.fromEntries(totals), stamp);
  }
};

/** A contact's own fields, where they are not called as a member's. */
const contactNames: Readonly<Record<string, string>> = {
  Street: 'MailingStreet',
  City: 'MailingCity',
  State: 'MailingState',
  PostalCode: 'MailingPostalCode',
  Country: 'MailingCountry',
};

const companyOf = (database: Database, person: Row, schema: ObjectSchema): StoredValue => {
  const of = readerOf(schema, person.values);
  if (schema.name === 'Lead') return of('Company');
  const id = of('AccountId');
  const account = typeof id === 'string' ? database.find(id) : undefined;
  const accounts = database.schema.object('Account');
  return account === undefined || accounts === undefined ? null : readerOf(accounts, account.values)('Name');
};

const showPerson = (database: Database, members: Table, member: Row): void => {
  const of = readerOf(members.schema, member.values);
  const id = of('ContactId') ?? of('LeadId');
  const table = typeof id === 'string' ? database.tableOfId(id) : undefined;
  const person = typeof id === 'string' ? table?.get(id) : undefined;
  if (table === undefined || person === undefined) return;
  const read = readerOf(table.schema, person.values);
  const shownValue = (name: string): StoredValue => {
    if (name === 'CompanyOrAccount') return companyOf(database, person, table.schema);
    if (name === 'LeadOrContactOwnerId') return read('OwnerId');
    return read(table.schema.name === 'Contact' ? (contactNames[name] ?? name) : name);
  };
  const shown = memberPersonFields.map(({ name }) => [name, shownValue(name)] as const);
  if (shown.some(([name, value]) => value !== of(name)))
    keepValues(members, member, Object.fromEntries(shown), null);
};

const membersOf = (members: Table, field: 'LeadId' | 'ContactId', id: string): readonly Row[] =>
  members.index(members.schema.column(field))?.find(id) ?? [];

const contactsOf = (database: Database, accountId: string): readonly Row[] => {
  const contacts = database.schema.object('Contact');
  if (contacts === undefined) return [];
  return database.table(contacts).index(contacts.column('AccountId'))?.find(accountId) ?? [];
};

/** The members who show something of the changed record. */
const affected = (database: Database, members: Table, { table, row }: RowChange): readonly Row[] => {
  switch (table.schema.name) {
    case 'CampaignMember':
      return [row];
    case 'Lead':
      return membersOf(members, 'LeadId', row.id);
    case 'Contact':
      return membersOf(members, 'ContactId', row.id);
    case 'Account':
      return contactsOf(database, row.id).flatMap((contact) => membersOf(members, 'ContactId', contact.id));
    default:
      return [];
  }
};

/**
 * Keeps, after each call, what campaigns count of their members and deals (their SystemModstamp moves with it, unverified), and what
 * members show of their lead or contact, which moves nothing. Converted leads count as contacts and as converted, no more as leads
 * (unverified).
 */
export const keepCampaigns = (database: Database, commit: Commit): void => {
  const object = database.schema.object('CampaignMember');
  if (object === undefined) return;
  const members = database.table(object);
  for (const change of commit.changes) {
    for (const member of affected(database, members, change)) showPerson(database, members, member);
  }
  countCampaigns(database, commit);
};
