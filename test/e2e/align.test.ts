import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSandbox } from '../data/check-truth.ts';
import { loadPeople } from '../data/load-people.ts';
import { dataForTests } from '../data/sources.ts';
import { collectTruth, type Truth } from '../data/truth.ts';
import { type Idle, Stage } from './harness/stage.ts';

const people = 2_000;

describe.skipIf(!dataForTests('e2e/align'))(`${people} people, from two systems that have never met`, () => {
  let stage: Stage;
  let truth: Truth;
  let first: Idle;

  beforeAll(async () => {
    stage = await Stage.open();
    truth = await collectTruth(loadPeople({ ...stage.sandbox.access, people }));
    first = await stage.untilIdle();
  });
  afterAll(async () => stage?.close());

  it('creates who is missing and links who is there', () => {
    expect(first.created.hubspot).toBeGreaterThan(100);
    expect(first.created.salesforce).toBeGreaterThan(100);
    expect(first.failed).toBe(0);
  });

  it('leaves everybody exactly once on each side, and nobody mistaken for another', async () => {
    expect(await checkSandbox(truth, stage.sandbox.access)).toEqual([]);
  });

  it('leaves no difference that nothing accounts for', async () => {
    const verified = await stage.verify();
    expect(verified.unexplained).toBe(0);
    expect(verified.items.filter(({ why }) => why === 'unexplained')).toEqual([]);
    expect(verified.records).toBeGreaterThanOrEqual(people * 0.99);
    expect(verified.items).toHaveLength(verified.drift);
    // What is accounted for is little, and of three kinds: a worker that parks what it should write is no better than one that drops it.
    const kinds = Map.groupBy(verified.items, ({ why }) => why);
    expect([...kinds.keys()].sort()).toEqual([
      'no valid match key',
      'parked: INVALID_EMAIL in HubSpot',
      'parked: STRING_TOO_LONG in Salesforce',
    ]);
    expect(verified.drift - (kinds.get('no valid match key') ?? []).length).toBe(first.parked);
    expect(first.parked).toBeLessThan(people * 0.05);
    expect(verified.drift).toBeLessThan(people * 0.2);
  });

  it('tells in status what was refused, why, whose fault it is and what to do', async () => {
    const status = await stage.status();
    expect(status).toMatchObject({ backlog: 0, inFlight: 0, oldestDirtySeconds: null, failed: first.parked });
    expect(status.problems.reduce((sum, { records }) => sum + (records ?? 0), 0)).toBe(first.parked);
    expect(status.problems).toContainEqual(
      expect.objectContaining({
        what: 'people: firstname refused by salesforce: STRING_TOO_LONG',
        cause: 'First Name: longer than 40 characters',
        fault: 'data',
        next: expect.stringContaining('Correct the value at its source'),
      }),
    );
  });

  it('writes nothing the second time', async () => {
    const before = await stage.sandbox.writes();
    const again = await stage.untilIdle();
    expect(await stage.sandbox.writes()).toEqual(before);
    expect(Object.keys(before.hubspot)).not.toEqual([]);
    expect(Object.keys(before.salesforce)).not.toEqual([]);
    expect(again).toMatchObject({
      created: { hubspot: 0, salesforce: 0 },
      updated: { hubspot: 0, salesforce: 0 },
      parked: first.parked,
    });
  });
});
