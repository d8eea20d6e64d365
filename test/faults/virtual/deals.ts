import { joinParts } from '../../../src/model/part-text.ts';
import { otherSystem, type System } from '../../../src/model/system.ts';
import type { Book, Removed } from './case.ts';
import type { VirtualCompany } from './company.ts';
import { DealParts, tieOf } from './deal-parts.ts';
import type { DealPlace, DealPlaces } from './deal-places.ts';
import type { Firms } from './firms.ts';
import type { PersonEdit, Persons } from './persons.ts';
import { type Entered, spelled } from './record-names.ts';

/** Mapped fields of deals that persons edit, by the API's names. */
export const dealFields = [
  { hubspot: 'dealname', salesforce: 'Name' },
  { hubspot: 'amount', salesforce: 'Amount' },
  { hubspot: 'closedate', salesforce: 'CloseDate' },
  { hubspot: 'description', salesforce: 'Description' },
  { hubspot: 'dealtype', salesforce: 'Type' },
] as const;
/** Salesforce takes no opportunity without. */
const required: ReadonlySet<string> = new Set(['Name', 'CloseDate']);

/** What nobody edits: by it persons know a deal on the other side. The engine has no match key of deals, and does not look at it. */
const nameTag = { hubspot: 'hs_next_step', salesforce: 'NextStep' } as const;

export const dealTypes = { hubspot: 'deals', salesforce: 'Opportunity' } as const;
const paths = {
  hubspot: '/crm/v3/objects/deals',
  salesforce: '/services/data/v62.0/sobjects/Opportunity',
} as const;
/** HubSpot's association of a deal with its primary company (associations guide). */
const primaryCompany = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 5 }];

const pipelineAndStage = {
  hubspot: ['pipeline', 'dealstage'],
  salesforce: ['RecordTypeId', 'StageName'],
} as const;

const companyField = { hubspot: 'hs_primary_associated_company', salesforce: 'AccountId' } as const;
const isCompany = (apiField: string): boolean =>
  apiField === companyField.hubspot || apiField === companyField.salesforce;

/** A poll finds an edit within so long, or it is crossed by nobody. */
const crossMs = 30_000;

type Values = Readonly<Record<string, Entered>>;

interface Deal {
  readonly tag: string;
  readonly ids: { hubspot: string | null; salesforce: string | null };
}

/** Where a deal is when the first worker starts. One on both sides names its counterpart: it was aligned before, by another store. */
export interface DealStart {
  readonly hubspot: boolean;
  readonly salesforce: boolean;
  readonly differs: boolean;
  /** Without what Salesforce requires and HubSpot does not: a close date. */
  readonly bare: boolean;
  readonly place: number;
}

/** Persons at work on deals and opportunities, and the book of what they entered. */
export class Deals implements Book {
  private readonly entered: PersonEdit[] = [];
  /** Tags of deals that were removed: these the engine leaves alone. */
  readonly odd = new Set<string>();
  readonly made = new Map<string, number>();
  readonly removed: Removed[] = [];
  readonly parts: DealParts;
  /** How often a deal was moved to another place, given to another company, and taken out of the bin. */
  placed = 0;
  assigned = 0;
  undeleted = 0;
  merged = 0;
  private readonly company: VirtualCompany;
  private readonly persons: Persons;
  private readonly firms: Firms;
  private readonly now: () => number;
  private readonly places: DealPlaces['places'];
  private readonly deals: Deal[] = [];

  constructor(
    company: VirtualCompany,
    { persons, firms }: { readonly persons: Persons; readonly firms: Firms },
    places: DealPlaces['places'],
    now: () => number,
  ) {
    this.company = company;
    this.persons = persons;
    this.firms = firms;
    this.places = places;
    this.now = now;
    this.parts = new DealParts(company, persons, now);
  }

