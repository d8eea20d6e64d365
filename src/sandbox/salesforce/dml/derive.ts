import type { StoredValue } from '../schema/field.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import type { Database } from '../store/database.ts';
import { followAddress } from './address.ts';
import { followMemberStatus } from './campaigns.ts';
import { followEvent } from './derive-event.ts';
import { followTask } from './derive-task.ts';
import type { FieldChanges } from './read-fields.ts';

/** What an opportunity's stage says of it, by the columns of OpportunityStage. */
const stageFields = {
  IsClosed: 'IsClosed',
  IsWon: 'IsWon',
  ForecastCategory: 'ForecastCategory',
  ForecastCategoryName: 'ForecastCategoryName',
};

/**
 * An opportunity follows its stage: closed, won and forecast category always; the probability when the stage changes and the same
 * write does not say another (object reference, Opportunity: StageName, Probability). A stage that is none of the company's
 * leaves it open, with no probability of its own (unverified).
 */
const followStage = (
  database: Database,
  schema: ObjectSchema,
  values: StoredValue[],
  changes: FieldChanges,
): void => {
  const stageName = schema.field('StageName');
  if (stageName === undefined || !changes.has(stageName)) return;
  const stages = database.schema.object('OpportunityStage');
  if (stages === undefined) return;
  const nameColumn = stages.column('ApiName');
  const stage = database
    .table(stages)
    .rows.find((row) => row.values[nameColumn] === values[stageName.column]);
  const of = (name: string): StoredValue => stage?.values[stages.column(name)] ?? null;
  for (const [name, source] of Object.entries(stageFields)) {
    const field = schema.field(name);
    if (field !== undefined) values[field.column] = of(source);
  }
  const probability = schema.field('Probability');
  if (probability !== undefined && (changes.get(probability) ?? null) === null) {
    values[probability.column] = of('DefaultProbability');
  }
};

/** The record type that a new record gets where the caller names none: the object's default one. */
const defaultRecordType = (database: Database, schema: ObjectSchema, values: StoredValue[]): void => {
  const field = schema.field('RecordTypeId');
  if (field !== undefined) values[field.column] ??= database.defaultRecordTypes.get(schema.name) ?? null;
};

/** Sets what the platform works out from what a write says; `stamp` is the second of the write. */
export const deriveValues = (
  database: Database,
  schema: ObjectSchema,
  values: StoredValue[],
  changes: FieldChanges,
  isNew: boolean,
  stamp: number,
): void => {
  if (isNew) defaultRecordType(database, schema, values);
  followAddress(schema, values, changes, isNew ? 'create' : 'update');
  if (schema.name === 'Opportunity') followStage(database, schema, values, changes);
  if (schema.name === 'CampaignMember') followMemberStatus(database, schema, values, isNew, stamp);
  if (schema.name === 'Event') followEvent(schema, values, changes, isNew);
  if (schema.name === 'Task') followTask(database, schema, values, isNew, stamp);
};
