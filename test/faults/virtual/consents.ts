import { type System, systems } from '../../../src/model/system.ts';
import type { VirtualCompany } from './company.ts';
import type { Persons } from './persons.ts';
import { pathOf } from './record-names.ts';

/** What people say no to, by the API's names. HubSpot keeps email by address, behind its subscriptions, and shows it on the contact. */
export const refusals = {
  email: { hubspot: 'hs_email_optout', salesforce: 'HasOptedOutOfEmail' },
  calls: { hubspot: 'do_not_call', salesforce: 'DoNotCall' },
} as const;
export type Refusal = keyof typeof refusals;

/** A poll finds it within so long, and most faults are over. */
const knownMs = 30_000;

/** Somebody said no, on one side. */
export interface SaidNo {
  readonly at: number;
  readonly system: System;
  readonly id: string;
  readonly email: string;
  readonly what: Refusal;
  readonly who: number;
}

/** `POST` of an address's subscriptions: out of everything, or into one again. */
const subscriptions = (email: string): string =>
  `/communication-preferences/v4/statuses/${encodeURIComponent(email)}`;

/** People who say that they want no email, or no calls, and colleagues who take that back: nobody's word but theirs does. */
export class Consents {
  readonly said: SaidNo[] = [];
  /** How often somebody took back what both systems knew. */
  takenBack = 0;
  private readonly company: VirtualCompany;
  private readonly persons: Persons;
  private readonly now: () => number;

  constructor(company: VirtualCompany, persons: Persons, now: () => number) {
    this.company = company;
    this.persons = persons;
    this.now = now;
  }

  async sayNo(system: System, who: number, what: Refusal): Promise<void> {
    const [email, id] = [this.persons.emailOf(who), this.persons.recordOf(system, who)];
    if (email === null || id === null) return;
    const done = await this.persons.attempt(async () => {
      await this.put(system, id, email, what, true);
      return true;
    });
    if (done) this.said.push({ at: this.now(), system, id, email, what, who });
  }

  /** Takes one of those back, where both sides show it: before that it was never known to have been said. */
  async takeBack(system: System, which: number, sleep: (ms: number) => Promise<void>): Promise<void> {
    const { who, what } = this.said[which % Math.max(1, this.said.length)] ?? { who: 0, what: 'email' };
    const email = this.persons.emailOf(who);
    for (let waited = 0; waited < knownMs && !this.isKnown(who, what); waited += 1_000) await sleep(1_000);
    const id = this.persons.recordOf(system, who);
    if (email === null || id === null || !this.isKnown(who, what)) return;
    const done = await this.persons.attempt(async () => {
      await this.put(system, id, email, what, false);
      return true;
    });
    if (done) this.takenBack += 1;
  }

  /** Whether both sides show it. */
  private isKnown(who: number, what: Refusal): boolean {
    return systems.every((system) => {
      const id = this.persons.recordOf(system, who);
      return id !== null && String(this.persons.fieldsOf(system, id)?.[refusals[what][system]]) === 'true';
    });
  }

  private async put(system: System, id: string, email: string, what: Refusal, isNo: boolean): Promise<void> {
    if (system === 'salesforce') {
      await this.company.asPerson(system, 'PATCH', pathOf(system, id), {
        [refusals[what].salesforce]: isNo,
      });
    } else if (what === 'calls') {
      await this.company.asPerson(system, 'PATCH', pathOf(system, id), {
        properties: { [refusals.calls.hubspot]: String(isNo) },
      });
    } else if (isNo) {
      await this.company.asPerson(system, 'POST', `${subscriptions(email)}/unsubscribe-all?channel=EMAIL`);
    } else {
      await this.company.asPerson(system, 'POST', subscriptions(email), {
        ...{ subscriptionId: 71000001, statusState: 'SUBSCRIBED', channel: 'EMAIL' },
        ...{ legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'said so' },
      });
    }
  }
}
