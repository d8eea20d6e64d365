import type { System } from '../../../src/model/system.ts';
import type { VirtualCompany } from './company.ts';
import type { Persons } from './persons.ts';

export const roleType = 'OpportunityContactRole';
const roles = `/services/data/v62.0/sobjects/${roleType}`;

/** HubSpot's association of a deal with a record. */
export const tieOf = (deal: string, to: string, id: string): string =>
  `/crm/v4/objects/deals/${deal}/associations/${to}/${id}`;

/** Who was put into a deal or taken out of it, on one side. */
export interface Part {
  readonly at: number;
  readonly system: System;
  readonly deal: string;
  readonly person: string;
  readonly isIn: boolean;
}

/** Persons who put people into deals and take them out: HubSpot's associations, Salesforce's contact roles. */
export class DealParts {
  /** In the order in which it happened. */
  readonly done: Part[] = [];
  /** When persons made contact roles in Salesforce, by id. */
  readonly made = new Map<string, number>();
  private readonly company: VirtualCompany;
  private readonly persons: Persons;
  private readonly now: () => number;

  constructor(company: VirtualCompany, persons: Persons, now: () => number) {
    this.company = company;
    this.persons = persons;
    this.now = now;
  }

  /** In Salesforce contacts alone can take part. */
  async engage(system: System, deal: string, person: string): Promise<void> {
    if (system === 'salesforce' && !person.startsWith('003')) return;
    if ((await this.of(system, deal)).includes(person)) return;
    await this.note({ system, deal, person, isIn: true }, async () => {
      if (system === 'hubspot') {
        await this.company.asPerson(system, 'PUT', tieOf(deal, 'default/contacts', person));
        return;
      }
      const role = { OpportunityId: deal, ContactId: person };
      const made = await this.company.asPerson(system, 'POST', roles, role);
      this.made.set((made as { readonly id: string }).id, this.now());
    });
  }

  async release(system: System, deal: string, which: number): Promise<void> {
    const people = await this.of(system, deal);
    const person = people[which % Math.max(1, people.length)];
    if (person === undefined) return;
    await this.note({ system, deal, person, isIn: false }, async () => {
      if (system === 'hubspot') {
        await this.company.asPerson(system, 'DELETE', tieOf(deal, 'contacts', person));
        return;
      }
      for (const { Id, ContactId } of this.rolesOf(deal)) {
        if (ContactId === person) await this.company.asPerson(system, 'DELETE', `${roles}/${String(Id)}`);
      }
    });
  }

  /** Who takes part in a deal, in that system's ids; whoever is there twice is named twice. */
  async of(system: System, deal: string): Promise<readonly string[]> {
    if (system === 'salesforce') return this.rolesOf(deal).map(({ ContactId }) => String(ContactId));
    const path = `/crm/v4/objects/deals/${deal}/associations/contacts`;
    const answer = await this.persons.attempt(() => this.company.asPerson('hubspot', 'GET', path));
    const ties = answer as { readonly results: readonly { readonly toObjectId: number }[] } | null;
    return (ties?.results ?? []).map(({ toObjectId }) => String(toObjectId));
  }

  /** The contact roles of an opportunity as Salesforce holds them. */
  rolesOf(deal: string): readonly Readonly<Record<string, unknown>>[] {
    return this.company
      .records('salesforce', roleType)
      .filter(({ OpportunityId, IsDeleted }) => OpportunityId === deal && IsDeleted !== true);
  }

  private async note(part: Omit<Part, 'at'>, step: () => Promise<void>): Promise<void> {
    const done = await this.persons.attempt(async () => {
      await step();
      return true;
    });
    if (done) this.done.push({ ...part, at: this.now() });
  }
}
