import * as z from 'zod';
import { ControlError, type ControlRoute } from '../core/system.ts';
import { switchAddressPicklists } from './address-picklists.ts';
import type { Company } from './company.ts';
import type { StoredValue } from './schema/field.ts';
import { optionalObjects } from './schema/objects/index.ts';
import type { ObjectSchema } from './schema/org-schema.ts';
import { SetupWriter } from './setup-writer.ts';
import type { Row } from './store/row.ts';

const directorySchema = z.strictObject({
  users: z
    .array(
      z.strictObject({
        /** The short name: a user who has it is changed, another is added. */
        alias: z.string().min(1).max(8),
        firstName: z.string().optional(),
        lastName: z.string().optional(),
        email: z.string().optional(),
        active: z.boolean().optional(),
        timeZone: z.string().optional(),
        locale: z.string().optional(),
        title: z.string().optional(),
        /** The manager's alias. */
        manager: z.string().optional(),
      }),
    )
    .default([]),
  queues: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        objects: z.array(z.string()).min(1),
        /** Aliases of users. */
        members: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

const recordTypesSchema = z.strictObject({
  object: z.string().min(1),
  types: z
    .array(
      z.strictObject({
        developerName: z.string().regex(/^[A-Za-z]\w*$/),
        name: z.string().optional(),
        active: z.boolean().default(true),
        default: z.boolean().default(false),
      }),
    )
    .min(1),
});

const isoCode = z.string().regex(/^[A-Z]{3}$/);
const currenciesSchema = z.strictObject({
  corporate: isoCode,
  /** How much of each is one of the corporate currency. */
  others: z.array(z.strictObject({ code: isoCode, rate: z.number().positive() })).default([]),
});

const objectOf = (company: Company, place: string, name: string): ObjectSchema => {
  const object = company.database.schema.object(name);
  if (object === undefined) throw new ControlError(place, `there is no object ${name}`);
  return object;
};

const rowWhere = (
  company: Company,
  object: ObjectSchema,
  fields: Readonly<Record<string, StoredValue>>,
): Row | undefined =>
  company.database
    .table(object)
    .rows.find((row) =>
      Object.entries(fields).every(([name, value]) => (row.values[object.column(name)] ?? null) === value),
    );

type UserInput = z.output<typeof directorySchema>['users'][number];

/** The fields of a user that the input names. */
const userFields = (
  { firstName, lastName, email, active, timeZone, locale, title, manager }: UserInput,
  idOf: (alias: string) => string,
): Readonly<Record<string, StoredValue>> =>
  Object.fromEntries(
    Object.entries({
      FirstName: firstName,
      LastName: lastName,
      Email: email,
      IsActive: active,
      TimeZoneSidKey: timeZone,
      LocaleSidKey: locale,
      Title: title,
      ManagerId: manager === undefined ? undefined : idOf(manager),
    }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

/** Adds users and queues, renames users, moves them to another zone, takes them out of service and puts them back. */
const changeDirectory = (company: Company, payload: unknown): Readonly<Record<string, string>> => {
  const { users, queues } = directorySchema.parse(payload);
  const setup = new SetupWriter(company.database);
  const table = objectOf(company, 'users', 'User');
  const ids: Record<string, string> = {};
  const idAt = (place: string) => (alias: string) => {
    const row = rowWhere(company, table, { Alias: alias });
    if (row === undefined) throw new ControlError(place, `there is no user ${alias}`);
    return row.id;
  };
  for (const [at, user] of users.entries()) {
    const { alias, firstName = '', lastName = alias, email = `${alias}@sandbox.example.com` } = user;
    const fields = userFields(user, idAt(`users[${at}].manager`));
    const row = rowWhere(company, table, { Alias: alias });
    if (row !== undefined) setup.change(row, fields);
    ids[alias] = row?.id ?? setup.user(firstName, lastName, email, alias, fields);
  }
  for (const [at, { name, objects, members }] of queues.entries()) {
    const named = objects.map((object) => objectOf(company, `queues[${at}].objects`, object).name);
    const memberIds = members.map(idAt(`queues[${at}].members`));
    ids[name] = setup.queue(name, named, memberIds, company.directory.personUserId);
  }
  return ids;
};

/**
 * Gives an object record types: its records gain RecordTypeId, blank on those that are there already. A type that is named again
 * is switched on or off, or made the default.
 */
const changeRecordTypes = (company: Company, payload: unknown): Readonly<Record<string, string>> => {
  const { object: name, types } = recordTypesSchema.parse(payload);
  const { database } = company;
  const object = objectOf(company, 'object', name);
  const recordTypes = objectOf(company, 'object', 'RecordType');
  const setup = new SetupWriter(database);
  if (object.field('RecordTypeId') === undefined) {
    database.addField(object, {
      name: 'RecordTypeId',
      label: 'Record Type ID',
      type: 'reference',
      referenceTo: ['RecordType'],
      relationshipName: 'RecordType',
    });
  }
  const ids: Record<string, string> = {};
  for (const { developerName, name: label, active, default: isDefault } of types) {
    const key = { SobjectType: object.name, DeveloperName: developerName };
    const row = rowWhere(company, recordTypes, key);
    if (row !== undefined) setup.change(row, { IsActive: active });
    const fields = { ...key, Name: label ?? developerName.replaceAll('_', ' '), IsActive: active };
    const id = row?.id ?? setup.add('RecordType', fields, company.directory.personUserId);
    if (isDefault) database.defaultRecordTypes.set(object.name, id);
    ids[developerName] = id;
  }
  return ids;
};

/** Objects that carry a currency once there are several (object reference, CurrencyIsoCode). */
const carriesCurrency = (object: ObjectSchema): boolean =>
  object.name.endsWith('__c') ||
  [
    'Account',
    'Campaign',
    'CampaignMember',
    'Contact',
    'Event',
    'Lead',
    'Opportunity',
    'OpportunityContactRole',
    'Task',
    'User',
  ].includes(object.name);

/** Switches several currencies on, which cannot be taken back: every record then has one, those that are there the corporate. */
const switchCurrencies = (company: Company, payload: unknown): Readonly<Record<string, string>> => {
  const { corporate, others } = currenciesSchema.parse(payload);
  const { database } = company;
  if (database.schema.object('CurrencyType') !== undefined) {
    throw new ControlError('body', 'several currencies are switched on already');
  }
  const codes = [corporate, ...others.map(({ code }) => code)];
  for (const object of database.schema.objects.filter(carriesCurrency)) {
    database.addField(object, {
      name: 'CurrencyIsoCode',
      label: `${object.definition.label} Currency`,
      type: 'picklist',
      length: 3,
      defaultedOnCreate: true,
      restricted: true,
      picklist: codes,
      blankReadsAs: corporate,
    });
  }
  for (const definition of optionalObjects) database.schema.addObject(definition);
  const setup = new SetupWriter(database);
  const ids: Record<string, string> = {};
  for (const { code, rate } of [{ code: corporate, rate: 1 }, ...others]) {
    const fields = { IsoCode: code, ConversionRate: rate, DecimalPlaces: 2 };
    const flags = { IsActive: true, IsCorporate: code === corporate };
    ids[code] = setup.add('CurrencyType', { ...fields, ...flags }, company.directory.personUserId);
  }
  return ids;
};

const campaignsSchema = z.strictObject({ unknownStatus: z.enum(['default', 'refuse']) });

/** What becomes of campaign members whose status their campaign does not have: it differs between what companies report. */
const changeCampaigns = (company: Company, payload: unknown): Readonly<Record<string, string>> => {
  const { unknownStatus } = campaignsSchema.parse(payload);
  company.database.unknownMemberStatus = unknownStatus;
  return { unknownStatus };
};

/** What an administrator changes in Setup; all answer ids by name. */
export const setupRoutes = (company: Company): readonly ControlRoute[] => [
  {
    method: 'POST',
    template: '/address-picklists',
    handle: (body) => switchAddressPicklists(company, body),
  },
  { method: 'POST', template: '/campaigns', handle: (body) => changeCampaigns(company, body) },
  { method: 'POST', template: '/directory', handle: (body) => changeDirectory(company, body) },
  { method: 'POST', template: '/currencies', handle: (body) => switchCurrencies(company, body) },
  { method: 'POST', template: '/record-types', handle: (body) => changeRecordTypes(company, body) },
];