  /** What was entered; whose deal it is only where no company of it is one that the engine asks about. */
  get edits(): readonly PersonEdit[] {
    const asked = new Set(
      this.entered
        .filter(
          ({ system, apiField, value }) =>
            isCompany(apiField) && value !== null && this.firms.isOdd(system, String(value)),
        )
        .map(({ system, id }) => this.tagOf(system, id)),
    );
    return this.entered.filter(
      ({ system, apiField, id }) => !isCompany(apiField) || !asked.has(this.tagOf(system, id)),
    );
  }

  async enter({ hubspot, salesforce, differs, bare, place }: DealStart): Promise<void> {
    const deal: Deal = { tag: `deal${this.deals.length + 1}`, ids: { hubspot: null, salesforce: null } };
    this.deals.push(deal);
    const shared = dealFields.map(() => this.persons.next());
    const isThere = { hubspot: hubspot || !salesforce, salesforce };
    for (const system of ['salesforce', 'hubspot'] as const) {
      if (!isThere[system]) continue;
      const values = dealFields.flatMap((names, index) => {
        if (bare && names[system] === 'closedate') return [];
        const n = differs && index % 2 === 0 ? this.persons.next() : (shared[index] ?? 0);
        return [[names[system], spelled(names[system], n)] as const];
      });
      const identity =
        system === 'hubspot' && deal.ids.salesforce !== null
          ? { tandem_salesforce_id: deal.ids.salesforce }
          : {};
      deal.ids[system] = await this.create(system, deal.tag, place, {
        ...Object.fromEntries(values),
        ...identity,
      });
    }
  }

  async edit(system: System, who: number, field: number): Promise<void> {
    const name = dealFields[field % dealFields.length]?.[system];
    if (name !== undefined) await this.put(system, who, { [name]: spelled(name, this.persons.next()) });
  }

  /** In HubSpot all can be emptied; what Salesforce requires it then keeps. */
  async clear(system: System, who: number, field: number): Promise<void> {
    const name = dealFields[field % dealFields.length]?.[system];
    if (name !== undefined && !required.has(name)) await this.put(system, who, { [name]: null });
  }

  /** Moves a deal forward or back, or into another pipeline. */
  async place(system: System, who: number, to: number): Promise<void> {
    const places = this.places[system];
    const place = places[to % places.length];
    if (place !== undefined && (await this.put(system, who, place))) this.placed += 1;
  }

  /** Takes a deal away on one side; a while later somebody still works on what is left on the other. */
  async remove(system: System, who: number, thenField: number, wait: () => Promise<void>): Promise<void> {
    const id = this.recordOf(system, who);
    if (id === null) return;
    await this.take(system, who, id);
    await wait();
    await this.edit(otherSystem(system), who, thenField);
  }

  /** Takes the deal that was removed last out of the bin again, and works on it. */
  async undelete(thenField: number): Promise<void> {
    const last = this.removed.at(-1);
    const who = this.deals.findIndex(({ tag }) => tag === last?.key);
    const deal = this.deals[who];
    if (last === undefined || deal === undefined || deal.ids[last.system] !== null) return;
    const done = await this.persons.attempt(async () => {
      // No API of HubSpot's restores: people do it in its own pages.
      if (last.system === 'hubspot') {
        await this.company.control('hubspot', 'recycle-bin', { object: 'deals', restore: [last.id] });
      } else await this.company.asPersonBySoap('undelete', `<ids>${last.id}</ids>`);
      return true;
    });
    if (!done) return;
    this.undeleted += 1;
    deal.ids[last.system] = last.id;
    this.removed.splice(this.removed.indexOf(last), 1);
    await this.edit(last.system, who, thenField);
  }

  /** Somebody edits a deal on one side, and just before the worker writes somebody on the other removes it, or edits the same field. */
  async cross(system: System, who: number, field: number, removes: boolean): Promise<void> {
    const other = otherSystem(system);
    const id = this.recordOf(other, who);
    await this.edit(system, who, field);
    if (id === null) return;
    await this.company.shown(other, id, crossMs);
    if (removes) await this.take(other, who, id);
    else await this.edit(other, who, field);
  }

