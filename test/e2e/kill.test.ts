import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSandbox } from '../data/check-truth.ts';
import { loadPeople } from '../data/load-people.ts';
import { dataForTests } from '../data/sources.ts';
import { collectTruth, type Truth } from '../data/truth.ts';
import { Stage } from './harness/stage.ts';

const people = 800;
const editsAfterEachKill = 20;

/** The moments of the kills, drawn from one seed: `KILL_SEED=7 npx vitest run test/e2e/kill.test.ts` replays them. */
const seed = Number(process.env.KILL_SEED ?? Math.floor(Math.random() * 1_000_000));
const [killsAfterMs = []] = fc.sample(
  fc.array(fc.integer({ min: 300, max: 4_500 }), { minLength: 3, maxLength: 3 }),
  { seed, numRuns: 1 },
);

describe.skipIf(!dataForTests('e2e/kill'))(
  `a worker killed ${killsAfterMs.length} times while 3 % of the answers are lost (seed ${seed})`,
  () => {
    let stage: Stage;
    let truth: Truth;
    /** What the person typed between the kills: contact → the newest title. */
    const typed = new Map<string, string>();

    beforeAll(async () => {
      stage = await Stage.open();
      truth = await collectTruth(loadPeople({ ...stage.sandbox.access, people }));
      await stage.sandbox.faults({
        match: { caller: 'integration' },
        effect: { drop: 'after', probability: 0.03 },
      });
      const person = await stage.person();
      const both = truth.people.flatMap(({ expect: where, hubspot }) =>
        where === 'both' && hubspot !== null ? [hubspot] : [],
      );
      for (const [round, killAfterMs] of killsAfterMs.entries()) {
        const worker = stage.run('--until-idle');
        await worker.event('connected');
        await sleep(killAfterMs);
        await worker.crash();
        const chosen = both.slice(round * 10, round * 10 + editsAfterEachKill);
        for (const id of chosen) typed.set(id, `Typed after kill ${round} in ${id}`);
        await person.editContacts(chosen.map((id) => ({ id, values: { jobtitle: typed.get(id) ?? '' } })));
      }
      await stage.untilIdle(150_000);
      await stage.sandbox.faults();
    }, 240_000);
    afterAll(async () => stage?.close());

    it('ends as if nothing had happened: everybody once on each side', async () => {
      expect(await checkSandbox(truth, stage.sandbox.access)).toEqual([]);
    });

    it('leaves nothing unexplained', async () => {
      expect((await stage.verify()).items.filter(({ why }) => why === 'unexplained')).toEqual([]);
    });

    it('has lost no edit of the person', async () => {
      const leads = new Map(
        (await stage.sandbox.records('salesforce', 'Lead')).map((lead) => [lead.HubSpot_Id__c, lead.Title]),
      );
      const lost = [...typed].filter(([id, title]) => leads.get(id) !== title);
      expect(typed.size).toBeGreaterThan(editsAfterEachKill);
      expect(lost).toEqual([]);
    });

    it('writes nothing more, and nothing stays open', async () => {
      const before = await stage.sandbox.writes();
      await stage.untilIdle();
      expect(await stage.sandbox.writes()).toEqual(before);
      expect(await stage.status()).toMatchObject({ backlog: 0, inFlight: 0 });
    });
  },
);
