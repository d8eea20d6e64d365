import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecKinds, type KindName } from '../../src/mapping/codecs/registry.ts';
import {
  type BlankRule,
  blankRules,
  type ConflictRule,
  conflictRules,
  directions,
  type FieldMapping,
  firstRules,
} from '../../src/model/mapping.ts';
import type { FieldWrite, Link } from '../../src/model/state.ts';
import { type Sides, type System, systems } from '../../src/model/system.ts';
import type { RawFields, RawValue } from '../../src/model/value.ts';
import { baseOfWrites, type LinkedPlan, planLinked, rawFieldsOf } from '../../src/sync/plan.ts';
import { makeField, makePair, makeSnapshot } from './builders.ts';

const ids = { hubspot: '1', salesforce: '00Q000000000001AAA' };

const rulesOf: Partial<Record<KindName, readonly ConflictRule[]>> = {
  number: ['highest', 'lowest'],
  date: ['earliest'],
  'multi-enum': ['union'],
};
const special = new Set<ConflictRule>(['highest', 'lowest', 'earliest', 'union']);
const plain = conflictRules.filter((rule) => !special.has(rule));

const fieldOf = (name: string, kind: KindName, group?: string): fc.Arbitrary<FieldMapping> =>
  fc
    .record({
      direction: group ? fc.constant('both' as const) : fc.constantFrom(...directions),
      conflict: group ? fc.constant('newest' as const) : fc.constantFrom(...plain, ...(rulesOf[kind] ?? [])),
      first: fc.constantFrom(...firstRules.filter((rule) => rule !== 'union')),
      blank: fc.constantFrom<BlankRule>(...blankRules),
      tie: group ? fc.constant<System>('salesforce') : fc.constantFrom<System>(...systems),
    })
    .map((rules) =>
      makeField({
        ...rules,
        name,
        kind,
        fields: { hubspot: name, salesforce: name },
        codecs: codecKinds[kind].make({}),
        ...(group ? { group } : {}),
      }),
    );

const fields = fc.tuple(
  fieldOf('title', 'text'),
  fieldOf('size', 'number'),
  fieldOf('since', 'date'),
  fieldOf('tags', 'multi-enum'),
  fieldOf('city', 'text', 'address'),
  fieldOf('zip', 'text', 'address'),
);
const values: Readonly<Record<string, fc.Arbitrary<RawValue>>> = {
  title: fc.constantFrom('a', 'A', ' a', 'b', 'c', '', null),
  size: fc.constantFrom('1', '1.0', '2', '10', '', null, 'many'),
  since: fc.constantFrom('2026-03-29', '2026-10-25', '', null, 'soon'),
  tags: fc.constantFrom('x', 'y;x', 'x;y', 'z', 'x;z', '', null),
  city: fc.constantFrom('Bonn', 'Köln', '', null),
  zip: fc.constantFrom('53111', '50667', '', null),
};
const record = fc.record(values);
const edits: fc.Arbitrary<RawFields> = fc
  .record(values, { requiredKeys: [] })
  .map((each) =>
    Object.fromEntries(
      Object.entries(each).filter((entry): entry is [string, RawValue] => entry[1] !== undefined),
    ),
  );

interface World {
  readonly link: Pick<Link, 'ids' | 'base' | 'stamps'>;
  readonly records: Sides<RawFields>;
  readonly stamp: number;
}

/** What Salesforce and HubSpot keep of a value: both as the codec writes it. */
const planOf = (pairFields: readonly FieldMapping[], world: World): LinkedPlan =>
  planLinked(
    { pair: makePair(pairFields), mappingHash: 'hash' },
    world.link,
    {
      hubspot: makeSnapshot('hubspot', world.records.hubspot, { stamp: world.stamp }),
      salesforce: makeSnapshot('salesforce', world.records.salesforce, { stamp: world.stamp }),
    },
    [],
  );

/** Carries a plan out write by write, in any order; each write is settled for itself, as when they are sent one by one. */
const carryOut = (world: World, plan: LinkedPlan, order: readonly number[]): World => {
  const writes = systems.flatMap((system) =>
    plan.writes[system].map((write): [System, FieldWrite] => [system, write]),
  );
  const shuffled = writes
    .map((write, index) => ({ write, place: order[index] ?? index }))
    .toSorted((a, b) => a.place - b.place);
  let base = { ...world.link.base, ...plan.settled };
  const records = { hubspot: { ...world.records.hubspot }, salesforce: { ...world.records.salesforce } };
  for (const { write } of shuffled) {
    const [system, each] = write;
    Object.assign(records[system], rawFieldsOf([each]));
    base = { ...base, ...baseOfWrites(system, [each]) };
  }
  const stamp = world.stamp + 1_000;
  return { link: { ...world.link, base, stamps: { hubspot: stamp, salesforce: stamp } }, records, stamp };
};