  /** Makes one of two deals in HubSpot; Salesforce merges no opportunities. */
  async merge(who: number, whom: number): Promise<void> {
    const [primary, victim] = [this.pick(who), this.pick(whom)];
    const [id, victimId] = [this.recordOf('hubspot', who), this.recordOf('hubspot', whom)];
    if (!primary || !victim || primary === victim || !id || !victimId) return;
    const [before, other] = [id, victimId].map((each) => this.fieldsOf('hubspot', each) ?? {});
    const sentAt = this.now();
    const merged = { primaryObjectId: id, objectIdToMerge: victimId };
    const answer = await this.persons.attempt(() =>
      this.company.asPerson('hubspot', 'POST', `${paths.hubspot}/merge`, merged),
    );
    if (answer === null) return;
    const survivor = String((answer as { readonly id: string }).id);
    for (const each of [primary, victim]) this.odd.add(each.tag);
    this.merged += 1;
    victim.ids.hubspot = null;
    primary.ids.hubspot = survivor;
    const after = this.fieldsOf('hubspot', survivor) ?? {};
    const at = this.now();
    for (const { hubspot: apiField } of dealFields) {
      const value = (after[apiField] ?? null) as Entered;
      const inherited = value === (before?.[apiField] ?? null);
      const was = (other?.[apiField] ?? null) as Entered;
      this.entered.push({ sentAt, at, system: 'hubspot', id: survivor, apiField, value, inherited, was });
    }
  }

  /** Deals that went with their account, which somebody removed: Salesforce deletes both. */
  noteTaken(): void {
    for (const opportunity of this.company.records('salesforce', 'Opportunity')) {
      const id = String(opportunity.Id);
      const isKnown = this.removed.some((each) => each.system === 'salesforce' && each.id === id);
      if (opportunity.IsDeleted !== true || isKnown) continue;
      const tag = String(opportunity[nameTag.salesforce]);
      this.odd.add(tag);
      this.removed.push({ system: 'salesforce', id, key: tag, at: this.now() });
      const deal = this.deals.find((each) => each.tag === tag);
      if (deal) deal.ids.salesforce = null;
    }
  }

  /** Gives a deal to a company, or to none. */
  async assign(system: System, who: number, where: number | null): Promise<void> {
    const deal = this.recordOf(system, who);
    const firm = where === null ? null : this.firms.recordOf(system, where);
    if (deal === null || (where !== null && firm === null)) return;
    const present = (this.fieldsOf(system, deal)?.[companyField[system]] || null) as string | null;
    if (present === firm) return;
    const sentAt = this.now();
    const done = await this.persons.attempt(async () => {
      if (system === 'salesforce') {
        await this.company.asPerson(system, 'PATCH', `${paths.salesforce}/${deal}`, { AccountId: firm });
        return true;
      }
      if (firm !== null) {
        await this.company.asPerson(system, 'PUT', tieOf(deal, 'companies', firm), primaryCompany);
      } else if (present !== null) {
        await this.company.asPerson(system, 'DELETE', tieOf(deal, 'companies', present));
      }
      return true;
    });
    if (!done) return;
    this.assigned += 1;
    this.entered.push({
      sentAt,
      at: this.now(),
      system,
      id: deal,
      apiField: companyField[system],
      value: firm,
      was: present,
    });
  }

  /** Somebody takes part in a deal. */
  async engage(system: System, who: number, person: number): Promise<void> {
    const [deal, somebody] = [this.recordOf(system, who), this.persons.recordOf(system, person)];
    if (deal !== null && somebody !== null) await this.parts.engage(system, deal, somebody);
  }

  /** One of those who take part in it does so no more. */
  async release(system: System, who: number, which: number): Promise<void> {
    const deal = this.recordOf(system, who);
    if (deal !== null) await this.parts.release(system, deal, which);
  }

  private async take(system: System, who: number, id: string): Promise<void> {
    const deal = this.pick(who);
    if (deal === undefined) return;
    this.odd.add(deal.tag);
    const done = await this.persons.attempt(async () => {
      await this.company.asPerson(system, 'DELETE', `${paths[system]}/${id}`);
      return true;
    });
    if (!done) return;
    this.removed.push({ system, id, key: deal.tag, at: this.now() });
    deal.ids[system] = null;
  }

