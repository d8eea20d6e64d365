import { deriveSeed, makeRandom, type Random } from '../core/random.ts';
import type { SeedOptions } from '../core/system.ts';
import { makePeoplePlan, type PeoplePlan, type PersonEntry } from '../people/plan.ts';
import type { Directory } from './directory.ts';
import { leadSources } from './schema/common-fields.ts';
import type { ApiValue } from './schema/field.ts';
import { SeedTables } from './seed-tables.ts';
import type { Database } from './store/database.ts';
import type { Row } from './store/row.ts';
import { formatDate } from './values/datetime.ts';

/** The records were entered within the last two years. */
const ageDaysMax = 730;
/** For each lead: so many accounts that are a lead's employer, people who are contacts, and deals. */
const accountsPerLead = 0.2;
const contactsPerLead = 0.15;
const dealsPerLead = 0.1;

type Fields = Readonly<Record<string, ApiValue>>;

const leadFields = (entry: PersonEntry): Fields => ({
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

const contactFields = (entry: PersonEntry): Fields => ({
  FirstName: entry.firstName,
  LastName: entry.lastName,
  Email: entry.email,
  Title: entry.title,
  Phone: entry.phone,
  MobilePhone: entry.mobile,
  MailingStreet: entry.street,
  MailingCity: entry.city,
  MailingState: entry.state,
  MailingPostalCode: entry.postalCode,
  MailingCountry: entry.country,
  Description: entry.description,
});

const accountFields = (entry: PersonEntry): Fields => ({
  Name: entry.company,
  Website: entry.website,
  BillingCity: entry.city,
  BillingState: entry.state,
  BillingCountry: entry.country,
});

const statuses = ['Open - Not Contacted', 'Working - Contacted', 'Closed - Not Converted'];
const openStages = [
  'Prospecting',
  'Qualification',
  'Needs Analysis',
  'Proposal/Price Quote',
  'Negotiation/Review',
];

/** Contacts of HubSpot's whom no lead is: some of them, so that Salesforce knows others only as leads or not at all. */
const strangers = function* (
  plan: PeoplePlan,
  shared: ReadonlySet<number>,
  seed: number,
): Generator<PersonEntry> {
  const random = makeRandom(deriveSeed(seed, 'contacts without a lead'));
  for (let index = 0; index < plan.contacts; index += 1) {
    if (!shared.has(index) && random.chance(0.5)) yield plan.contact(index);
  }
};

/** Fills a new company, as colleagues would have over the last two years. */
class Seeding {
  readonly #tables: SeedTables;
  readonly #directory: Directory;
  readonly #options: SeedOptions;
  readonly #plan: PeoplePlan;
  readonly #accounts = new Map<string, Row>();
  readonly #leads: Row[] = [];
  /** The contacts of HubSpot's who are leads here. */
  readonly #shared = new Set<number>();

  constructor(database: Database, directory: Directory, options: SeedOptions) {
    this.#tables = new SeedTables(database, directory.personUserId, ageDaysMax);
    this.#directory = directory;
    this.#options = options;
    this.#plan = makePeoplePlan(options.seed, options.contacts, options.leads);
  }

  run(): void {
    const { leads } = this.#options;
    const everySo = Math.round(1 / accountsPerLead);
    for (let index = 0; index < leads; index += 1) {
      const { entry, contact } = this.#plan.lead(index);
      if (contact !== null) this.#shared.add(contact);
      this.#lead(index, entry);
      if (index % everySo === 0) this.#account(entry, index / leads);
    }
    const contacts = this.#contacts();
    this.#deals(contacts);
    this.#convert();
  }

  #random(what: string, index: number): Random {
    return makeRandom(deriveSeed(this.#options.seed, `${what} ${index}`));
  }

  #lead(index: number, entry: PersonEntry): void {
    const random = this.#random('lead', index);
    const fields = {
      ...leadFields(entry),
      Status: random.chance(0.7) ? (statuses[0] ?? null) : random.pick(statuses),
      LeadSource: random.chance(0.8) ? random.pick(leadSources) : null,
      OwnerId: random.chance(0.1) ? this.#directory.queueId : random.pick(this.#directory.sellerIds),
      IsUnreadByOwner: random.chance(0.3),
    };
    this.#leads.push(this.#tables.enter('Lead', fields, index / this.#options.leads));
  }

  /** One account for each employer; `age` is its place in the two years, 0 to 1. */
  #account(entry: PersonEntry, age: number): Row {
    const key = `${entry.company} ${entry.website}`;
    const found = this.#accounts.get(key);
    if (found !== undefined) return found;
    const random = this.#random('account', this.#accounts.size);
    const type = random.chance(0.3) ? 'Customer - Direct' : random.chance(0.5) ? 'Prospect' : null;
    const fields = { ...accountFields(entry), Type: type, OwnerId: random.pick(this.#directory.sellerIds) };
    const row = this.#tables.enter('Account', fields, age);
    this.#accounts.set(key, row);
    return row;
  }

  #contacts(): readonly Row[] {
    const wanted = Math.round(this.#options.leads * contactsPerLead);
    const contacts: Row[] = [];
    for (const entry of strangers(this.#plan, this.#shared, this.#options.seed)) {
      if (contacts.length >= wanted) break;
      const age = contacts.length / wanted;
      const account = this.#account(entry, age);
      const owner = this.#tables.read(account, 'OwnerId');
      const fields = { ...contactFields(entry), AccountId: account.id, OwnerId: owner };
      contacts.push(this.#tables.enter('Contact', fields, age));
    }
    return contacts;
  }

  #deals(contacts: readonly Row[]): void {
    const wanted = contacts.length === 0 ? 0 : Math.round(this.#options.leads * dealsPerLead);
    for (let index = 0; index < wanted; index += 1) {
      const contact = contacts[index % contacts.length];
      if (contact === undefined) return;
      const random = this.#random('deal', index);
      const stage = random.chance(0.3)
        ? 'Closed Won'
        : random.chance(0.2)
          ? 'Closed Lost'
          : random.pick(openStages);
      const age = index / wanted;
      const closes = this.#tables.secondsAt(age) + random.integer(20, 120) * 86_400;
      const deal = this.#tables.enter(
        'Opportunity',
        {
          Name: `${String(this.#tables.read(contact, 'LastName'))} ${random.integer(10, 500)} seats`,
          AccountId: this.#tables.read(contact, 'AccountId'),
          OwnerId: this.#tables.read(contact, 'OwnerId'),
          StageName: stage,
          Amount: random.integer(5, 400) * 250,
          CloseDate: formatDate(closes),
          LeadSource: random.chance(0.6) ? random.pick(leadSources) : null,
        },
        age,
      );
      const role = random.pick(['Decision Maker', 'Influencer', 'Evaluator']);
      const fields = { OpportunityId: deal.id, ContactId: contact.id, Role: role, IsPrimary: true };
      this.#tables.enter('OpportunityContactRole', fields, age);
    }
  }

  /** So many of the leads have become contacts, spread over all of them. */
  #convert(): void {
    const { leads } = this.#options;
    const wanted = Math.min(leads, this.#options.converted ?? 0);
    for (let index = 0; index < wanted; index += 1) {
      const at = Math.floor((index * leads) / wanted);
      const lead = this.#leads[at];
      if (lead === undefined) continue;
      const { entry } = this.#plan.lead(at);
      const age = at / leads;
      const account = this.#account(entry, age);
      const [owner = null] = this.#directory.sellerIds;
      const fields = { ...contactFields(entry), AccountId: account.id, OwnerId: owner };
      const contact = this.#tables.enter('Contact', fields, age);
      this.#tables.change(lead, {
        Status: 'Closed - Converted',
        IsConverted: true,
        ConvertedDate: formatDate(this.#tables.secondsAt(age)),
        ConvertedAccountId: account.id,
        ConvertedContactId: contact.id,
      });
    }
  }
}

/**
 * Enters the leads of the people plan, accounts for employers, contacts whom HubSpot knows and no lead is, and their deals. Same
 * seed, same records; the stamps count back from the start of today.
 */
export const seedCompany = (database: Database, directory: Directory, options: SeedOptions): void => {
  new Seeding(database, directory, options).run();
};
