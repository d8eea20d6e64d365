import { otherSystem, type System } from '../../../src/model/system.ts';
import type { RawValue } from '../../../src/model/value.ts';
import type { Random } from '../../data/random.ts';
import type { EditLog } from './edit-log.ts';
import { refusedMark, type UnkindSystem } from './unkind-system.ts';

/** The mapped fields that persons edit here. */
export const editable = {
  jobtitle: { hubspot: 'jobtitle', salesforce: 'Title' },
  city: { hubspot: 'city', salesforce: 'City' },
  message: { hubspot: 'message', salesforce: 'Description' },
  firstname: { hubspot: 'firstname', salesforce: 'FirstName' },
  lastname: { hubspot: 'lastname', salesforce: 'LastName' },
  company: { hubspot: 'company', salesforce: 'Company' },
} as const;
type FieldName = keyof typeof editable;
const names = Object.keys(editable) as FieldName[];
const required: readonly FieldName[] = ['lastname', 'company'];

const emailField = { hubspot: 'email', salesforce: 'Email' } as const;

/** Persons at work in both systems: they enter people, edit them, empty fields, change emails, make doubles and delete. */
export class Persons {
  /** Emails about which a person has to be asked, or that stand alone: doubles, changed and deleted ones. */
  readonly odd = new Set<string>();
  private readonly systems: Readonly<Record<System, UnkindSystem>>;
  private readonly random: Random;
  private readonly log: EditLog;
  private values = 0;
  private people = 0;

  constructor(systems: Readonly<Record<System, UnkindSystem>>, random: Random, log: EditLog) {
    this.systems = systems;
    this.random = random;
    this.log = log;
  }

  /** Somebody new: on one side, on both with differences, or (rarely) twice in Salesforce. */
  enter(): void {
    const { random } = this;
    this.people += 1;
    const email = `person${this.people}@example.com`;
    const where = random.pick([['hubspot'], ['salesforce'], ['hubspot', 'salesforce']] as const);
    for (const system of where) this.create(system, email);
    if (!random.chance(0.1)) return;
    this.odd.add(email);
    this.create('salesforce', email.toUpperCase());
  }

  /** The same person is entered by hand on the side where nobody saw them yet. */
  enterAgain(): void {
    const from = this.random.pick(['hubspot', 'salesforce'] as const);
    const records = [...this.systems[from].records.values()].filter((record) => !record.deleted);
    if (records.length === 0) return;
    const email = String(this.random.pick(records).fields[emailField[from]] ?? '').toLowerCase();
    const to = otherSystem(from);
    if (email === '' || this.systems[to].liveIdBy(emailField[to], email) !== null) return;
    this.create(to, email);
  }

  private create(system: System, email: string): void {
    const fields: Record<string, RawValue> = { [emailField[system]]: email };
    for (const name of names) {
      const must = system === 'salesforce' && required.includes(name);
      if (must || this.random.chance(0.6)) fields[editable[name][system]] = this.value();
    }
    const id = this.systems[system].edit(fields);
    this.log.add(system, id, fields);
  }

  private value(): string {
    this.values += 1;
    return `v${this.values}${this.random.chance(0.1) ? ' ' : ''}`;
  }

  /** One person's edit of one field of one record; `calm` leaves out what changes who somebody is. */
  edit(calm: boolean, random = this.random): void {
    const system = random.pick(['hubspot', 'salesforce'] as const);
    const live = [...this.systems[system].records].filter(([, record]) => !record.deleted);
    if (live.length === 0) return;
    const [id, record] = random.pick(live);
    const email = String(record.fields[emailField[system]] ?? '').toLowerCase();
    if (!calm && random.chance(0.03)) {
      this.odd.add(email);
      this.systems[system].remove(id);
      return;
    }
    if (!calm && random.chance(0.04)) {
      this.changeEmail(system, id, email);
      return;
    }
    const name = random.pick(names);
    const apiField = editable[name][system];
    this.put(system, id, apiField, this.nextValue(random, system, id, name));
  }

  private nextValue(random: Random, system: System, id: string, name: FieldName): RawValue {
    const isRequired = system === 'salesforce' && required.includes(name);
    if (!isRequired && random.chance(0.12)) return system === 'hubspot' ? '' : null;
    if (!required.includes(name) && random.chance(0.06)) {
      return `${this.value().trim()} ${refusedMark}${random.chance(0.5) ? '!' : ''}`;
    }
    const apiField = editable[name][system];
    const before = this.log.edits.filter(
      (edit) => edit.id === id && edit.apiField === apiField && edit.value,
    );
    if (before.length > 1 && random.chance(0.25)) return before.at(-2)?.value ?? null;
    return this.value();
  }

  private changeEmail(system: System, id: string, old: string): void {
    const { random } = this;
    this.odd.add(old);
    this.values += 1;
    const others = [...this.systems[system].records.values()].filter((record) => !record.deleted);
    const taken = String(random.pick(others).fields[emailField[system]] ?? '').toLowerCase();
    // HubSpot lets nobody enter an email that is taken.
    const isTaken = system === 'salesforce' && taken !== '' && random.chance(0.5);
    const email = isTaken ? taken : `changed${this.values}@example.com`;
    this.odd.add(email);
    this.put(system, id, emailField[system], email);
  }

  private put(system: System, id: string, apiField: string, value: RawValue): void {
    this.systems[system].edit({ [apiField]: value }, id);
    this.log.add(system, id, { [apiField]: value });
  }
}
