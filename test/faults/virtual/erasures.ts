import type { VirtualCompany } from './company.ts';
import type { Persons } from './persons.ts';

/** Somebody who was erased in HubSpot, and what was ever entered about them until then. */
export interface Erased {
  readonly email: string;
  readonly id: string;
  readonly at: number;
  /** Texts that stand for nobody else. */
  readonly values: readonly string[];
}

/** Persons who carry out what the law lets people ask for: they are deleted in HubSpot for good, with all that is known. */
export class Erasures {
  readonly erased: Erased[] = [];
  private readonly company: VirtualCompany;
  private readonly persons: Persons;
  private readonly now: () => number;

  constructor(company: VirtualCompany, persons: Persons, now: () => number) {
    this.company = company;
    this.persons = persons;
    this.now = now;
  }

  /** Erases somebody; a while later somebody else works on what is left in Salesforce, as nobody told them. */
  async erase(who: number, thenField: number, wait: () => Promise<void>): Promise<void> {
    const { persons } = this;
    const [email, id] = [persons.emailOf(who), persons.recordOf('hubspot', who)];
    if (email === null || id === null) return;
    const own = new Set([id, persons.recordOf('salesforce', who)]);
    const values = persons.edits.flatMap(({ id: of, value }) =>
      own.has(of) && typeof value === 'string' && value !== '' ? [value] : [],
    );
    const done = await persons.attempt(async () => {
      await this.company.asPerson('hubspot', 'POST', '/crm/v3/objects/contacts/gdpr-delete', {
        objectId: id,
      });
      return true;
    });
    if (!done) return;
    this.erased.push({ email, id, at: this.now(), values });
    persons.forget('hubspot', who);
    await wait();
    await persons.edit('salesforce', who, thenField);
  }
}
