import type { System } from '../../../src/model/system.ts';
import { PersonRefused, type VirtualCompany } from './company.ts';
import { editable } from './scenario.ts';

/** A value that a person entered into a field of a record, and when the vendor had it. */
export interface PersonEdit {
  /** The vendor had it some time between these two. */
  readonly sentAt: number;
  readonly at: number;
  readonly system: System;
  readonly id: string;
  readonly apiField: string;
  readonly value: string | null;
}

/** Somebody whom a person entered: the records of one email. */
interface Somebody {
  readonly email: string;
  readonly ids: { hubspot: string | null; salesforce: string | null };
}

const emailField = { hubspot: 'email', salesforce: 'Email' } as const;
const required: ReadonlySet<string> = new Set(['LastName', 'Company', 'lastname', 'company']);

/** Persons at work in both systems, through the public APIs, and the book of what they entered. */
export class Persons {
  readonly edits: PersonEdit[] = [];
  /** Emails of doubles and of deleted records: about these the engine has to ask, or leaves them alone. */
  readonly odd = new Set<string>();
  /** Records that persons made, by `system:id`, with the time at which the vendor had them. */
  readonly made = new Map<string, number>();
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
  }): Promise<void> {
    const email = `person${this.people.length + 1}@example.com`;
    const somebody: Somebody = { email, ids: { hubspot: null, salesforce: null } };
    this.people.push(somebody);
    const shared = editable.map(() => this.value());
    const both = { hubspot: where.contact || !where.lead, salesforce: where.lead };
    for (const system of ['hubspot', 'salesforce'] as const) {
      if (!both[system]) continue;
      const fields = editable.map((names, index) => [
        names[system],
        where.differs && index % 2 === 0 ? this.value() : (shared[index] ?? ''),
      ]);
      somebody.ids[system] = await this.create(system, {
        [emailField[system]]: email,
        ...Object.fromEntries(fields),
      });
    }
  }

  /** The same person once more on a side, in other letters. */
  async double(system: System, who: number): Promise<void> {
    const somebody = this.pick(who);
    if (somebody === undefined) return;
    const isThere = somebody.ids[system] !== null;
    if (isThere) this.odd.add(somebody.email);
    const fields = Object.fromEntries(editable.map((names) => [names[system], this.value()]));
    const email = somebody.email.replace('person', 'Person');
    const id = await this.attempt(() => this.create(system, { [emailField[system]]: email, ...fields }));
    if (id !== null && !isThere) somebody.ids[system] = id;
  }

  async edit(system: System, who: number, field: number): Promise<void> {
    await this.put(system, who, field, this.value());
  }

  async clear(system: System, who: number, field: number): Promise<void> {
    const names = editable[field];
    if (names !== undefined && !required.has(names[system])) await this.put(system, who, field, null);
  }

  async remove(system: System, who: number): Promise<void> {
    const somebody = this.pick(who);
    const id = somebody?.ids[system];
    if (somebody === undefined || id === null || id === undefined) return;
    this.odd.add(somebody.email);
    const path =
      system === 'hubspot' ? `/crm/v3/objects/contacts/${id}` : `/services/data/v62.0/sobjects/Lead/${id}`;
    await this.attempt(() => this.company.asPerson(system, 'DELETE', path));
    somebody.ids[system] = null;
  }

  private pick(who: number): Somebody | undefined {
    return this.people[who % Math.max(1, this.people.length)];
  }

  private value(): string {
    this.values += 1;
    return `v${this.values}`;
  }

  private async put(system: System, who: number, field: number, value: string | null): Promise<void> {
    const id = this.recordOf(system, who);
    const apiField = editable[field]?.[system];
    if (id === null || apiField === undefined) return;
    const [path, body] =
      system === 'hubspot'
        ? [`/crm/v3/objects/contacts/${id}`, { properties: { [apiField]: value ?? '' } }]
        : [`/services/data/v62.0/sobjects/Lead/${id}`, { [apiField]: value }];
    const sentAt = this.now();
    const done = await this.attempt(() => this.company.asPerson(system, 'PATCH', path, body));
    if (done !== null) this.note(sentAt, system, id, apiField, value);
  }

  /** Where a person has no record of somebody yet, it may have come from the other system meanwhile. */
  private recordOf(system: System, who: number): string | null {
    const somebody = this.pick(who);
    if (somebody === undefined) return null;
    const known = somebody.ids[system];
    if (known !== null) return known;
    if (this.odd.has(somebody.email)) return null;
    const type = system === 'hubspot' ? 'contacts' : 'Lead';
    for (const record of this.company.records(system, type)) {
      const fields = system === 'hubspot' ? (record.properties as Record<string, unknown>) : record;
      if (String(fields[emailField[system]] ?? '').toLowerCase() !== somebody.email) continue;
      somebody.ids[system] = String(record[system === 'hubspot' ? 'id' : 'Id']);
    }
    return somebody.ids[system];
  }

  private async create(system: System, fields: Readonly<Record<string, string>>): Promise<string> {
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

  private note(sentAt: number, system: System, id: string, apiField: string, value: string | null): void {
    this.edits.push({ sentAt, at: this.now(), system, id, apiField, value });
  }

  private async attempt<T>(step: () => Promise<T>): Promise<T | null> {
    try {
      return await step();
    } catch (error) {
      if (error instanceof PersonRefused) return null;
      throw error;
    }
  }
}
