import { beforeAll, expect } from 'vitest';
import { carryOut } from '../../../src/lifecycle/effects/carry-out.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import { lookOnce } from '../../../src/lifecycle/run/look-pass.ts';
import type { LifecycleBehaviour, Mode } from '../../../src/lifecycle/stage/journey.ts';
import type { Sides } from '../../../src/model/system.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { Lists } from './lists.ts';
import { eventually, type Office, withOffice } from './office.ts';

/** A list that only a request names, and one that is no program. */
export const invitation = 'Event: spring fair';
export const byHand = 'Customer newsletter';

/** People between marketing and sales, and the lists of HubSpot's simulator that they are on. */
export class Nurtured {
  readonly office: Office;
  readonly lists: Lists;
  #people: readonly Sides<string>[] = [];
  #next = 0;
  #saidIn = 0;

  constructor(office: Office) {
    this.office = office;
    this.lists = new Lists(() => office.simulated.sandbox);
  }

  async open(count: number): Promise<void> {
    const { office, lists } = this;
    await office.context.store.sinceAt();
    this.#people = await office.simulated.people(
      Array.from({ length: count }, (_, at) => ({
        ...{ email: `p${at}@nordlys.example`, lastname: `Lind ${at}`, company: 'Nordlys' },
      })),
    );
    await lists.make(invitation);
    await lists.make(byHand);
    await office.mark(
      'hubspot',
      'contacts',
      this.#people.map(({ hubspot }) => hubspot),
    );
    await office.settle();
  }

  /** Somebody of whom no test has told anything yet. */
  somebody(): number {
    this.#next += 1;
    return this.#next - 1;
  }

  person(at: number): Sides<string> {
    const found = this.#people[at];
    if (found === undefined) throw new Error('nobody is left');
    return found;
  }

  /** The shipped file with an invitation that only a request names. */
  filed(change: Partial<Record<LifecycleBehaviour, Mode>> = {}): LifecycleContext {
    const { programs, behaviours } = this.office.context.models.lifecycle;
    return this.office.with({
      programs: [...programs, invitation],
      behaviours: { ...behaviours, ...change },
    });
  }

  on(at: number): Promise<readonly string[]> {
    return this.lists.of(this.person(at).hubspot);
  }

  /** By hand, in HubSpot. */
  put(at: number, ...names: string[]): Promise<unknown> {
    return Promise.all(names.map((name) => this.lists.put(name, this.person(at).hubspot)));
  }

  /** What somebody of sales writes into the lead, told and not yet looked at. */
  async tell(at: number, fields: RawFields): Promise<void> {
    await this.office.edit('Lead', this.person(at).salesforce, fields);
    await this.office.mark('salesforce', 'Lead', [this.person(at).salesforce]);
  }

  async edit(at: number, fields: RawFields, context = this.filed()): Promise<void> {
    await this.tell(at, fields);
    await this.office.settle(context);
  }

  ask(at: number, word: string, detail = '', context = this.filed()): Promise<void> {
    return this.edit(at, { Tandem_Request__c: word, Tandem_Request_Detail__c: detail }, context);
  }

  /** Asks in HubSpot, and answers what the contact says of it. */
  async askInHubspot(at: number, word: string, detail: string, context = this.filed()): Promise<unknown> {
    const { hubspot } = this.person(at);
    await this.office.simulated.editContact(hubspot, {
      ...{ tandem_request: word, tandem_request_detail: detail },
    });
    await this.office.mark('hubspot', 'contacts', [hubspot]);
    await this.office.settle(context);
    const fields = await this.office.read('hubspot', 'contacts', hubspot, 'tandem_request_result');
    return fields.tandem_request_result;
  }

  async answer(at: number): Promise<unknown> {
    const name = 'Tandem_Request_Result__c';
    return (await this.office.read('salesforce', 'Lead', this.person(at).salesforce, name))[name];
  }

  toSales(at: number, context = this.filed()): Promise<void> {
    return this.ask(at, 'Set stage', 'sales-ready', context);
  }

  /** Salesforce stamps by the whole second, and no rep says two things within one: each verdict has a second of its own. */
  async giveBack(at: number, reason: string, context = this.filed()): Promise<void> {
    const second = (): number => Math.floor(Date.now() / 1_000);
    await eventually(() => second() > this.#saidIn, { timeout: 2_000, interval: 5 });
    await this.edit(at, { Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: reason }, context);
    this.#saidIn = second();
  }

  async asksForContact(at: number, context = this.filed()): Promise<void> {
    await this.office.simulated.control('hubspot', 'activity', [
      { email: `p${at}@nordlys.example`, type: 'formSubmission', form: 'Request a demo' },
    ]);
    await this.office.mark('hubspot', 'contacts', [this.person(at).hubspot]);
    await this.office.settle(context);
  }

  async stage(at: number): Promise<string | undefined> {
    const { hubspot } = this.person(at);
    return (await this.office.context.store.journeys([hubspot])).get(hubspot)?.stage;
  }

  /** Where somebody stands, and the lists that they are on. */
  async shows(at: number): Promise<readonly [string | undefined, readonly string[]]> {
    return [await this.stage(at), await this.on(at)];
  }

  orders(at: number, kind: string) {
    return this.office.simulated.fixture.query<{ state: string; why: string | null; next: string | null }>(
      `select e.state, e.why, e.next_step as next from tandem.effects e
       join tandem.journeys j on j.id = e.journey_id
       where j.contact_id = '${this.person(at).hubspot}' and e.kind = '${kind}' order by e.at, e.since`,
    );
  }

  /** Whatever waits is tried again, whatever time it waits for. */
  async tryAgain(context = this.filed()): Promise<void> {
    await this.office.simulated.fixture.query("update tandem.effects set due = now() where state = 'open'");
    await this.office.settle(context);
  }

  /** One look at all that was told, and one round of what it asks for: first what somebody waits for, and then the lists. */
  async round(context: LifecycleContext): Promise<void> {
    while ((await lookOnce(context)) > 0);
    await carryOut(context);
    await carryOut(context);
  }

  /** Somebody whom a rep had, and who is in the program of a reason. */
  async inNurture(reason = 'Not now'): Promise<number> {
    const at = this.somebody();
    await this.toSales(at);
    await this.giveBack(at, reason);
    expect(await this.stage(at)).toBe('nurture');
    return at;
  }
}

/** A process that dies in the moment of a call. */
export const dies = async (): Promise<never> => {
  throw new Error('the process is gone');
};

/** What a rep asks for to have somebody. */
export const wanted = { Tandem_Request__c: 'Set stage', Tandem_Request_Detail__c: 'sales-ready' };

/** Call at the top of a test file: the office is open during its tests, with so many people. */
export const withNurtured = (count: number): Nurtured => {
  const nurtured = new Nurtured(withOffice());
  beforeAll(() => nurtured.open(count), 60_000);
  return nurtured;
};
