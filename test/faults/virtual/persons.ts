import { otherSystem, type System } from '../../../src/model/system.ts';
import type { Book, Removed } from './case.ts';
import { PersonRefused, type VirtualCompany } from './company.ts';
import { type Entered, nameIn, pathOf, spelled, typeOf } from './record-names.ts';
import { editable } from './scenario.ts';

/** A value that a person entered into a field of a record, and when the vendor had it. */
export interface PersonEdit {
  /** The vendor had it some time between these two. */
  readonly sentAt: number;
  readonly at: number;
  readonly system: System;
  readonly id: string;
  readonly apiField: string;
  readonly value: Entered;
  /** The vendor kept it when it made two records one: it competes with what others enter, and nobody would miss it. */
  readonly inherited?: boolean;
  /** What stood there before, in the record or in the one that was merged into it: where it says the same, nobody sees a change. */
  readonly was?: Entered;
}

/** Somebody whom a person entered: the records of one email. */
interface Somebody {
  readonly email: string;
  readonly ids: { hubspot: string | null; salesforce: string | null };
}

/** Two people's records that a person made one on a side, and when. */
interface Merged {
  readonly system: System;
  /** Theirs whose record was kept, and theirs whose record was merged into it. */
  readonly emails: readonly [string, string];
  readonly ids: readonly [string, string];
  /** What both go by since: Salesforce goes on with the id of the record that was kept, HubSpot makes a new one. */
  readonly survivor: string;
  readonly at: number;
}

/** A poll finds an edit within so long, or it is crossed by nobody. */
const crossMs = 30_000;

/** What stands before somebody's address in one that they had before. */
const formerPrefix = 'former.';
/** Whose address it is, be it a former one. */
export const presentEmail = (text: unknown): string =>
  String(text ?? '')
    .toLowerCase()
    .replace(formerPrefix, '');

const emailField = { hubspot: 'email', salesforce: 'Email' } as const;
const required: ReadonlySet<string> = new Set(['LastName', 'Company', 'lastname', 'company']);

/** Persons at work in both systems, through the public APIs, and the book of what they entered. */
export class Persons implements Book {
  readonly edits: PersonEdit[] = [];
  /** Emails of doubles and of deleted records: about these the engine has to ask, or leaves them alone. */
  readonly odd = new Set<string>();
  /** Records that persons made, by `system:id`, with the time at which the vendor had them. */
  readonly made = new Map<string, number>();
  /** People whose record a person removed from a side, and when. */
  readonly removed: Removed[] = [];
  readonly merged: Merged[] = [];
  /** Leads that a person converted, and the contacts that they live on as. */
  readonly converted: { readonly lead: string; readonly contact: string; readonly email: string }[] = [];
  /** Records that were taken out of the recycle bin. */
  undeleted = 0;
  private readonly company: VirtualCompany;
  private readonly now: () => number;
  private readonly people: Somebody[] = [];
  private values = 0;

  constructor(company: VirtualCompany, now: () => number) {
    this.company = company;
    this.now = now;
  }

  async enter(where: {
    readonly contact: boolean;
    readonly lead: boolean;
    readonly differs: boolean;
    /** Without what Salesforce requires and HubSpot does not: last name and company. */
    readonly bare: boolean;
    /** The lead has an address that the contact has as a further one. */
    readonly former?: boolean;
    /** The lead was converted before. */
    readonly customer?: boolean;
  }): Promise<void> {
    const email = `person${this.people.length + 1}@example.com`;
    const somebody: Somebody = { email, ids: { hubspot: null, salesforce: null } };
    this.people.push(somebody);
    const shared = editable.map(() => this.next());
    const both = { hubspot: where.contact || !where.lead, salesforce: where.lead };
    for (const system of ['hubspot', 'salesforce'] as const) {
      if (!both[system]) continue;
      const isBare = where.bare && system === 'hubspot';
      const entries = editable.flatMap((names, index) => {
        const n = where.differs && index % 2 === 0 ? this.next() : (shared[index] ?? 0);
        return isBare && required.has(names[system]) ? [] : [[names[system], spelled(names[system], n)]];
      });
      const isFormer = where.former === true && system === 'salesforce';
      somebody.ids[system] = await this.create(system, {
        [emailField[system]]: isFormer ? `${formerPrefix}${email}` : email,
        ...Object.fromEntries(entries),
      });
    }
    if (where.customer === true && somebody.ids.salesforce !== null) {
      const lead = somebody.ids.salesforce;
      this.noteContact(somebody, lead, await this.convertLead(lead));
    }
    if (where.former !== true || somebody.ids.hubspot === null) return;
    // No API takes further addresses: somebody adds one in HubSpot's own pages.
    const further = { id: somebody.ids.hubspot, hs_additional_emails: `${formerPrefix}${email}` };
    await this.company.control('hubspot', 'records/contacts', { records: [further] });
  }

