import fc from 'fast-check';

/** Where a person does something. */
const side = fc.constantFrom('hubspot' as const, 'salesforce' as const);

/** Mapped fields that persons edit here, by the API's names. */
export const editable = [
  { hubspot: 'jobtitle', salesforce: 'Title' },
  { hubspot: 'city', salesforce: 'City' },
  { hubspot: 'message', salesforce: 'Description' },
  { hubspot: 'firstname', salesforce: 'FirstName' },
  { hubspot: 'lastname', salesforce: 'LastName' },
  { hubspot: 'company', salesforce: 'Company' },
  { hubspot: 'phone', salesforce: 'Phone' },
  { hubspot: 'annualrevenue', salesforce: 'AnnualRevenue' },
] as const;

const who = fc.nat(7);
const field = fc.nat(editable.length - 1);

const gapMs = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 300 }) },
  { weight: 4, arbitrary: fc.integer({ min: 300, max: 5_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 5_000, max: 60_000 }) },
);

const everyDay = [
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('edit' as const), side, who, field }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('clear' as const), side, who, field }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('both' as const), who, field }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('overlong' as const), who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('enter' as const), side }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('double' as const), side, who }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('remove' as const), side, who, thenField: field }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('kill' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('doom' as const),
      afterCalls: fc.integer({ min: 1, max: 60 }),
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
] as const;

/** Records become one, or come back. */
const lifeEvents = [
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('merge' as const), side, who, other: who, thenField: field }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undelete' as const), thenField: field }) },
] as const;

/** What persons and fate do, one after another; the gap comes before each. Indexes wrap around what is there. */
const everyDayStep = fc.record({ gapMs, what: fc.oneof(...everyDay) });
const step = fc.record({ gapMs, what: fc.oneof(...everyDay, ...lifeEvents) });
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** How often calls go wrong, in per cent, until it is quiet. */
const faults = fc.record({
  cutBefore: fc.integer({ min: 0, max: 6 }),
  cutAfter: fc.integer({ min: 0, max: 10 }),
  unavailable: fc.integer({ min: 0, max: 5 }),
  /** The write is carried out and answered with 502. */
  lies: fc.integer({ min: 0, max: 5 }),
  throttled: fc.integer({ min: 0, max: 5 }),
  /** A read by id shows an earlier state. */
  stale: fc.integer({ min: 0, max: 10 }),
  /** The answer comes after the time-out. */
  late: fc.integer({ min: 0, max: 2 }),
});
export type Faults = typeof faults extends fc.Arbitrary<infer T> ? T : never;

/** HubSpot's webhooks, where it has any, and what becomes of its events. */
const webhooks = fc.record({
  duplicate: fc.double({ min: 0, max: 0.5, noNaN: true }),
  reorder: fc.double({ min: 0, max: 0.5, noNaN: true }),
  delayMs: fc.constantFrom(0, 0, 300, 20_000),
  dropEvery: fc.constantFrom(null, null, 2, 3, 7),
});

const scenarioOf = (steps: fc.Arbitrary<Step>) =>
  fc.record({
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    /** Who is there when the first worker starts. */
    people: fc.array(
      fc.record({ contact: fc.boolean(), lead: fc.boolean(), differs: fc.boolean(), bare: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 6,
      },
    ),
    workers: fc.constantFrom(1, 1, 2),
    faults,
    webhooks: fc.constant(null),
    steps: fc.array(steps, { minLength: 1, maxLength: 24 }),
  });

/** Everything that happens. */
export const scenario = scenarioOf(step);
/** Without life events but removal: what a broken engine does wrong shows sooner where less else happens. */
export const everyDayScenario = scenarioOf(everyDayStep);

/** As above, with HubSpot telling of changes, and with more writes that land after their time-out. */
export const liveScenario = fc.record({ each: scenario, webhooks }).map(({ each, webhooks: told }) => {
  const late = each.faults.late * 8;
  return { ...each, faults: { ...each.faults, late }, webhooks: told };
});

type Live = typeof liveScenario extends fc.Arbitrary<infer T> ? T : never;
export type Scenario = Omit<Live, 'webhooks'> & { readonly webhooks: Live['webhooks'] | null };
