import { deriveSeed, makeRandom } from '../core/random.ts';
import type { SeedOptions } from '../core/system.ts';
import { makePeoplePlan, type PersonEntry } from '../people/plan.ts';
import type { Directory } from './directory.ts';
import { leadSources } from './schema/common-fields.ts';
import type { StoredValue } from './schema/field.ts';
import type { ObjectSchema } from './schema/org-schema.ts';
import { seedAbsences } from './seed-absences.ts';
import { seedCampaigns } from './seed-campaigns.ts';
import type { Database } from './store/database.ts';
import { trimValues } from './store/row.ts';
import { coerceValue } from './values/coerce.ts';

const dayMs = 24 * 60 * 60 * 1_000;
/** The leads were entered within the last two years. */
const ageDaysMax = 730;

const fieldsOf = (entry: PersonEntry): Readonly<Record<string, string>> => ({
  FirstName: entry.firstName,
  LastName: entry.lastName,
  Email: entry.email,
  Company: entry.company,
  Title: entry.title,
  Phone: entry.phone,
  MobilePhone: entry.mobile,
  Street: entry.street,
  City: entry.city,
  State: entry.state,
  PostalCode: entry.postalCode,
  Country: entry.country,
  Website: entry.website,
  Description: entry.description,
});

const statuses = ['Open - Not Contacted', 'Working - Contacted', 'Closed - Not Converted'];

const valuesOf = (schema: ObjectSchema, entry: PersonEntry): StoredValue[] => {
  const values: StoredValue[] = schema.fields.map(() => null);
  for (const [name, text] of Object.entries(fieldsOf(entry))) {
    const field = schema.field(name);
    if (field === undefined) throw new Error(`seed: ${schema.name} has no field ${name}`);
    values[field.column] = coerceValue(field.definition, text.slice(0, field.definition.length));
  }
  return values;
};

/**
 * Enters the leads of the people plan, as colleagues would have over the last two years. Same seed, same records; the
 * stamps count back from the start of today.
 */
export const seedLeads = (database: Database, directory: Directory, options: SeedOptions): void => {
  const schema = database.schema.object('Lead');
  if (schema === undefined) throw new Error('seed: there is no object Lead');
  const table = database.table(schema);
  const plan = makePeoplePlan(options.seed, options.contacts, options.leads);
  const today = Math.floor((database.nowSeconds * 1_000) / dayMs) * dayMs;
  if (options.leads > 0) {
    seedAbsences(database, today / 1_000);
    seedCampaigns(database, directory.personUserId, today / 1_000);
  }
  for (let index = 0; index < options.leads; index += 1) {
    const random = makeRandom(deriveSeed(options.seed, `lead ${index}`));
    const values = valuesOf(schema, plan.lead(index).entry);
    const set = (name: string, value: StoredValue): void => {
      values[schema.column(name)] = value;
    };
    // Entered one after the other, so that ids, creation and the log of changes have one order.
    const age = ageDaysMax * (1 - index / options.leads);
    const created = Math.floor((today - age * dayMs) / 1_000);
    set('Status', random.chance(0.7) ? (statuses[0] ?? null) : random.pick(statuses));
    set('LeadSource', random.chance(0.8) ? random.pick(leadSources) : null);
    set('OwnerId', random.chance(0.1) ? directory.queueId : random.pick(directory.sellerIds));
    set('IsUnreadByOwner', random.chance(0.3));
    for (const name of ['CreatedDate', 'LastModifiedDate', 'SystemModstamp']) set(name, created);
    for (const name of ['CreatedById', 'LastModifiedById']) set(name, directory.personUserId);
    table.log.touch(table.insert(trimValues(values)), created);
  }
};
