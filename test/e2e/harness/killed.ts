import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systems } from '../../../src/model/system.ts';
import { checkSandbox } from '../../data/check-truth.ts';
import { loadPeople } from '../../data/load-people.ts';
import { dataForTests } from '../../data/sources.ts';
import { collectTruth, type Truth } from '../../data/truth.ts';
import type { Person } from './person.ts';
import { Stage } from './stage.ts';

/** Typed at once on each side, before a kill and after it. */
const editsAtOnce = 10;

interface Storm {
  readonly people: number;
  /** How long the worker that is not killed may take. */
  readonly endWithinMs: number;
}

/**
 * The tests of a worker that is killed three times in the first alignment while answers are lost and people type on both sides, also while it
 * works. The moments are drawn from one seed: `KILL_SEED=7` replays them.
 */
export const describeKills = ({ people, endWithinMs }: Storm): void => {
  const seed = Number(process.env.KILL_SEED ?? Math.floor(Math.random() * 1_000_000));
  const [killsAfterMs = []] = fc.sample(
    fc.array(fc.integer({ min: 300, max: 4_500 }), { minLength: 3, maxLength: 3 }),
    { seed, numRuns: 1 },
  );

  describe.skipIf(!dataForTests('e2e/kill'))(
    `a worker for ${people} people killed ${killsAfterMs.length} times while 3 % of the answers are lost (seed ${seed})`,
    () => {
      let stage: Stage;
      let truth: Truth;
      /** The newest title that was typed, by contact and by lead: no person is edited on both sides. */
      const typed = { hubspot: new Map<string, string>(), salesforce: new Map<string, string>() };
      /** Idle lines of the workers that were killed. */
      const idleAtKill: number[] = [];
      let cut = 0;

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
        await stage.sandbox.faults({
          match: { caller: 'integration' },
          effect: { drop: 'after', probability: 0.03 },
        });
        const person = await stage.person();
        const both = truth.people.flatMap(({ expect: where, hubspot, salesforce }) =>
          where === 'both' && hubspot !== null && salesforce !== null ? [{ hubspot, salesforce }] : [],
        );
        const half = Math.floor(both.length / 2);
        const contacts = both.slice(0, half).map(({ hubspot }) => hubspot);
        const leads = both.slice(half).map(({ salesforce }) => salesforce);
        for (const [round, killAfterMs] of killsAfterMs.entries()) {
          const from = (nth: number) => [nth * editsAtOnce, (nth + 1) * editsAtOnce] as const;
          const worker = stage.run('--until-idle');
          await worker.event('connected');
          await sleep(killAfterMs);
          // Some of them were typed after the kill before: what is on its way is typed over.
          await type(
            person,
            `before kill ${round}`,
            contacts.slice(...from(round)),
            leads.slice(...from(round)),
          );
          idleAtKill.push(worker.linesOf('idle').length);
          await worker.crash();
          const next = from(round + 1);
          await type(person, `after kill ${round}`, contacts.slice(...next), leads.slice(...next));
        }
        await stage.untilIdle(endWithinMs);
        for (const system of systems) cut += (await stage.sandbox.stats(system)).calls.byStatus.dropped ?? 0;
        await stage.sandbox.faults();
      }, endWithinMs + 90_000);
      afterAll(async () => stage?.close());

      it('was killed at work each time, and lost answers', () => {
        expect(idleAtKill).toEqual(killsAfterMs.map(() => 0));
        expect(cut).toBeGreaterThan(0);
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
        expect(typed.hubspot.size).toBe(editsAtOnce * (killsAfterMs.length + 1));
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
