import { makeRandom, type Random } from '../../core/random.ts';
import { type HubspotState, sources } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { StoredRecord } from '../store/record.ts';
import { applyPipeline } from '../write/deal-stage.ts';
import { storeNamed, toChanges } from './values.ts';

const dayMs = 86_400_000;
const products = ['Annual plan', 'Pilot', 'Renewal', 'Extension', 'Training', 'Platform licence'];

/** Deals that colleagues opened with some of the contacts, by hand. */
export class DealSeed {
  readonly #state: HubspotState;
  readonly #store: ObjectStore;
  readonly #random: Random;
  readonly #owners: readonly string[];

  constructor(state: HubspotState, seed: number) {
    this.#state = state;
    this.#store = storeNamed(state, 'deals');
    this.#random = makeRandom(seed);
    this.#owners = state.owners.filter((owner) => !owner.archived).map((owner) => owner.id);
  }

  /** Perhaps a deal with this contact and company, some weeks after the contact came in. */
  perhaps(contact: StoredRecord, company: StoredRecord, companyName: string): void {
    const random = this.#random;
    if (!random.chance(0.08)) return;
    const { pipelines, associations } = this.#state;
    const stage = random.pick(pipelines.of('deals')?.[0]?.stages ?? []);
    const createdAt = contact.createdAt + random.integer(1, 60) * dayMs + random.integer(0, 999);
    const closesAt = Math.floor(createdAt / dayMs + random.integer(20, 120)) * dayMs;
    const changes = toChanges(this.#store, {
      dealname: `${companyName} – ${random.pick(products)}`,
      dealstage: stage.id,
      amount: random.chance(0.85) ? String(random.integer(5, 900) * 100) : '',
      closedate: new Date(closesAt).toISOString(),
      hubspot_owner_id: random.pick(this.#owners),
      hs_primary_associated_company: String(company.id),
      dealtype: random.chance(0.5) ? random.pick(['newbusiness', 'existingbusiness']) : '',
    });
    const refused = applyPipeline(this.#store.schema, null, changes, pipelines);
    if (refused !== null) throw new Error(`the seed makes deals that fit: ${refused.name}`);
    const record = this.#store.create(changes, sources.person, createdAt, true);
    const deal = { store: this.#store, record };
    const [contacts, companies] = [storeNamed(this.#state, 'contacts'), storeNamed(this.#state, 'companies')];
    const primary = associations.definitions.of('0-3', '0-2').filter((type) => type.isPrimary);
    associations.enter(deal, { store: contacts, record: contact }, []);
    associations.enter(deal, { store: companies, record: company }, primary);
  }
}