  /** The same person once more on a side, in other letters. */
  async double(system: System, who: number): Promise<void> {
    const somebody = this.pick(who);
    if (somebody === undefined) return;
    const isThere = this.recordOf(system, who) !== null;
    if (isThere) this.odd.add(somebody.email);
    const fields = Object.fromEntries(
      editable.map((names) => [names[system], spelled(names[system], this.next())]),
    );
    const email = somebody.email.replace('person', 'Person');
    const id = await this.attempt(() => this.create(system, { [emailField[system]]: email, ...fields }));
    if (id !== null && !isThere) somebody.ids[system] = id;
  }

  async edit(system: System, who: number, field: number): Promise<void> {
    const name = editable[field]?.[system];
    if (name !== undefined) await this.put(system, who, field, spelled(name, this.next()));
  }

  /** Converts somebody's lead while somebody else works on the person; both work on, on whatever there is then. */
  async convert(
    who: number,
    meanwhile: { readonly side: System; readonly field: number },
    then: { readonly side: System; readonly field: number },
  ): Promise<void> {
    const somebody = this.pick(who);
    const lead = this.recordOf('salesforce', who);
    if (somebody === undefined || lead === null || typeOf('salesforce', lead) !== 'Lead') return;
    const [contact] = await Promise.all([
      this.attempt(() => this.convertLead(lead)),
      this.edit(meanwhile.side, who, meanwhile.field),
    ]);
    if (contact === null) return;
    this.noteContact(somebody, lead, contact);
    await this.edit(then.side, who, then.field);
  }

  private noteContact(somebody: Somebody, lead: string, contact: string): void {
    this.converted.push({ lead, contact, email: somebody.email });
    // It is the record that the lead was, whoever made that.
    const madeAt = this.made.get(`salesforce:${lead}`);
    if (madeAt !== undefined) this.made.set(`salesforce:${contact}`, madeAt);
    if (somebody.ids.salesforce === lead) somebody.ids.salesforce = contact;
  }

  private async convertLead(lead: string): Promise<string> {
    const answer = await this.company.asPersonBySoap(
      'convertLead',
      `<leadConverts><leadId>${lead}</leadId><convertedStatus>Closed - Converted</convertedStatus><doNotCreateOpportunity>true</doNotCreateOpportunity></leadConverts>`,
    );
    const contact = /<contactId>(\w+)</.exec(answer)?.[1];
    if (contact === undefined) throw new Error('a conversion named no contact');
    return contact;
  }

  /** More than Salesforce takes in a title. */
  async overlong(who: number): Promise<void> {
    await this.put('hubspot', who, 0, `v${this.next()} ${'long '.repeat(40)}`.trim());
  }

  async clear(system: System, who: number, field: number): Promise<void> {
    const names = editable[field];
    if (names === undefined) return;
    // Salesforce takes no lead without them; in HubSpot they can be emptied, and the other side keeps what it has.
    if (system === 'hubspot' || !required.has(names[system])) await this.put(system, who, field, null);
  }

  /** Takes somebody away on one side; a while later somebody else still works on what is left on the other. */
  async remove(system: System, who: number, thenField: number, wait: () => Promise<void>): Promise<void> {
    const somebody = this.pick(who);
    const id = somebody?.ids[system];
    if (somebody === undefined || id === null || id === undefined) return;
    await this.take(system, who, id);
    await wait();
    await this.edit(otherSystem(system), who, thenField);
  }

  /**
   * Somebody edits a person on one side, and as soon as the worker has read the record on the other, before it writes, somebody there removes
   * it, or edits the same field.
   */
  async cross(system: System, who: number, field: number, removes: boolean): Promise<void> {
    const other = otherSystem(system);
    const id = this.recordOf(other, who);
    await this.edit(system, who, field);
    if (id === null) return;
    await this.company.shown(other, id, crossMs);
    if (removes) await this.take(other, who, id);
    else await this.edit(other, who, field);
  }

  private async take(system: System, who: number, id: string): Promise<void> {
    const somebody = this.pick(who);
    if (somebody === undefined) return;
    this.odd.add(somebody.email);
    await this.attempt(() => this.company.asPerson(system, 'DELETE', pathOf(system, id)));
    this.removed.push({ system, id, key: somebody.email, at: this.now() });
    somebody.ids[system] = null;
  }

  /** Makes one of two people's records on a side; the vendor decides what is left of the other's values, and somebody works on with it. */
  async merge(system: System, who: number, other: number, thenField: number): Promise<void> {
    const [primary, victim] = [this.pick(who), this.pick(other)];
    const [id, victimId] = [this.recordOf(system, who), this.recordOf(system, other)];
    if (!primary || !victim || primary === victim || !id || !victimId) return;
    // Salesforce merges records of one object alone.
    if (typeOf(system, id) !== typeOf(system, victimId)) return;
    const before = this.valuesOf(system, id);
    const sentAt = this.now();
    const survivor = await this.attempt(async () => {
      if (system === 'hubspot') {
        const merged = { primaryObjectId: id, objectIdToMerge: victimId };
        return String(
          (
            (await this.company.asPerson(system, 'POST', '/crm/v3/objects/contacts/merge', merged)) as {
              id: string;
            }
          ).id,
        );
      }
      await this.company.asPersonBySoap(
        'merge',
        `<mergeRequests><masterRecord><type>${typeOf(system, id)}</type><Id>${id}</Id></masterRecord><recordToMergeIds>${victimId}</recordToMergeIds></mergeRequests>`,
      );
      return id;
    });
    if (survivor === null) return;
    for (const each of [primary, victim]) this.odd.add(each.email);
    const ids = [id, victimId] as const;
    this.merged.push({ system, emails: [primary.email, victim.email], ids, survivor, at: this.now() });
    victim.ids[system] = null;
    primary.ids[system] = survivor;
    // What the survivor has counts as entered by whoever merged the two; what was not the primary's before must not get lost.
    for (const [apiField, value] of Object.entries(this.valuesOf(system, survivor))) {
      this.note(sentAt, system, survivor, apiField, value, value === before[apiField]);
    }
    await this.edit(system, who, thenField);
  }

