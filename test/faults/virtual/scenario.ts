import fc from 'fast-check';
import type { DealStart } from './deals.ts';

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
const place = fc.nat(14);

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

/** What comes between a worker and what it has in hand. */
const crossings = [
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('cross' as const), side, who, field, removes: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('standstill' as const),
      at: fc.constantFrom(null, null, 'openIntents', 'settle', 'settleAndKeep', 'writeMany'),
      afterCalls: fc.nat(20),
      when: fc.constantFrom('before' as const, 'after' as const),
      /** Shorter than a lease, longer, or until just when another worker takes the work over. */
      forMs: fc.oneof(
        fc.integer({ min: 20_000, max: 60_000 }),
        fc.integer({ min: 60_000, max: 63_000 }),
        fc.integer({ min: 63_000, max: 120_000 }),
      ),
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

const refusal = fc.constantFrom('email' as const, 'calls' as const);

/** What people want done with what is known of them. */
const wishes = [
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('sayNo' as const), side, who, what: refusal }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('takeBack' as const), side, which: who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('erase' as const), who, thenField: field }) },
] as const;

/** All streams are cut; what was told before may not be told again any more. */
const breaks = {
  weight: 2,
  arbitrary: fc.record({ kind: fc.constant('break' as const), forgets: fc.boolean() }),
} as const;

/** What is done with companies, and with who works where. */
const firmWork = [
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('firmEdit' as const), side, who, field }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('firmClear' as const), side, who, field }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('firmEnter' as const), side }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('firmDouble' as const), side, who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('firmRemove' as const), side, who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('firmMerge' as const), side, who, other: who }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('employ' as const), side, who, where: who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('dismiss' as const), side, who }) },
] as const;

/** What is done with deals: who sells what to whom, how far it is, and who takes part. */
const dealWork = [
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('dealEdit' as const), side, who, field }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('dealClear' as const), side, who, field }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('dealBoth' as const), who, field }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('dealMove' as const), side, who, to: place }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('dealMoveBoth' as const), who, to: place, there: place }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('dealEnter' as const), side, place, bare: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('dealRemove' as const), side, who, thenField: field }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('dealMerge' as const), who, other: who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('dealUndelete' as const), thenField: field }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('dealCross' as const),
      side,
      who,
      field,
      removes: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ kind: fc.constant('dealAssign' as const), side, who, where: fc.option(who, { freq: 4 }) },
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('dealEngage' as const), side, who, person: who }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('dealRelease' as const), side, who, person: who }),
  },
] as const;

/** What persons and fate do, one after another; the gap comes before each. Indexes wrap around what is there. */
const everyDayStep = fc.record({ gapMs, what: fc.oneof(...everyDay) });
const crossingStep = fc.record({ gapMs, what: fc.oneof(...crossings, ...crossings, ...everyDay) });
const step = fc.record({ gapMs, what: fc.oneof(...everyDay, ...crossings, ...lifeEvents, ...wishes) });
const firmStep = fc.record({
  gapMs,
  what: fc.oneof(...firmWork, ...everyDay, ...crossings, ...lifeEvents, ...wishes),
});
const liveStep = fc.record({
  gapMs,
  what: fc.oneof(...everyDay, ...crossings, ...lifeEvents, ...wishes, breaks),
});
const dealStep = fc.record({
  gapMs,
  what: fc.oneof(...dealWork, ...dealWork, ...everyDay, ...crossings, ...lifeEvents, ...firmWork),
});
type Of<T> = T extends fc.Arbitrary<infer U> ? U : never;
export interface Step {
  readonly gapMs: number;
  readonly what: Of<typeof liveStep>['what'] | Of<typeof firmStep>['what'] | Of<typeof dealStep>['what'];
}

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

/** Whoever is there when the first worker starts. */
interface Starter {
  readonly contact: boolean;
  readonly lead: boolean;
  readonly differs: boolean;
  readonly bare: boolean;
  /** The lead has an address that the contact has as a further one. */
  readonly former?: boolean;
  /** The lead was converted before: a contact, who can take part in deals. */
  readonly customer?: boolean;
}