  private pick(who: number): Deal | undefined {
    return this.deals[who % Math.max(1, this.deals.length)];
  }

  /** Where a person has no record of it yet, it may have come from the other system meanwhile. */
  private recordOf(system: System, who: number): string | null {
    const deal = this.pick(who);
    if (deal === undefined) return null;
    if (deal.ids[system] !== null || this.odd.has(deal.tag)) return deal.ids[system];
    const found = this.company.records(system, dealTypes[system]).find((record) => {
      const fields = system === 'hubspot' ? (record.properties as Readonly<Record<string, unknown>>) : record;
      return fields[nameTag[system]] === deal.tag;
    });
    deal.ids[system] = found === undefined ? null : String(found[system === 'hubspot' ? 'id' : 'Id']);
    return deal.ids[system];
  }

  private tagOf(system: System, id: string): string {
    return String(this.fieldsOf(system, id)?.[nameTag[system]]);
  }

  private fieldsOf(system: System, id: string): Readonly<Record<string, unknown>> | undefined {
    const key = system === 'hubspot' ? 'id' : 'Id';
    const record = this.company.records(system, dealTypes[system]).find((each) => String(each[key]) === id);
    return system === 'hubspot' ? (record?.properties as Readonly<Record<string, unknown>>) : record;
  }

  private async put(
    system: System,
    who: number,
    fields: Readonly<Record<string, Entered>>,
  ): Promise<boolean> {
    const id = this.recordOf(system, who);
    if (id === null) return false;
    const texts = Object.entries(fields).map(([name, value]) => [name, value ?? '']);
    const body = system === 'hubspot' ? { properties: Object.fromEntries(texts) } : fields;
    const before = this.valuesOf(system, id);
    const sentAt = this.now();
    const done = await this.persons.attempt(async () => {
      await this.company.asPerson(system, 'PATCH', `${paths[system]}/${id}`, body);
      return true;
    });
    if (!done) return false;
    this.noteFields(sentAt, system, id, { fields, before });
    return true;
  }

  private async create(
    system: System,
    tag: string,
    place: number,
    fields: Readonly<Record<string, Entered>>,
  ): Promise<string> {
    const whole = { ...fields, ...this.startOf(system, place), [nameTag[system]]: tag };
    const body = system === 'hubspot' ? { properties: whole } : whole;
    const sentAt = this.now();
    const made = (await this.company.asPerson(system, 'POST', paths[system], body)) as {
      readonly id: string;
    };
    this.made.set(`${system}:${made.id}`, this.now());
    this.noteFields(sentAt, system, made.id, { fields: whole, before: {} });
    return made.id;
  }

  /** A deal begins at a stage, not at a pipeline alone. */
  private startOf(system: System, place: number): DealPlace {
    const names = { hubspot: 'dealstage', salesforce: 'StageName' };
    const whole = this.places[system].filter((each) => Object.hasOwn(each, names[system]));
    return whole[place % whole.length] ?? {};
  }

  /** What a deal holds; where pipeline and stage are one value, whoever changes one of them enters both. */
  private valuesOf(system: System, id: string): Values {
    const own = (this.fieldsOf(system, id) ?? {}) as Values;
    const [first, second] = pipelineAndStage[system];
    return { ...own, [`${first}/${second}`]: joinParts(own[first] ?? null, own[second] ?? null) };
  }

  private noteFields(
    sentAt: number,
    system: System,
    id: string,
    { fields, before }: { readonly fields: Values; readonly before: Values },
  ): void {
    const at = this.now();
    const [first, second] = pipelineAndStage[system];
    const whole = `${first}/${second}`;
    const place = Object.hasOwn(fields, first) || Object.hasOwn(fields, second);
    const placed: Values = place ? { [whole]: this.valuesOf(system, id)[whole] ?? null } : {};
    for (const [apiField, value] of Object.entries({ ...fields, ...placed })) {
      this.entered.push({ sentAt, at, system, id, apiField, value, was: before[apiField] ?? null });
    }
  }
}
