import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Stage } from '../e2e/harness/stage.ts';

const bySystem = z.object({ hubspot: z.number(), salesforce: z.number() });
const planShape = z.object({
  creates: bySystem,
  updates: bySystem,
  links: z.number(),
  reviews: z.number(),
  conflicts: z.number(),
  newDomains: z.number(),
  calls: bySystem,
  byObject: z.record(z.string(), z.object({ creates: bySystem, updates: bySystem, links: z.number() })),
  samples: z.array(
    z.object({
      object: z.string(),
      email: z.string().nullable(),
      field: z.string(),
      from: z.unknown(),
      to: z.unknown(),
      rule: z.string(),
    }),
  ),
});

describe('Commands: plan', () => {
  let stage: Stage;
  const plan = async (): Promise<z.infer<typeof planShape>> => {
    const { code, json } = await stage.ask('plan');
    expect([code, json]).toEqual([0, expect.objectContaining({ creates: expect.anything() })]);
    return planShape.parse(json);
  };

  beforeAll(async () => {
    stage = await Stage.open();
    for (const system of ['hubspot', 'salesforce'] as const) {
      await stage.sandbox.control(system, 'reset', { seed: 5, contacts: 250, leads: 150 });
    }
    const twin = { Email: 'twin@example.com', LastName: 'Twin', Company: 'Two' };
    await stage.sandbox.control('salesforce', 'records/Lead', { records: [twin, twin] });
  });
  afterAll(async () => stage?.close());

  it('says what the first run then does, figure by figure, and writes nothing anywhere', async () => {
    const planned = await plan();
    expect(await stage.sandbox.writes()).toEqual({ hubspot: {}, salesforce: {} });
    expect(await stage.status()).toMatchObject({ backlog: 0, reviews: 0, problems: [] });
    expect(planned.creates.hubspot).toBeGreaterThan(0);
    expect(planned.creates.salesforce).toBeGreaterThan(0);
    expect(planned.reviews).toBe(2);
    expect(planned.conflicts).toBeGreaterThan(0);

    const before = await Promise.all(
      (['hubspot', 'salesforce'] as const).map((side) => stage.sandbox.stats(side)),
    );
    const idle = await stage.untilIdle();
    expect({ creates: idle.created, updates: idle.updated, reviews: idle.reviews }).toEqual({
      creates: planned.creates,
      updates: planned.updates,
      reviews: planned.reviews,
    });
    expect(planned.links).toBe((await stage.status()).links);
    // The simulators' own counts say the same.
    const after = await Promise.all(
      (['hubspot', 'salesforce'] as const).map((side) => stage.sandbox.stats(side)),
    );
    const made = (at: number, type: string): number =>
      (after[at]?.records[type] ?? 0) - (before[at]?.records[type] ?? 0);
    const objects = { people: 'Lead', companies: 'Account', deals: 'Opportunity' };
    expect(planned.byObject).toMatchObject(
      Object.fromEntries(
        Object.entries(objects).map(([name, type]) => [name, { creates: { salesforce: made(1, type) } }]),
      ),
    );
    expect(made(0, 'contacts')).toBe(planned.creates.hubspot);
    expect(planned.byObject.companies?.creates.salesforce).toBeGreaterThan(0);
    expect(planned.byObject.deals?.creates.salesforce).toBeGreaterThan(0);
    // What only a run does: it polls and asks for the time while it works.
    for (const side of ['hubspot', 'salesforce'] as const) {
      expect(planned.calls[side]).toBeGreaterThan(0);
      expect(planned.calls[side]).toBeLessThanOrEqual(idle.calls[side] * 1.5);
    }
    const conflicts = planned.samples.filter(({ from, to, rule }) => rule === 'first:newest' && from !== to);
    expect(conflicts.length).toBeGreaterThan(0);
    for (const { object, email, from } of conflicts) {
      expect([object, email, from]).toEqual(['people', expect.stringContaining('@'), expect.anything()]);
    }
  });

  it('of an aligned company plans what was changed since, and nothing else', async () => {
    expect(await plan()).toMatchObject({
      creates: { hubspot: 0, salesforce: 0 },
      updates: { hubspot: 0, salesforce: 0 },
      links: 0,
      conflicts: 0,
      reviews: 2,
    });
    const person = await stage.person();
    await person.createContact({ email: 'late@example.com', lastname: 'Late', company: 'Four' });
    const before = await stage.sandbox.writes();
    expect(await plan()).toMatchObject({
      creates: { hubspot: 0, salesforce: 1 },
      updates: { hubspot: 0, salesforce: 0 },
      links: 1,
      samples: expect.arrayContaining([
        expect.objectContaining({ email: 'late@example.com', field: 'lastname', from: null, to: 'Late' }),
      ]),
    });
    expect(await stage.sandbox.writes()).toEqual(before);
    expect(await stage.untilIdle()).toMatchObject({ created: { hubspot: 0, salesforce: 1 } });
  });
});

describe('Commands: plan where HubSpot makes companies by itself', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({ createsCompanies: true });
    for (const system of ['hubspot', 'salesforce'] as const) {
      await stage.sandbox.control(system, 'reset', { seed: 5, contacts: 40, leads: 60 });
    }
  });
  afterAll(async () => stage?.close());

  it('says how many more of them there may be, each an account', async () => {
    const { code, json } = await stage.ask('plan');
    expect(code).toBe(0);
    const planned = planShape.parse(json);
    const idle = await stage.untilIdle();
    const more = idle.created.salesforce - planned.creates.salesforce;
    expect(more).toBeGreaterThan(0);
    expect(more).toBeLessThanOrEqual(planned.newDomains);
    expect(idle.created.hubspot).toBe(planned.creates.hubspot);
  });
});