const withIds = (fieldsOfSide: RawFields, system: System): RawFields =>
  system === 'hubspot'
    ? { ...fieldsOfSide, tandem_salesforce_id: ids.salesforce }
    : { ...fieldsOfSide, HubSpot_Id__c: ids.hubspot };

const quiet = (plan: LinkedPlan): boolean =>
  systems.every((system) => plan.writes[system].length === 0) && Object.keys(plan.settled).length === 0;

/** Plans and carries out until nothing is left. Writes of a set go to both sides: a plan has two bases of it, so it may take a round more. */
const roundsMax = 3;
const toRest = (
  pairFields: readonly FieldMapping[],
  start: World,
  order: readonly number[],
): World | null => {
  let world = start;
  for (let round = 0; round < roundsMax; round += 1) {
    const plan = planOf(pairFields, world);
    if (quiet(plan)) return world;
    world = carryOut(world, plan, order);
  }
  return quiet(planOf(pairFields, world)) ? world : null;
};

const begin = (left: RawFields, right: RawFields): World => ({
  link: { ids, base: {}, stamps: { hubspot: 0, salesforce: 0 } },
  records: { hubspot: withIds(left, 'hubspot'), salesforce: withIds(right, 'salesforce') },
  stamp: 1_000_000,
});
const edited = (world: World, left: RawFields, right: RawFields): World => ({
  ...world,
  records: {
    hubspot: { ...world.records.hubspot, ...left },
    salesforce: { ...world.records.salesforce, ...right },
  },
  stamp: world.stamp + 60_000,
});
const order = fc.array(fc.nat(100), { minLength: 12, maxLength: 12 });

describe('laws of the planner', () => {
  it('comes to rest, whatever both sides made of the base, twice, and in whatever order the writes land', () => {
    fc.assert(
      fc.property(
        fields,
        record,
        record,
        edits,
        edits,
        edits,
        edits,
        order,
        (pairFields, l, r, l1, r1, l2, r2, places) => {
          const met = toRest(pairFields, begin(l, r), places);
          expect(met).not.toBeNull();
          if (!met) return;
          const once = toRest(pairFields, edited(met, l1, r1), places);
          expect(once).not.toBeNull();
          if (!once) return;
          expect(toRest(pairFields, edited(once, l2, r2), places)).not.toBeNull();
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('ends alike in every order', () => {
    fc.assert(
      fc.property(
        fields,
        record,
        record,
        edits,
        edits,
        order,
        order,
        (pairFields, l, r, l1, r1, one, other) => {
          const start = toRest(pairFields, begin(l, r), one);
          if (!start) return;
          const left = toRest(pairFields, edited(start, l1, r1), one);
          const right = toRest(pairFields, edited(start, l1, r1), other);
          expect(left?.records).toEqual(right?.records);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('gives the same plan for the same inputs, and writes nothing that is equal there already', () => {
    fc.assert(
      fc.property(fields, record, record, (pairFields, l, r) => {
        const world = begin(l, r);
        const plan = planOf(pairFields, world);
        expect(planOf(pairFields, structuredClone(world))).toEqual(plan);
        for (const system of systems) {
          for (const { field: name, sent, replaced } of plan.writes[system]) {
            const field = pairFields.find((each) => each.name === name);
            const there = field?.codecs[system].decode(replaced);
            const wanted = field?.codecs[system].decode(sent);
            expect(wanted).not.toEqual(there);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes an address from one side as a whole where both changed it', () => {
    fc.assert(
      fc.property(fields, record, edits, edits, (pairFields, start, left, right) => {
        const met = toRest(pairFields, begin(start, start), []);
        if (!met) return;
        const before = edited(met, left, right);
        const { writes } = planOf(pairFields, before);
        const targets = systems.filter((system) =>
          writes[system].some(
            ({ field, rule }) => ['city', 'zip'].includes(field) && rule.endsWith(':together'),
          ),
        );
        expect(targets.length).toBeLessThanOrEqual(1);
        if (targets.length === 0) return;
        const [target] = targets;
        const against = systems.filter((system) => system !== target);
        for (const system of against) {
          expect(writes[system].filter(({ field }) => ['city', 'zip'].includes(field))).toEqual([]);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
