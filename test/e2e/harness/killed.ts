import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sides } from '../../../src/model/system.ts';
import { checkSandbox } from '../../data/check-truth.ts';
import { loadPeople } from '../../data/load-people.ts';
import { dataForTests } from '../../data/sources.ts';
import { collectTruth, type Truth } from '../../data/truth.ts';
import type { Person } from './person.ts';
import type { Fault } from './sandbox.ts';
import { Stage } from './stage.ts';
import { until } from './until.ts';

/** Typed at once on each side, before a kill and after it. */
const editsAtOnce = 10;

interface Storm {
  readonly people: number;
  /** How long the worker that is not killed may take. */
  readonly endWithinMs: number;
}

/** How far a worker comes: so many writing calls begin, and so long after the last of them it is killed, mostly with its answer on the way. */
const moment = fc.record({ writes: fc.integer({ min: 1, max: 4 }), thenMs: fc.integer({ min: 0, max: 60 }) });

const countOf = (routes: Readonly<Record<string, number>>): number =>
  Object.values(routes).reduce((sum, count) => sum + count, 0);

/** 3 % of all answers are lost, whatever was asked; and for certain that of one write in each system, as a batch creates and as it updates. */
const lostAnswers: readonly Fault[] = [
  ...['/contacts/batch/(create|upsert)', '/contacts/batch/update'].map((path) => ({ path, method: 'POST' })),
  ...['/composite/sobjects/Lead/', '/composite/sobjects$'].map((path) => ({ path, method: 'PATCH' })),
]
  .map(
    ({ path, method }): Fault => ({
      match: { caller: 'integration', path, method },
      effect: { drop: 'after', every: 2, times: 1 },
    }),
  )
  .concat({ match: { caller: 'integration' }, effect: { drop: 'after', probability: 0.03 } });

/**
 * The tests of a worker that is killed three times in the first alignment while it writes, answers are lost and people type on both sides. The
 * moments are drawn from one seed: `KILL_SEED=7` replays them.
 */
export const describeKills = ({ people, endWithinMs }: Storm): void => {
  const seed = Number(process.env.KILL_SEED ?? Math.floor(Math.random() * 1_000_000));
  const [kills = []] = fc.sample(fc.array(moment, { minLength: 3, maxLength: 3 }), { seed, numRuns: 1 });

  describe.skipIf(!dataForTests('e2e/kill'))(
    `a worker for ${people} people killed ${kills.length} times while 3 % of the answers are lost (seed ${seed})`,
    () => {
      let stage: Stage;
      let truth: Truth;
      /** The newest title that was typed, by contact and by lead: no person is edited on both sides. */
      const typed = { hubspot: new Map<string, string>(), salesforce: new Map<string, string>() };
      /** Idle lines of the workers that were killed. */
      const idleAtKill: number[] = [];
      const writtenByKilled: number[] = [];
      let lost: Sides<Readonly<Record<string, number>>>;
      const written = async (): Promise<number> => {
        const { hubspot, salesforce } = await stage.sandbox.writes();
        return countOf(hubspot) + countOf(salesforce);
      };

      const type = async (
        person: Person,
        when: string,
        hubspot: string[],
        leads: string[],
      ): Promise<void> => {
        for (const id of hubspot) typed.hubspot.set(id, `Typed ${when} in ${id}`);
        for (const id of leads) typed.salesforce.set(id, `Typed ${when} in ${id}`);
        await Promise.all([
          person.editContacts(
            hubspot.map((id) => ({ id, values: { jobtitle: typed.hubspot.get(id) ?? '' } })),
          ),
          person.editLeads(leads.map((id) => ({ id, values: { Title: typed.salesforce.get(id) ?? '' } }))),
        ]);
      };

      beforeAll(async () => {
        stage = await Stage.open();
        truth = await collectTruth(loadPeople({ ...stage.sandbox.access, people }));
        await stage.sandbox.faults(...lostAnswers);
        const person = await stage.person();
        const both = truth.people.flatMap(({ expect: where, hubspot, salesforce }) =>
          where === 'both' && hubspot !== null && salesforce !== null ? [{ hubspot, salesforce }] : [],
        );
        const half = Math.floor(both.length / 2);
        const contacts = both.slice(0, half).map(({ hubspot }) => hubspot);
        const leads = both.slice(half).map(({ salesforce }) => salesforce);
        for (const [round, { writes, thenMs }] of kills.entries()) {
          const from = (nth: number) => [nth * editsAtOnce, (nth + 1) * editsAtOnce] as const;
          const before = await written();
          const worker = stage.run('--until-idle');
          await until(
            `${writes} writes`,
            async () => ((await written()) >= before + writes ? true : null),
            endWithinMs,
          );
          // Some of them were typed after the kill before: what is on its way is typed over.
          await type(
            person,
            `before kill ${round}`,
            contacts.slice(...from(round)),
            leads.slice(...from(round)),
          );
          await sleep(thenMs);
          idleAtKill.push(worker.linesOf('idle').length);
          await worker.crash();
          writtenByKilled.push((await written()) - before);
          const next = from(round + 1);
          await type(person, `after kill ${round}`, contacts.slice(...next), leads.slice(...next));
        }
        await stage.untilIdle(endWithinMs);
        lost = await stage.sandbox.lostWrites();
        await stage.sandbox.faults();
      }, endWithinMs + 90_000);
      afterAll(async () => stage?.close());

      it('was killed while it wrote each time, and lost the answers of creates and updates on both sides', () => {
        expect(idleAtKill).toEqual(kills.map(() => 0));
        for (const [round, { writes }] of kills.entries()) {
          expect(writtenByKilled[round]).toBeGreaterThanOrEqual(writes);
        }
        expect(Object.keys(lost.hubspot).length).toBeGreaterThanOrEqual(2);
        expect(Object.keys(lost.salesforce).length).toBeGreaterThanOrEqual(2);
      });

      it('ends as if nothing had happened: everybody once on each side', async () => {
        expect(await checkSandbox(truth, stage.sandbox.access)).toEqual([]);
      });

      it('leaves nothing unexplained', async () => {
        expect((await stage.verify()).items.filter(({ why }) => why === 'unexplained')).toEqual([]);
      });

      it('has lost no edit of anybody, on either side', async () => {
        const leads = await stage.sandbox.records('salesforce', 'Lead');
        const contacts = await stage.sandbox.records('hubspot', 'contacts');
        const titleOfContact = new Map(leads.map((lead) => [lead.HubSpot_Id__c, lead.Title]));
        const titleOfLead = new Map(
          contacts.map(({ properties }) => {
            const { tandem_salesforce_id: lead, jobtitle } = properties as Record<string, unknown>;
            return [lead, jobtitle];
          }),
        );
        const lost = [
          ...[...typed.hubspot].filter(([id, title]) => titleOfContact.get(id) !== title),
          ...[...typed.salesforce].filter(([id, title]) => titleOfLead.get(id) !== title),
        ];
        expect(typed.hubspot.size).toBe(editsAtOnce * (kills.length + 1));
        expect(typed.salesforce.size).toBe(typed.hubspot.size);
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
};
