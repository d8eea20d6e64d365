import { refuse } from '../errors.ts';
import type { StoredValue } from '../schema/field.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import type { Database } from '../store/database.ts';
import type { Row } from '../store/row.ts';
import type { Table } from '../store/table.ts';
import { formatDate } from '../values/datetime.ts';
import { refuseConvertedLead } from './check-activity.ts';
import type { FieldChanges } from './read-fields.ts';

/** What every new campaign begins with (object reference, CampaignMember: Status). */
export const firstStatuses = [
  { Label: 'Sent', SortOrder: 1, IsDefault: true, HasResponded: false },
  { Label: 'Responded', SortOrder: 2, IsDefault: false, HasResponded: true },
] as const;

const tableNamed = (database: Database, name: string): Table => {
  const object = database.schema.object(name);
  if (object === undefined) throw new Error(`campaigns need the object ${name}`);
  return database.table(object);
};

const fieldOf = (schema: ObjectSchema, row: Row, name: string): StoredValue =>
  row.values[schema.column(name)] ?? null;

/** The live children of a campaign. */
const childrenOf = (table: Table, campaign: StoredValue): readonly Row[] =>
  (table.index(table.schema.column('CampaignId'))?.find(campaign) ?? []).filter((row) => !row.deleted);

/**
 * A member's status is one of its campaign's; nothing, and as shipped also one that the campaign does not have, becomes the default one
 * (API guide 2.0, CampaignMember, as dfc-org-production.force.com/forums 906F00000008idQIAQ quotes it). The status says whether the
 * member has responded; the first time is kept. With a contact beside the lead the contact alone counts (object reference, Usage).
 */
export const followMemberStatus = (
  database: Database,
  schema: ObjectSchema,
  values: StoredValue[],
  isNew: boolean,
  stamp: number,
): void => {
  const at = (name: string): number => schema.column(name);
  if (isNew && (values[at('ContactId')] ?? null) !== null) values[at('LeadId')] = null;
  const table = tableNamed(database, 'CampaignMemberStatus');
  const statuses = childrenOf(table, values[at('CampaignId')] ?? null);
  const of = (row: Row, name: string): StoredValue => fieldOf(table.schema, row, name);
  const wanted = values[at('Status')] ?? null;
  const found = statuses.find((row) => of(row, 'Label') === wanted);
  if (found === undefined && wanted !== null && database.unknownMemberStatus === 'refuse') {
    const words = `Status: bad value for restricted picklist field: ${wanted}`;
    throw refuse('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', words, ['Status']);
  }
  const status = found ?? statuses.find((row) => of(row, 'IsDefault') === true);
  if (status === undefined) return;
  values[at('Status')] = of(status, 'Label');
  const hasResponded = of(status, 'HasResponded') === true;
  values[at('HasResponded')] = hasResponded;
  if (hasResponded) values[at('FirstRespondedDate')] ??= formatDate(stamp);
};

/** Whether the campaign has this person already, by another row than `except`. */
export const isMember = (
  table: Table,
  campaign: StoredValue,
  field: 'LeadId' | 'ContactId',
  personId: StoredValue,
  except: string,
): boolean => {
  const { schema } = table;
  const rows = table.index(schema.column(field))?.find(personId) ?? [];
  return rows.some(
    (row) => !row.deleted && row.id !== except && fieldOf(schema, row, 'CampaignId') === campaign,
  );
};

/** Once, and somebody (the text of the second refusal is unverified). */
export const checkMember = (database: Database, table: Table, draft: Row, changes: FieldChanges): void => {
  const { schema } = table;
  if (schema.name !== 'CampaignMember' || draft.id !== '') return;
  const of = (name: string): StoredValue => fieldOf(schema, draft, name);
  if (of('LeadId') === null && of('ContactId') === null) {
    const words = 'Required fields are missing: [LeadId, ContactId]';
    throw refuse('REQUIRED_FIELD_MISSING', words, ['LeadId', 'ContactId']);
  }
  const lead = schema.field('LeadId');
  if (lead !== undefined) refuseConvertedLead(database, changes.get(lead) ?? null);
  for (const field of ['LeadId', 'ContactId'] as const) {
    const id = of(field);
    if (id !== null && isMember(table, of('CampaignId'), field, id, ''))
      throw refuse('DUPLICATE_VALUE', 'Already a campaign member.', []);
  }
};

/** A status that is the default one, or that members have, cannot be deleted (object reference; code and texts unverified). */
export const checkStatusRemoval = (database: Database, table: Table, row: Row): void => {
  const { schema } = table;
  if (schema.name !== 'CampaignMemberStatus') return;
  const members = tableNamed(database, 'CampaignMember');
  const label = fieldOf(schema, row, 'Label');
  const isUsed = childrenOf(members, fieldOf(schema, row, 'CampaignId')).some(
    (member) => fieldOf(members.schema, member, 'Status') === label,
  );
  if (isUsed || fieldOf(schema, row, 'IsDefault') === true) {
    const why = isUsed ? 'it is used by campaign members' : 'it is the default status';
    throw refuse(
      'DELETE_FAILED',
      `Your attempt to delete ${label} could not be completed because ${why}.`,
      [],
    );
  }
};

/** What a saved status changes of others: a new default takes the mark off the old one, and members respond as it says. */
export const settleStatus = (
  database: Database,
  table: Table,
  row: Row,
  amend: (table: Table, row: Row, fields: Readonly<Record<string, StoredValue>>) => void,
): void => {
  const { schema } = table;
  if (schema.name !== 'CampaignMemberStatus') return;
  const campaign = fieldOf(schema, row, 'CampaignId');
  if (fieldOf(schema, row, 'IsDefault') === true) {
    for (const other of childrenOf(table, campaign)) {
      if (other !== row && fieldOf(schema, other, 'IsDefault') === true)
        amend(table, other, { IsDefault: false });
    }
  }
  const members = tableNamed(database, 'CampaignMember');
  const HasResponded = fieldOf(schema, row, 'HasResponded') === true;
  for (const member of childrenOf(members, campaign)) {
    const of = (name: string): StoredValue => fieldOf(members.schema, member, name);
    if (of('Status') === fieldOf(schema, row, 'Label') && (of('HasResponded') === true) !== HasResponded)
      amend(members, member, { HasResponded });
  }
};
