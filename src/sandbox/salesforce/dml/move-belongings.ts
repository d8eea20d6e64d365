import type { StoredValue } from '../schema/field.ts';
import type { Database } from '../store/database.ts';
import type { Row } from '../store/row.ts';
import type { Table } from '../store/table.ts';
import { isMember } from './campaigns.ts';
import type { Writer } from './writer.ts';

const rowsOf = (table: Table, field: string, id: string): readonly Row[] => [
  ...(table.index(table.schema.column(field))?.find(id) ?? []),
];

/** Who converts, to whom, and into what. */
export interface ConvertedTo {
  readonly contactId: string;
  readonly accountId: string;
  readonly opportunityId: string | null;
  /** The owner of what the conversion makes. */
  readonly ownerId: string;
  readonly convertedBy: string;
}

/**
 * A converted lead's open and closed activities become those of the contact, related to the deal or, without one, to the account, and
 * bear the stamp of the conversion. Open tasks and all events of whoever converts go to the new owner, those of others stay with them
 * (help.salesforce.com 000385227). Deleted ones stay where they are.
 */
export const moveActivities = (writer: Writer, database: Database, leadId: string, to: ConvertedTo): void => {
  const moved = { WhoId: to.contactId, WhatId: to.opportunityId ?? to.accountId, AccountId: to.accountId };
  for (const name of ['Task', 'Event']) {
    const object = database.schema.object(name);
    if (object === undefined) continue;
    const table = database.table(object);
    const closed = object.field('IsClosed');
    for (const row of rowsOf(table, 'WhoId', leadId)) {
      if (row.deleted) continue;
      const isDone = closed !== undefined && row.values[closed.column] === true;
      const isTheirs = row.values[object.column('OwnerId')] === to.convertedBy;
      writer.amend(table, row, isTheirs && !isDone ? { ...moved, OwnerId: to.ownerId } : moved);
    }
  }
};

const membersOf = (database: Database, leadId: string): readonly [Table | null, readonly Row[]] => {
  const object = database.schema.object('CampaignMember');
  if (object === undefined) return [null, []];
  const table = database.table(object);
  return [table, rowsOf(table, 'LeadId', leadId).filter((row) => !row.deleted)];
};

/**
 * A converted lead's places in campaigns become the contact's: the row stays, keeps the lead and gains the contact. Where the contact is
 * a member already, the lead's place goes (both unverified).
 */
export const moveMembers = (writer: Writer, database: Database, leadId: string, contactId: string): void => {
  const [table, members] = membersOf(database, leadId);
  if (table === null) return;
  for (const member of members) {
    const campaign = member.values[table.schema.column('CampaignId')] ?? null;
    if (isMember(table, campaign, 'ContactId', contactId, member.id)) writer.remove(table, member);
    else writer.amend(table, member, { ContactId: contactId });
  }
};

/** The campaign of the lead's newest place: a deal that the conversion makes names it as its source (help: Campaign Influence). */
export const campaignOf = (database: Database, leadId: string): StoredValue => {
  const [table, members] = membersOf(database, leadId);
  if (table === null) return null;
  const of = (row: Row, name: string): StoredValue => row.values[table.schema.column(name)] ?? null;
  const newest = members.reduce<Row | null>(
    (best, row) =>
      best === null || Number(of(row, 'LastModifiedDate')) >= Number(of(best, 'LastModifiedDate'))
        ? row
        : best,
    null,
  );
  return newest === null ? null : of(newest, 'CampaignId');
};
