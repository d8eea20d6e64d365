import fc from 'fast-check';

/** Where a person does something. */
const side = fc.constantFrom('hubspot' as const, 'salesforce' as const);

/** Mapped fields that persons edit here, by the API's names; what is null on a contact belongs to its account. */
export const editable = [
  { hubspot: 'jobtitle', salesforce: 'Title', contact: 'Title' },
  { hubspot: 'city', salesforce: 'City', contact: 'MailingCity' },
  { hubspot: 'message', salesforce: 'Description', contact: 'Description' },
  { hubspot: 'firstname', salesforce: 'FirstName', contact: 'FirstName' },
  { hubspot: 'lastname', salesforce: 'LastName', contact: 'LastName' },
  { hubspot: 'company', salesforce: 'Company', contact: null },
  { hubspot: 'phone', salesforce: 'Phone', contact: 'Phone' },
  { hubspot: 'annualrevenue', salesforce: 'AnnualRevenue', contact: null },
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

/** Records become one, come back, or live on as another. */
const lifeEvents = [
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('convert' as const),
      who,
      /** Where somebody works on the person at the same moment, and afterwards. */
      meanwhileSide: side,
      meanwhileField: field,
      thenSide: side,
      thenField: field,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('merge' as const), side, who, other: who, thenField: field }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undelete' as const), thenField: field }) },
] as const;

/** All streams are cut; what was told before may not be told again any more. */
const breaks = {
  weight: 2,
  arbitrary: fc.record({ kind: fc.constant('break' as const), forgets: fc.boolean() }),
} as const;

/** What persons and fate do, one after another; the gap comes before each. Indexes wrap around what is there. */
const everyDayStep = fc.record({ gapMs, what: fc.oneof(...everyDay) });
const step = fc.record({ gapMs, what: fc.oneof(...everyDay, ...lifeEvents) });
const liveStep = fc.record({ gapMs, what: fc.oneof(...everyDay, ...lifeEvents, breaks) });
export type Step = typeof liveStep extends fc.Arbitrary<infer T> ? T : never;

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

/** Salesforce's change events, where they are listened to, and what becomes of them. */
const streaming = fc.record({
  duplicate: fc.boolean(),
  reorder: fc.boolean(),
  delayMs: fc.constantFrom(0, 0, 300, 20_000),
  dropEvery: fc.constantFrom(null, null, 2, 3, 7),
  /** Each n-th says that something changed, and not what. */
  gapEvery: fc.constantFrom(null, null, 2, 3),
  /** 0: nothing is told but that something changed. */
  overflowAbove: fc.constantFrom(100_000, 100_000, 100_000, 0),
});

const scenarioOf = (steps: fc.Arbitrary<Step>, stepsMin = 1) =>
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
    streaming: fc.constant(null),
    steps: fc.array(steps, { minLength: stepsMin, maxLength: 24 }),
  });

/** Everything that happens. */
export const scenario = scenarioOf(step);
/** Without life events but removal: what a broken engine does wrong shows sooner where less else happens. */
export const everyDayScenario = scenarioOf(everyDayStep);

/** As above, with both systems or one of them telling of changes, and with more writes that land after their time-out. */
export const liveScenario = fc
  .record({
    each: scenarioOf(liveStep, 6),
    webhooks,
    streaming,
    tells: fc.constantFrom('both' as const, 'both' as const, 'hubspot' as const, 'salesforce' as const),
  })
  .map(({ each, tells, ...told }) => ({
    ...each,
    faults: { ...each.faults, late: each.faults.late * 8 },
    webhooks: tells === 'salesforce' ? null : told.webhooks,
    streaming: tells === 'hubspot' ? null : told.streaming,
  }));

export type Scenario = typeof liveScenario extends fc.Arbitrary<infer T> ? T : never;
