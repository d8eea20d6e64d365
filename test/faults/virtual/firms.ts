import type { System } from '../../../src/model/system.ts';
import type { RawFields } from '../../../src/model/value.ts';
import type { RecordsOf } from '../chaos/oracle.ts';
import type { Book, Place, RecordsSeen, Removed } from './case.ts';
import type { VirtualCompany } from './company.ts';
import type { PersonEdit, Persons } from './persons.ts';
import { type Entered, spelled } from './record-names.ts';

/** Mapped fields of companies that persons edit, by the API's names. */
export const firmFields = [
  { hubspot: 'name', salesforce: 'Name' },
  { hubspot: 'city', salesforce: 'BillingCity' },
  { hubspot: 'description', salesforce: 'Description' },
  { hubspot: 'phone', salesforce: 'Phone' },
  { hubspot: 'annualrevenue', salesforce: 'AnnualRevenue' },
] as const;

export const firmTypes = { hubspot: 'companies', salesforce: 'Account' } as const;
const paths = {
  hubspot: '/crm/v3/objects/companies',
  salesforce: '/services/data/v62.0/sobjects/Account',
} as const;

interface Firm {
  readonly domain: string;
  readonly ids: { hubspot: string | null; salesforce: string | null };
}

/** The host of what stands in a company's domain or website, as both systems' people write it. */
export const domainOf = (fields: Readonly<Record<string, unknown>>): string =>
  String(fields.domain ?? fields.Website ?? '')
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/^www\./, '')
    .replace(/[/?#].*$/, '');

/** Persons at work on companies and accounts, on who works where, and the book of what they entered. */
export class Firms implements Book {
  readonly edits: PersonEdit[] = [];
  /** Domains of doubles, of merged and of removed companies: about these the engine has to ask, or leaves them alone. */
  readonly odd = new Set<string>();
  readonly made = new Map<string, number>();
  readonly removed: Removed[] = [];
  merged = 0;
  /** How often somebody was put into a company, or taken out of one. */
  moved = 0;
  private readonly company: VirtualCompany;
  private readonly persons: Persons;
  private readonly now: () => number;
  private readonly firms: Firm[] = [];

  constructor(company: VirtualCompany, persons: Persons, now: () => number) {
    this.company = company;
    this.persons = persons;
    this.now = now;
  }

  async enter(where: {
    readonly company: boolean;
    readonly account: boolean;
    readonly differs: boolean;
  }): Promise<void> {
    const domain = `firm${this.firms.length + 1}.example`;
    const firm: Firm = { domain, ids: { hubspot: null, salesforce: null } };
    this.firms.push(firm);
    const shared = firmFields.map(() => this.persons.next());
    const both = { hubspot: where.company || !where.account, salesforce: where.account };
    for (const system of ['hubspot', 'salesforce'] as const) {
      if (!both[system]) continue;
      const values = firmFields.map((names, index) => {
        const n = where.differs && index % 2 === 0 ? this.persons.next() : (shared[index] ?? 0);
        return [names[system], spelled(names[system], n)] as const;
      });
      firm.ids[system] = await this.create(system, domain, Object.fromEntries(values));
    }
  }

  /** The same company once more on a side. */
  async double(system: System, who: number): Promise<void> {
    const firm = this.pick(who);
    if (firm === undefined) return;
    this.odd.add(firm.domain);
    const values = firmFields.map((names) => [names[system], spelled(names[system], this.persons.next())]);
    await this.persons.attempt(() => this.create(system, firm.domain, Object.fromEntries(values)));
  }

  async edit(system: System, who: number, field: number): Promise<void> {
    const name = firmFields[field % firmFields.length]?.[system];
    if (name !== undefined) await this.put(system, who, name, spelled(name, this.persons.next()));
  }

  /** A name is not emptied: Salesforce takes no account without. */
  async clear(system: System, who: number, field: number): Promise<void> {
    const names = firmFields[1 + (field % (firmFields.length - 1))];
    if (names !== undefined) await this.put(system, who, names[system], null);
  }

  async remove(system: System, who: number): Promise<void> {
    const [firm, id] = [this.pick(who), this.recordOf(system, who)];
    if (firm === undefined || id === null) return;
    this.odd.add(firm.domain);
    const done = await this.persons.attempt(async () => {
      await this.company.asPerson(system, 'DELETE', `${paths[system]}/${id}`);
      return true;
    });
    // Salesforce keeps an account that has contacts or cases with others' work on them.
    if (!done) return;
    this.removed.push({ system, id, key: firm.domain, at: this.now() });
    firm.ids[system] = null;
  }

  /** Makes one of two companies on a side. */
  async merge(system: System, who: number, other: number): Promise<void> {
    const [primary, victim] = [this.pick(who), this.pick(other)];
    const [id, victimId] = [this.recordOf(system, who), this.recordOf(system, other)];
    if (!primary || !victim || primary === victim || !id || !victimId) return;
    const before = this.valuesOf(system, id);
    const sentAt = this.now();
    const survivor = await this.persons.attempt(async () => {
      if (system === 'hubspot') {
        const merged = { primaryObjectId: id, objectIdToMerge: victimId };
        const answer = await this.company.asPerson(system, 'POST', `${paths.hubspot}/merge`, merged);
        return String((answer as { readonly id: string }).id);
      }
      await this.company.asPersonBySoap(
        'merge',
        `<mergeRequests><masterRecord><type>Account</type><Id>${id}</Id></masterRecord><recordToMergeIds>${victimId}</recordToMergeIds></mergeRequests>`,
      );
      return id;
    });
    if (survivor === null) return;
    for (const each of [primary, victim]) this.odd.add(each.domain);
    this.merged += 1;
    victim.ids[system] = null;
    primary.ids[system] = survivor;
    for (const [apiField, value] of Object.entries(this.valuesOf(system, survivor)))
      this.note(sentAt, system, survivor, apiField, value, value === before[apiField]);
  }

  /** Somebody goes to work for a company, in HubSpot or in Salesforce, where only contacts have an account. */
  async employ(system: System, who: number, where: number): Promise<void> {
    const [person, firm] = [this.persons.recordOf(system, who), this.recordOf(system, where)];
    if (person === null || firm === null) return;
    await this.move(async () => {
      if (system === 'hubspot') {
        const primary = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 1 }];
        await this.company.asPerson(system, 'PUT', employment(person, firm), primary);
      } else if (person.startsWith('003')) {
        await this.company.asPerson(system, 'PATCH', contactPath(person), { AccountId: firm });
      }
    });
  }

  /** Somebody works for it no more. */
  async dismiss(system: System, who: number): Promise<void> {
    const person = this.persons.recordOf(system, who);
    if (person === null) return;
    await this.move(async () => {
      if (system === 'salesforce') {
        if (person.startsWith('003'))
          await this.company.asPerson(system, 'PATCH', contactPath(person), { AccountId: null });
        return;
      }
      const firm = this.persons.fieldsOf(system, person)?.associatedcompanyid;
      if (typeof firm === 'string' && firm !== '')
        await this.company.asPerson(system, 'DELETE', employment(person, firm));
    });
  }

  private async move(step: () => Promise<void>): Promise<void> {
    const done = await this.persons.attempt(async () => {
      await step();
      return true;
    });
    if (done) this.moved += 1;
  }

  /** Whether it is a company about which the engine has to ask, or leaves it alone. */
  isOdd(system: System, id: string): boolean {
    const record = this.company
      .records(system, firmTypes[system])
      .find((each) => String(each[system === 'hubspot' ? 'id' : 'Id']) === id);
    const fields = (system === 'hubspot' ? record?.properties : record) as
      | Readonly<Record<string, unknown>>
      | undefined;
    // One without a domain is of a conversion, which makes an account by its name alone.
    const domain = fields === undefined ? '' : domainOf(fields);
    return domain === '' || this.odd.has(domain);
  }

  private pick(who: number): Firm | undefined {
    return this.firms[who % Math.max(1, this.firms.length)];
  }

  private recordsOf(
    system: System,
  ): readonly { readonly id: string; readonly fields: Readonly<Record<string, unknown>> }[] {
    return this.company.records(system, firmTypes[system]).flatMap((record) => {
      if (record.archived === true || record.IsDeleted === true) return [];
      return system === 'hubspot'
        ? [{ id: String(record.id), fields: record.properties as Readonly<Record<string, unknown>> }]
        : [{ id: String(record.Id), fields: record }];
    });
  }

  /** Where a person has no record of it yet, it may have come from the other system meanwhile. */
  recordOf(system: System, who: number): string | null {
    const firm = this.pick(who);
    if (firm === undefined) return null;
    if (firm.ids[system] !== null) return firm.ids[system];
    if (this.odd.has(firm.domain)) return null;
    const found = this.recordsOf(system).find(({ fields }) => domainOf(fields) === firm.domain);
    firm.ids[system] = found?.id ?? null;
    return firm.ids[system];
  }

  private valuesOf(system: System, id: string): Readonly<Record<string, Entered>> {
    const record = this.recordsOf(system).find((each) => each.id === id);
    return Object.fromEntries(
      firmFields.map((names) => [names[system], (record?.fields[names[system]] ?? null) as Entered]),
    );
  }

  private async put(system: System, who: number, apiField: string, value: Entered): Promise<void> {
    const id = this.recordOf(system, who);
    if (id === null) return;
    const body = system === 'hubspot' ? { properties: { [apiField]: value ?? '' } } : { [apiField]: value };
    const sentAt = this.now();
    const done = await this.persons.attempt(() =>
      this.company.asPerson(system, 'PATCH', `${paths[system]}/${id}`, body),
    );
    if (done !== null) this.note(sentAt, system, id, apiField, value);
  }

  private async create(
    system: System,
    domain: string,
    fields: Readonly<Record<string, Entered>>,
  ): Promise<string> {
    const whole =
      system === 'hubspot' ? { domain, ...fields } : { Website: `https://www.${domain}/`, ...fields };
    const body = system === 'hubspot' ? { properties: whole } : whole;
    const sentAt = this.now();
    const made = (await this.company.asPerson(system, 'POST', paths[system], body)) as {
      readonly id: string;
    };
    this.made.set(`${system}:${made.id}`, this.now());
    for (const [apiField, value] of Object.entries(fields))
      this.note(sentAt, system, made.id, apiField, value);
    return made.id;
  }

  private note(
    sentAt: number,
    system: System,
    id: string,
    apiField: string,
    value: Entered,
    inherited = false,
  ): void {
    this.edits.push({ sentAt, at: this.now(), system, id, apiField, value, inherited });
  }
}

const employment = (person: string, firm: string): string =>
  `/crm/v4/objects/contacts/${person}/associations/companies/${firm}`;
const contactPath = (id: string): string => `/services/data/v62.0/sobjects/Contact/${id}`;

/** Companies and accounts as the judge sees them: what they are is what they were. */
export class FirmRecords implements RecordsSeen {
  private readonly company: VirtualCompany;

  constructor(company: VirtualCompany) {
    this.company = company;
  }

  of(system: System): RecordsOf['records'] {
    return new Map(
      this.company.records(system, firmTypes[system]).map((record) => {
        const fields = (system === 'hubspot' ? record.properties : record) as RawFields;
        const deleted = record.archived === true || record.IsDeleted === true;
        return [String(system === 'hubspot' ? record.id : record.Id), { fields, deleted }];
      }),
    );
  }

  keyOf(fields: Readonly<Record<string, unknown>>): string | null {
    return domainOf(fields) || null;
  }

  idOf(id: string): string {
    return id;
  }

  placeOf({ id, apiField }: Place): Place {
    return { id, apiField };
  }

  placesOf(place: Place): readonly Place[] {
    return [place];
  }
}
