import { beforeAll, describe, expect, it } from 'vitest';
import { journeyOf, journeyWords } from '../../../src/commands/explain/journey.ts';
import { currentProblems } from '../../../src/commands/status/problems.ts';
import { handOffAccount } from '../../../src/lifecycle/account/account.ts';
import { accountRows } from '../../../src/lifecycle/run/account-rows.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import { findPastPilot } from '../../../src/lifecycle/run/past-pilot.ts';
import { toClock } from '../../../src/lifecycle/run/rows.ts';
import { complianceReport } from '../../../src/lifecycle/sla/compliance.ts';
import type { SlaPilot } from '../../../src/lifecycle/sla/model.ts';
import type { Sides } from '../../../src/model/system.ts';
import { withOffice } from './office.ts';

const office = withOffice();
const { fixture } = office.simulated;
const dayMs = 86_400_000;
let people: readonly Sides<string>[] = [];
let reps: readonly [string, string] = ['', ''];

/** The office in a pilot of the first rep, which began so many days ago. */
const piloting = async (since: number, more: Partial<SlaPilot> = {}): Promise<LifecycleContext> => {
  const { context } = office;
  const start = (await context.store.now()) - since * dayMs;
  const pilot: SlaPilot = {
    ...{ start, end: start + 90 * dayMs, owners: new Set([reps[0]]) },
    ...{ measureOnlyDays: 30, expected: null },
    ...more,
  };
  return { ...context, models: { ...context.models, sla: { ...context.models.sla, pilot } } };
};
const person = (at: number): Sides<string> => {
  const found = people[at];
  if (found === undefined) throw new Error('nobody is there');
  return found;
};
/** A rep has asked for somebody, who is theirs then, and has let them lie for ten days. */
const letLie = async (at: number, rep: string, context: LifecycleContext): Promise<void> => {
  const { salesforce, hubspot } = person(at);
  await office.edit('Lead', salesforce, {
    ...{ OwnerId: rep, Tandem_Request__c: 'Set stage', Tandem_Request_Detail__c: 'sales-ready' },
  });
  await office.mark('salesforce', 'Lead', [salesforce]);
  await office.settle(context);
  await fixture.query(
    `update tandem.clocks c set clock = jsonb_set(c.clock::jsonb, '{startedAt}', to_jsonb((c.clock ->> 'startedAt')::float8 - 10 * ${dayMs}.0))::json
     from tandem.journeys j where j.id = c.journey_id and j.contact_id = '${hubspot}' and c.kind = 'follow-up'`,
  );
  await office.mark('hubspot', 'contacts', [hubspot]);
  await office.settle(context);
};
/** What the follow-up clock says of its steps, in the words of explain. */
const clockOf = async (at: number): Promise<string> => {
  const shown = await journeyOf(fixture.store, [person(at).hubspot]);
  const words = shown === null ? [] : journeyWords(shown);
  return words.find((line) => line.includes('clock    follow-up')) ?? '';
};
/** Whom the clocks told anything, by the orders that are there. */
const ordersOf = async (at: number): Promise<readonly unknown[]> => {
  const rows = await fixture.query<{ kind: string }>(
    `select e.kind from tandem.effects e join tandem.journeys j on j.id = e.journey_id
     where j.contact_id = '${person(at).hubspot}' and e.kind in ('remind', 'escalate') order by e.kind`,
  );
  return rows.map(({ kind }) => kind);
};

beforeAll(async () => {
  const owners = [...(await office.context.staff()).owners.values()];
  const [first, second] = ['Ben Okoye', 'Maria Lopez'].map((name) => {
    const found = owners.find((owner) => owner.name === name)?.id;
    if (found === undefined) throw new Error(`${name} is not there: ${owners.map(({ name }) => name)}`);
    return found;
  });
  reps = [first ?? '', second ?? ''];
  people = await office.simulated.people(
    [0, 1, 2].map((at) => ({
      ...{ email: `p${at}@nordlys.example`, lastname: `Lind ${at}`, company: 'Nordlys' },
    })),
  );
  await office.mark(
    'hubspot',
    'contacts',
    people.map(({ hubspot }) => hubspot),
  );
  await office.settle();
}, 60_000);

describe('a pilot of the service level', () => {
  it('acts for those who take part; of the others and of its first days nobody is told, and explain says so', async () => {
    const later = await piloting(60);
    await letLie(0, reps[0], later);
    await letLie(1, reps[1], later);
    await letLie(2, reps[0], await piloting(20));
    expect([await ordersOf(0), await ordersOf(1), await ordersOf(2)]).toEqual([
      ['escalate', 'remind'],
      [],
      [],
    ]);
    expect(await clockOf(0)).toContain('(remind; escalate)');
    const observed = '(remind, observed; escalate, observed)';
    expect([await clockOf(1), await clockOf(2)]).toEqual([
      expect.stringContaining(observed),
      expect.stringContaining(observed),
    ]);
  });

  it('is compared with the rest', async () => {
    const { store, pair, models, staff } = await piloting(60);
    const { calendarOf } = await staff();
    const { lifecycle } = fixture.store;
    const [transitions, effects, clocks, now] = await Promise.all([
      lifecycle.accountTransitions(),
      lifecycle.handOffEffects(pair.name),
      lifecycle.allClocks(),
      store.now(),
    ]);
    const rows = accountRows({ transitions, effects, clocks, held: [] }, models.sla, calendarOf, now);
    const { entries } = handOffAccount(rows, now).ready;
    const { pilot } = complianceReport({ clocks: clocks.map(toClock), entries }, models.sla, calendarOf, now);
    expect(pilot?.participants.clocks['follow-up']).toMatchObject({ late: 2, met: 0 });
    expect(pilot?.others.clocks['follow-up']).toMatchObject({ late: 1, met: 0 });
  });

  it('that is over is a problem, as long as it stands in the file and clocks act', async () => {
    const problems = async (context: LifecycleContext): Promise<readonly string[]> => {
      await findPastPilot(context);
      return (await currentProblems(fixture.store, [])).flatMap(({ key, what }) =>
        key === 'lifecycle:pilot' ? [what] : [],
      );
    };
    const over = await piloting(100);
    expect(await problems(over)).toEqual([
      expect.stringMatching(
        /pilot of the service level is over since 20\d\d-\d\d-\d\d, and no clock reminds/,
      ),
    ]);
    const { lifecycle } = over.models;
    const behaviours = { ...lifecycle.behaviours, clock: 'observe' as const };
    expect(
      await problems({ ...over, models: { ...over.models, lifecycle: { ...lifecycle, behaviours } } }),
    ).toEqual([]);
    expect([await problems(over), await problems(await piloting(60))]).toEqual([[expect.any(String)], []]);
  });
});