  /** Takes the record that was removed last out of the recycle bin again, and works on it. */
  async undelete(thenField: number): Promise<void> {
    const last = this.removed.findLast(({ system }) => system === 'salesforce');
    const who = this.people.findIndex(({ email }) => email === last?.key);
    const somebody = this.people[who];
    if (last === undefined || somebody === undefined || somebody.ids.salesforce !== null) return;
    const done = await this.attempt(async () => {
      await this.company.asPersonBySoap('undelete', `<ids>${last.id}</ids>`);
      return true;
    });
    if (done === null) return;
    this.undeleted += 1;
    somebody.ids.salesforce = last.id;
    this.removed.splice(this.removed.indexOf(last), 1);
    await this.edit('salesforce', who, thenField);
  }

  private valuesOf(system: System, id: string): Readonly<Record<string, Entered>> {
    const fields = this.fieldsOf(system, id) as Readonly<Record<string, Entered>> | undefined;
    const names = editable.flatMap((_, field) => nameIn(system, id, field) ?? []);
    return Object.fromEntries(names.map((name) => [name, fields?.[name] ?? null]));
  }

  /** What the vendor holds of a record. */
  fieldsOf(system: System, id: string): Readonly<Record<string, unknown>> | undefined {
    const key = system === 'hubspot' ? 'id' : 'Id';
    const record = this.company.records(system, typeOf(system, id)).find((each) => String(each[key]) === id);
    return system === 'hubspot' ? (record?.properties as Readonly<Record<string, unknown>>) : record;
  }

  emailOf(who: number): string | null {
    return this.pick(who)?.email ?? null;
  }

  /** Somebody's record is there no more on a side, and it is for the engine to know what to make of that. */
  forget(system: System, who: number): void {
    const somebody = this.pick(who);
    if (somebody === undefined) return;
    this.odd.add(somebody.email);
    somebody.ids[system] = null;
  }

  private pick(who: number): Somebody | undefined {
    return this.people[who % Math.max(1, this.people.length)];
  }

  /** What is typed next; nothing is typed twice. */
  next(): number {
    this.values += 1;
    return this.values;
  }

  private async put(system: System, who: number, field: number, value: Entered): Promise<void> {
    const id = this.recordOf(system, who);
    const apiField = id === null ? null : nameIn(system, id, field);
    if (id === null || apiField === null) return;
    const body = system === 'hubspot' ? { properties: { [apiField]: value ?? '' } } : { [apiField]: value };
    const sentAt = this.now();
    const done = await this.attempt(() => this.company.asPerson(system, 'PATCH', pathOf(system, id), body));
    if (done !== null) this.note(sentAt, system, id, apiField, value);
  }

  /** Where a person has no record of somebody yet, it may have come from the other system meanwhile. */
  recordOf(system: System, who: number): string | null {
    const somebody = this.pick(who);
    if (somebody === undefined) return null;
    const known = somebody.ids[system];
    if (known !== null) return known;
    if (this.odd.has(somebody.email)) return null;
    const types = system === 'hubspot' ? ['contacts'] : ['Lead', 'Contact'];
    for (const record of types.flatMap((type) => this.company.records(system, type))) {
      const fields = system === 'hubspot' ? (record.properties as Record<string, unknown>) : record;
      if (presentEmail(fields[emailField[system]]) !== somebody.email) continue;
      if (record.IsConverted === true) continue;
      somebody.ids[system] = String(record[system === 'hubspot' ? 'id' : 'Id']);
    }
    return somebody.ids[system];
  }

  private async create(system: System, fields: Readonly<Record<string, Entered>>): Promise<string> {
    const [path, body] =
      system === 'hubspot'
        ? ['/crm/v3/objects/contacts', { properties: fields }]
        : ['/services/data/v62.0/sobjects/Lead', fields];
    const sentAt = this.now();
    const made = (await this.company.asPerson(system, 'POST', path, body)) as { readonly id: string };
    this.made.set(`${system}:${made.id}`, this.now());
    for (const [apiField, value] of Object.entries(fields)) {
      if (apiField !== emailField[system]) this.note(sentAt, system, made.id, apiField, value);
    }
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

  /** Null where the vendor refuses it. */
  async attempt<T>(step: () => Promise<T>): Promise<T | null> {
    try {
      return await step();
    } catch (error) {
      if (error instanceof PersonRefused) return null;
      throw error;
    }
  }
}
