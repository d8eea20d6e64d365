import { deriveSeed, makeRandom } from '../core/random.ts';
import { makePeoplePlan, type PersonEntry } from '../people/plan.ts';
import { type HubspotState, integrationAppId } from './state.ts';
import type { ObjectStore } from './store/object-store.ts';
import type { ChangeSource } from './store/record.ts';

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

const importSource: ChangeSource = { sourceType: 'IMPORT', sourceId: '51439524' };
const formSource: ChangeSource = { sourceType: 'FORM', sourceId: '8f1b7a52-9c1c-4a0e-9c56-0d6f5c2a7e11' };
const otherAppSource: ChangeSource = {
  sourceType: 'INTEGRATION',
  sourceId: String(Number(integrationAppId) + 1),
};

const toChanges = (
  store: ObjectStore,
  values: Readonly<Record<string, string>>,
): Map<number, string | null> => {
  const changes = new Map<number, string | null>();
  for (const [name, value] of Object.entries(values)) {
    const slot = store.schema.slot(name);
    if (slot !== undefined && value !== '') changes.set(slot.index, value);
  }
  return changes;
};

/** Fills the portal with the plan's people, as they came in by import, form and other apps over a year. */
export const seedContacts = (state: HubspotState, seed: number, contacts: number, leads: number): void => {
  const store = state.find('contacts');
  if (store === undefined) throw new Error('the portal has contacts');
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
    const source = random.pick([importSource, formSource, formSource, otherAppSource]);
    const modifiedAt = createdAt + random.integer(0, 20 * 86_400_000);
    store.create(toChanges(store, values), source, createdAt, true, modifiedAt);
  }
};
