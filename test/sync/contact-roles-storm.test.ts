import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { System } from '../../src/model/system.ts';
import { makeDealStage } from './deal-stage.ts';

const people = [1, 2, 3].map((n) => ({ hubspot: `50${n}`, salesforce: `00300000000000${n}AAA` }));
const roles = [
  ['Decision maker', 'Decision Maker'],
  ['Budget', 'Economic Buyer'],
] as const;

type Fault = 'cut-before' | 'cut-after' | 'throttled' | null;

/** What happens: somebody is tied (with a role or none, perhaps the mark) or untied on a side, or the engine looks while a write fails so. */
type Step =
  | {
      readonly op: 'tie';
      readonly side: System;
      readonly who: number;
      readonly role: number | null;
      readonly primary: boolean;
    }
  | { readonly op: 'untie'; readonly side: System; readonly who: number }
  | { readonly op: 'look'; readonly side: System; readonly fault: Fault };

const side = fc.constantFrom<System>('hubspot', 'salesforce');
const who = fc.nat(people.length - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    op: fc.constant('tie' as const),
    side,
    who,
    role: fc.option(fc.nat(roles.length - 1)),
    primary: fc.boolean(),
  }),
  fc.record({ op: fc.constant('untie' as const), side, who }),
  fc.record({
    op: fc.constant('look' as const),
    side,
    fault: fc.constantFrom<Fault>(null, null, 'cut-before', 'cut-after', 'throttled'),
  }),
);

const throttled = (system: System) =>
  ({ category: 'throttled', system, code: 'TEST', message: 'later', fields: [], retryAfterMs: 1 }) as const;

/** A deal on which these steps happen. Salesforce keeps one primary contact, as it does by itself. */
const play = async (steps: readonly Step[]) => {
  const stage = makeDealStage();
  for (const ids of people) stage.person(ids);
  const sides = { hubspot: stage.hubspot, salesforce: stage.salesforce };
  const dealOn = { hubspot: stage.deal, salesforce: stage.opportunity };
  const keepOne = (person: string): void => {
    for (const [id, labels] of stage.salesforce.of(stage.opportunity)) if (id !== person) labels.delete('*');
  };
  const mark: Record<System, string> = { hubspot: 'Primary', salesforce: '*' };
  for (const each of steps) {
    if (each.op === 'look') {
      let isFirst = true;
      for (const system of ['hubspot', 'salesforce'] as const) {
        sides[system].tieFault = () => {
          const fault = isFirst ? each.fault : null;
          isFirst = false;
          return fault === 'throttled' ? throttled(system) : fault;
        };
      }
      await stage.look(each.side);
      continue;
    }
    const person = people[each.who]?.[each.side] ?? '';
    if (each.op === 'untie') sides[each.side].untie(dealOn[each.side], person);
    else {
      const role = each.role === null ? [] : [roles[each.role]?.[each.side === 'hubspot' ? 0 : 1] ?? ''];
      sides[each.side].tie(dealOn[each.side], person, ...role, ...(each.primary ? [mark[each.side]] : []));
      if (each.primary && each.side === 'salesforce') keepOne(person);
    }
  }
  for (const system of ['hubspot', 'salesforce'] as const) sides[system].tieFault = () => null;
  await stage.look('hubspot');
  await stage.look('salesforce');
  return stage;
};

/** Both sides in Salesforce's words. */
const words = (shown: readonly string[]): readonly string[] =>
  shown
    .map((text) => {
      const said = people
        .reduce((one, { hubspot, salesforce }) => one.replace(hubspot, salesforce), text)
        .replace('Decision maker', 'Decision Maker')
        .replace('Budget', 'Economic Buyer')
        .replace('Primary', '*');
      const [id = '', ...rest] = said.split(' ');
      return `${id} ${[rest.includes('*') ? '*' : '', rest.filter((word) => word !== '*').join(' ')].join('')}`;
    })
    .sort((a, b) => (a < b ? -1 : 1));

it('whatever happens on both sides and to the calls in between, both end alike, nobody twice, and at rest', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { hubspot, salesforce, deal, opportunity, look, backlog, parked } = await play(steps);
      expect(words(hubspot.shown(deal))).toEqual(words(salesforce.shown(opportunity)));
      const marks = salesforce.shown(opportunity).filter((text) => text.includes('*'));
      expect(marks.length).toBeLessThanOrEqual(1);
      const made = hubspot.changes.length + salesforce.changes.length;
      await look('hubspot');
      await look('salesforce');
      expect(hubspot.changes.length + salesforce.changes.length).toBe(made);
      expect(await backlog()).toMatchObject({ dirty: 0, openIntents: 0 });
      expect(await parked()).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

it('who was tied on a side and never untied on any takes part on both in the end', async () => {
  const ties = step.filter((each) => each.op !== 'untie');
  await fc.assert(
    fc.asyncProperty(fc.array(ties, { maxLength: 12 }), async (steps) => {
      const { hubspot, deal } = await play(steps);
      const tied = new Set(
        steps.flatMap((each) => (each.op === 'tie' ? (people[each.who]?.hubspot ?? []) : [])),
      );
      expect(new Set(hubspot.of(deal).keys())).toEqual(tied);
    }),
    { numRuns: 100 },
  );
});

it('whoever is taken out on one side after all that is out on both', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), who, side, async (steps, index, from) => {
      const { hubspot, salesforce, deal, opportunity, look } = await play(steps);
      const person = people[index];
      if (!person) throw new Error('nobody');
      if (from === 'hubspot') hubspot.untie(deal, person.hubspot);
      else salesforce.untie(opportunity, person.salesforce);
      await look(from);
      const ids = [...hubspot.of(deal).keys(), ...salesforce.of(opportunity).keys()];
      expect(ids).not.toContain(person.hubspot);
      expect(ids).not.toContain(person.salesforce);
    }),
    { numRuns: 100 },
  );
});
