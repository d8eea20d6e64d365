import { fileURLToPath } from 'node:url';
import type { DigestActivity, DigestInput, MappedRecord } from '../../../src/lifecycle/digest/input.ts';
import { pointsBy } from '../../../src/lifecycle/digest/telling.ts';
import { isScored } from '../../../src/lifecycle/look/details.ts';
import { recompute } from '../../../src/lifecycle/scoring/engagement.ts';
import { judge } from '../../../src/lifecycle/scoring/sales-ready.ts';
import { loadMappings } from '../../../src/mapping/load.ts';
import type { PairMapping } from '../../../src/model/mapping.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { makePerson, shippedScoring } from '../scoring/scoring-model.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
/** Monday 30 November 2026, 14:07 in Berlin. */
export const now = Date.UTC(2026, 10, 30, 13, 7);

const { pairs } = loadMappings(fileURLToPath(new URL('../../../config', import.meta.url)));
const pairOf = (name: string): PairMapping => {
  const found = pairs.find((pair) => pair.name === name);
  if (found === undefined) throw new Error(`the shipped mappings have no pair ${name}`);
  return found;
};
export const people = pairOf('people');
export const companies = pairOf('companies');

/** Both records of a person by the shipped mapping. */
export const personOf = (hubspot: RawFields, salesforce: RawFields = {}): MappedRecord => ({
  pair: people,
  fields: { hubspot, salesforce },
});

export const vera: MappedRecord = personOf(
  {
    email: 'vera@acme.example',
    firstname: 'Vera',
    lastname: 'Hug',
    jobtitle: 'Head of IT',
    company: 'Acme GmbH',
    numemployees: '500-1000',
    city: 'Zürich',
    country: 'Switzerland',
    phone: '+41 44 668 18 00',
    hs_lead_status: 'OPEN',
  },
  { Email: 'vera@acme.example', LastName: 'Hug', Company: '[not provided]', Industry: 'Machinery' },
);

export const demoForm: DigestActivity = {
  key: 'form/1',
  at: now - 2 * minute,
  type: 'formSubmission',
  form: 'Demo request',
};
const pricing = (key: string, at: number): DigestActivity => ({
  key,
  at,
  type: 'pageView',
  url: 'https://us.example/pricing?utm_source=mail',
  title: 'Pricing',
});
export const history: readonly DigestActivity[] = [
  demoForm,
  pricing('page/4', now - 3 * hour),
  pricing('page/3', now - 1 * day),
  pricing('page/2', now - 6 * day),
  pricing('page/1', now - 40 * day),
  {
    key: 'call/1',
    at: now - 20 * day,
    type: 'call',
    durationMs: 12 * minute,
    outcome: 'Connected',
    note: '<p>Wants a price<br>for 50 seats</p>',
  },
  { key: 'open/1', at: now - 21 * day, type: 'emailOpen', campaign: 'October news', machine: true },
  { key: 'sent/1', at: now - 21 * day, type: 'emailDelivered', campaign: 'October news' },
];

const scored = (activities: readonly DigestActivity[]): DigestInput['judgement'] =>
  judge(
    makePerson({ contact: vera.fields.hubspot, email: 'vera@acme.example' }),
    recompute(activities.filter(isScored), shippedScoring),
    shippedScoring,
    now,
  );

/** Vera asked for a demo two minutes ago; she is new to sales. */
export const makeInput = (overrides: Partial<DigestInput> = {}): DigestInput => ({
  person: vera,
  company: null,
  judgement: scored(overrides.activities ?? history),
  activities: history,
  journey: { turn: 1, definition: '2026-1' },
  earlier: [],
  route: [{ step: 'territory', name: 'DACH', owner: '005000000000001AAA', outcome: 'taken' }],
  trigger: {
    kind: 'asked',
    at: demoForm.at,
    activity: demoForm.key,
    type: 'formSubmission',
    form: 'Demo request',
    rule: 'Demo or contact form',
  },
  nextStep: { say: null, send: [] },
  zone: 'Europe/Berlin',
  now,
  pointsOf: pointsBy(shippedScoring),
  ...overrides,
});
