import { z } from 'zod';
import type { ColleagueRow } from '../../model/journeys.ts';
import type { RecordSnapshot } from '../../model/record.ts';
import type { RawFields } from '../../model/value.ts';
import type { Colleagues, MappedRecord } from '../digest/input.ts';
import type { About, RepNote } from '../effects/standing.ts';
import { textIn } from '../look/activity-touch.ts';
import type { SeenPerson } from '../look/person.ts';
import { isNobody, type Staff } from '../staff/staff.ts';
import { isStage } from '../stage/facts.ts';
import { stages } from '../stage/stages.ts';
import { callFor, type LifecycleContext } from './context.ts';
import { unlessHidden } from './unless-hidden.ts';

/** So many others of a company are named to a rep. */
const namedMax = 5;

/** What is read of a task that a rep logged. */
const noteFields = ['WhoId', 'Description', 'IsClosed', 'CompletedDateTime', 'CreatedById', 'Tandem_Key__c'];

/** Somebody of whom a text is about to be written. */
export interface Described {
  readonly person: SeenPerson;
  readonly turn: number;
}

const fieldsOutline = z.record(z.string(), z.unknown());
const fieldsIn = (text: string | null): RawFields =>
  text === null ? {} : (fieldsOutline.parse(JSON.parse(text) ?? {}) as RawFields);

const idIn = (fields: RawFields | undefined, name: string): string | null => {
  const id = textIn(fields?.[name]);
  return id === '' ? null : id;
};
const companyIdOf = ({ contact }: SeenPerson): string | null => idIn(contact.fields, 'associatedcompanyid');
const accountIdOf = ({ sales }: SeenPerson): string | null => idIn(sales?.fields, 'AccountId');
const unique = (ids: readonly (string | null)[]): readonly string[] => [
  ...new Set(ids.flatMap((id) => id ?? [])),
];

type Records = ReadonlyMap<string, RecordSnapshot>;

/** Companies by id; those that may not be seen are none. */
const readCompanies = async (
  context: LifecycleContext,
  system: 'hubspot' | 'salesforce',
  ids: readonly string[],
): Promise<Records> => {
  const type = context.companies?.types[system];
  const fields = type === undefined ? undefined : context.fields.get(type);
  if (type === undefined || fields === undefined || ids.length === 0) return new Map();
  const call = callFor(context, 'read');
  return (await unlessHidden(context.systems[system].readMany(type, ids, fields, call))) ?? new Map();
};

/** What reps wrote with what they logged, by the record in Salesforce; of those alone who have been with sales before. */
const readNotes = async (
  context: LifecycleContext,
  people: readonly Described[],
  { owners }: Pick<Staff, 'owners'>,
): Promise<ReadonlyMap<string, readonly RepNote[]>> => {
  const ids = unique(people.map(({ person, turn }) => (turn > 1 ? (person.sales?.ref.id ?? null) : null)));
  if (ids.length === 0 || !context.fields.has('Task')) return new Map();
  const call = callFor(context, 'read');
  const found = await unlessHidden(
    context.systems.salesforce.findByField('Task', 'WhoId', ids, noteFields, call),
  );
  const notes = (found ?? []).flatMap(({ record: { fields, stamp, deleted } }) => {
    const text = textIn(fields.Description).trim();
    const author = owners.get(textIn(fields.CreatedById));
    const isNobodys = textIn(fields.Tandem_Key__c) !== '' || (author !== undefined && isNobody(author));
    if (deleted || isNobodys || text === '' || fields.IsClosed !== true) return [];
    const completed = Date.parse(textIn(fields.CompletedDateTime));
    return [{ who: textIn(fields.WhoId), at: Number.isNaN(completed) ? stamp : completed, text }];
  });
  return new Map(
    [...Map.groupBy(notes, ({ who }) => who)].map(([who, own]) => [
      who,
      own.map(({ at, text }) => ({ at, text })).sort((a, b) => a.at - b.at),
    ]),
  );
};

const colleaguesOf = (
  { pair, models }: LifecycleContext,
  rows: readonly ColleagueRow[],
  contactId: string,
  { owners }: Pick<Staff, 'owners'>,
): Colleagues => {
  const others = rows.filter((row) => row.contactId !== contactId).slice(0, namedMax);
  return {
    named: others.map(({ stage, owner, contact, sales }) => ({
      person: { pair, fields: { hubspot: fieldsIn(contact), salesforce: fieldsIn(sales) } },
      stage: isStage(stage, stages) ? models.lifecycle.stages[stage].label : stage,
      owner: owner === null ? null : (owners.get(owner)?.name ?? null),
    })),
    // The person is one of them.
    count: Math.max(0, (rows[0]?.count ?? 0) - 1),
  };
};

const companyOf = (
  { companies }: LifecycleContext,
  company: RecordSnapshot | undefined,
  account: RecordSnapshot | undefined,
): MappedRecord | null => {
  const [hubspot, salesforce] = [company, account].map((record) =>
    record === undefined || record.deleted ? {} : record.fields,
  );
  if (companies === undefined || hubspot === undefined || salesforce === undefined) return null;
  if (Object.keys(hubspot).length + Object.keys(salesforce).length === 0) return null;
  return { pair: companies, fields: { hubspot, salesforce } };
};

/**
 * What texts for reps tell beside the people themselves, by contact: the company as both systems have it, others of it, and what reps wrote of those who
 * come back. Two calls for a hundred people, and one more where somebody comes back. @throws CallFailed
 */
export const readAbout = async (
  context: LifecycleContext,
  people: readonly Described[],
  staff: Pick<Staff, 'owners'>,
): Promise<ReadonlyMap<string, About>> => {
  if (people.length === 0) return new Map();
  const companyIds = unique(people.map(({ person }) => companyIdOf(person)));
  const [companies, accounts, notes, rows] = await Promise.all([
    readCompanies(context, 'hubspot', companyIds),
    readCompanies(context, 'salesforce', unique(people.map(({ person }) => accountIdOf(person)))),
    readNotes(context, people, staff),
    // One more than is named: the person may be among them.
    context.store.colleagues(companyIds, namedMax + 1),
  ]);
  const byCompany = Map.groupBy(rows, ({ companyId }) => companyId);
  return new Map(
    people.map(({ person }): [string, About] => {
      const [companyId, accountId] = [companyIdOf(person), accountIdOf(person)];
      const { id } = person.contact.ref;
      return [
        id,
        {
          company: companyOf(context, companies.get(companyId ?? ''), accounts.get(accountId ?? '')),
          colleagues: colleaguesOf(context, byCompany.get(companyId ?? '') ?? [], id, staff),
          notes: notes.get(person.sales?.ref.id ?? '') ?? [],
        },
      ];
    }),
  );
};
