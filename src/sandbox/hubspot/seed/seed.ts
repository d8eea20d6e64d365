import { deriveSeed, makeRandom } from '../../core/random.ts';
import { makePeoplePlan, type PersonEntry } from '../../people/plan.ts';
import { type HubspotState, namedSources } from '../state.ts';
import { EmployerSeed } from './companies.ts';
import { DealSeed } from './deals.ts';
import { storeNamed, toChanges } from './values.ts';

/** The months over which the company's contacts came in; fixed, so that the same seed gives the same records any day. */
const from = Date.UTC(2025, 8, 1);
const spanMs = 365 * 86_400_000;

const propertyOf: Readonly<Record<keyof PersonEntry, string>> = {
  firstName: 'firstname',
  lastName: 'lastname',
  email: 'email',
  company: 'company',
  title: 'jobtitle',
  phone: 'phone',
  mobile: 'mobilephone',
  street: 'address',
  city: 'city',
  state: 'state',
  postalCode: 'zip',
  country: 'country',
  website: 'website',
  description: 'message',
};

/**
 * Fills the portal with the plan's people, as they came in by import, form and other apps over a year, their employers, and deals with
 * some of them.
 */
export const seedPortal = (state: HubspotState, seed: number, contacts: number, leads: number): void => {
  const store = storeNamed(state, 'contacts');
  const companies = storeNamed(state, 'companies');
  const employers = new EmployerSeed(state, deriveSeed(seed, 'hubspot companies of contacts'));
  const deals = new DealSeed(state, deriveSeed(seed, 'hubspot deals with contacts'));
  const primary = state.associations.definitions.of('0-1', '0-2').filter((type) => type.isPrimary);
  const plan = makePeoplePlan(seed, contacts, leads);
  const random = makeRandom(deriveSeed(seed, 'hubspot contacts'));
  const owners = state.owners.filter((owner) => !owner.archived).map((owner) => owner.id);
  for (let index = 0; index < contacts; index += 1) {
    const entry = plan.contact(index);
    const createdAt = from + Math.floor((index * spanMs) / contacts) + random.integer(0, 999);
    const stage = random.chance(0.25)
      ? 'subscriber'
      : random.chance(0.15)
        ? 'marketingqualifiedlead'
        : 'lead';
    const values: Record<string, string> = {
      lifecyclestage: stage,
      [`hs_lifecyclestage_${stage}_date`]: new Date(createdAt).toISOString(),
      hubspot_owner_id: random.chance(0.3) ? random.pick(owners) : '',
    };
    for (const [field, property] of Object.entries(propertyOf))
      values[property] = entry[field as keyof PersonEntry];
    const source = random.pick([namedSources.import, namedSources.form, namedSources.form, namedSources.app]);
    const modifiedAt = createdAt + random.integer(0, 20 * 86_400_000);
    const company = employers.of(entry, createdAt);
    values.associatedcompanyid = String(company.id);
    const contact = store.create(toChanges(store, values), source, createdAt, true, modifiedAt);
    state.associations.enter({ store, record: contact }, { store: companies, record: company }, primary);
    deals.perhaps(contact, company, entry.company);
  }
};