/** One in three of those who are on both sides; drawn from the seed, so that recorded seeds stay the stories that they were. */
const withFormer = <T extends { readonly seed: number; readonly people: readonly Starter[] }>(
  each: T,
): T => ({
  ...each,
  people: each.people.map((one, at) => ({
    ...one,
    former: one.contact && one.lead && (each.seed + at) % 3 === 0,
  })),
});

interface Firm {
  readonly company: boolean;
  readonly account: boolean;
  readonly differs: boolean;
}

const firmsThere = (maxLength: number) =>
  fc.array(fc.record({ company: fc.boolean(), account: fc.boolean(), differs: fc.boolean() }), {
    ...{ minLength: 1, maxLength },
  });

const scenarioOf = (steps: fc.Arbitrary<Step>, stepsMin = 1) =>
  fc
    .record({
      seed: fc.integer({ min: 1, max: 1_000_000 }),
      /** Who is there when the first worker starts. */
      people: fc.array(
        fc.record({ contact: fc.boolean(), lead: fc.boolean(), differs: fc.boolean(), bare: fc.boolean() }),
        {
          minLength: 1,
          maxLength: 6,
        },
      ),
      /** Companies that are there then; where there are none, people alone are aligned. */
      firms: fc.constant<readonly Firm[]>([]),
      /** Deals that are there then; where there are any, companies are aligned as well. */
      deals: fc.constant<readonly DealStart[]>([]),
      pipelines: fc.constant<1 | 2>(1),
      /** Whoever is there has to find out what nobody tells of, before somebody starts a worker anew. */
      patient: fc.constant<boolean>(false),
      /** None: the first comes when all is over. */
      workers: fc.constantFrom<0 | 1 | 2>(1, 1, 2),
      faults,
      webhooks: fc.constant(null),
      streaming: fc.constant(null),
      steps: fc.array(steps, { minLength: stepsMin, maxLength: 24 }),
    })
    .map(withFormer);

/** Everything that happens. */
export const scenario = scenarioOf(step);
/** Without life events but removal: what a broken engine does wrong shows sooner where less else happens. */
export const everyDayScenario = scenarioOf(everyDayStep);

/** Workers that stand still while others take over, people who cross what the worker does, and replicas that are often behind. */
export const crossingScenario = scenarioOf(crossingStep, 8).map((each) => ({
  ...each,
  workers: 2 as const,
  faults: { ...each.faults, stale: 10 + each.faults.stale * 2 },
}));

/** With companies beside people. */
export const firmScenario = fc
  .record({
    each: scenarioOf(firmStep, 4),
    firms: firmsThere(4),
  })
  .map(({ each, firms }) => ({ ...each, firms }));

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

/** With deals beside companies and people, of whom some are customers; in one of six a system tells of changes, or both do. */
export const dealScenario = fc
  .record({
    each: scenarioOf(dealStep, 10),
    firms: firmsThere(3),
    deals: fc.array(
      fc.record({
        ...{ hubspot: fc.boolean(), salesforce: fc.boolean(), differs: fc.boolean(), bare: fc.boolean() },
        place,
      }),
      { minLength: 1, maxLength: 4 },
    ),
    pipelines: fc.constantFrom(1 as const, 2 as const),
    patient: fc.constantFrom(true, false, false),
    webhooks,
    streaming,
    tells: fc.constantFrom(...(['nobody', 'nobody', 'nobody', 'both', 'hubspot', 'salesforce'] as const)),
  })
  .map(({ each, tells, webhooks: told, streaming: streamed, ...own }) => ({
    ...each,
    ...own,
    people: each.people
      .slice(0, 4)
      .map((one, at) => ({ ...one, customer: one.lead && (each.seed + at) % 2 === 0 })),
    webhooks: tells === 'both' || tells === 'hubspot' ? told : null,
    streaming: tells === 'both' || tells === 'salesforce' ? streamed : null,
  }));

export type Scenario = typeof liveScenario extends fc.Arbitrary<infer T> ? T : never;
