import { makeRandom, type Random } from '../../core/random.ts';
import type { PersonEntry } from '../../people/plan.ts';
import { industries } from '../schema/company-options.ts';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { ChangeSource, StoredRecord } from '../store/record.ts';
import { storeNamed, toChanges } from './values.ts';

const settingSource: ChangeSource = { sourceType: 'COMPANIES', sourceId: 'FetchAssociatedCompanyIdStep' };
const importSource: ChangeSource = { sourceType: 'IMPORT', sourceId: '51439525' };

/** The employers of the portal's contacts: one company for each domain of their emails. */
export class EmployerSeed {
  readonly #store: ObjectStore;
  readonly #random: Random;
  readonly #owners: readonly string[];

  constructor(state: HubspotState, seed: number) {
    this.#store = storeNamed(state, 'companies');
    this.#random = makeRandom(seed);
    this.#owners = state.owners.filter((owner) => !owner.archived).map((owner) => owner.id);
  }

  /** The contact's employer; made at the time at which the first contact of that domain came in. */
  of(entry: PersonEntry, createdAt: number): StoredRecord {
    const domain = entry.email.split('@')[1] ?? '';
    const [known] = this.#store.lookUp('domain', domain);
    if (known !== undefined) return known;
    const random = this.#random;
    const employees = random.pick([8, 14, 30, 45, 80, 120, 350, 900, 2_400]);
    const values = {
      name: entry.company,
      domain,
      lifecyclestage: 'lead',
      hs_lifecyclestage_lead_date: new Date(createdAt).toISOString(),
      website: entry.website,
      address: entry.street,
      city: entry.city,
      state: entry.state,
      zip: entry.postalCode,
      country: entry.country,
      industry: random.chance(0.7) ? random.pick(industries).value : '',
      numberofemployees: random.chance(0.6) ? String(employees) : '',
      annualrevenue: random.chance(0.4) ? String(employees * random.integer(60, 240) * 1_000) : '',
      hubspot_owner_id: random.chance(0.3) ? random.pick(this.#owners) : '',
    };
    const source = random.chance(0.7) ? settingSource : importSource;
    return this.#store.create(toChanges(this.#store, values), source, createdAt, true);
  }
}
