import { expect, it } from 'vitest';
import { isConnectionError } from '../../src/store/errors.ts';
import { contact, holder, makeMark, makeSettlement, pair } from './builders.ts';
import { withStore } from './postgres.ts';

const fixture = withStore();

it('loses nothing and settles nothing by halves when sessions are ended in mid-run', async () => {
  const store = fixture.store.engine;
  const ids = Array.from({ length: 400 }, (_, index) => String(index));
  await store.commitSignals(ids.map((id) => makeMark(contact(id))));
  let failures = 0;
  const outsider = async (): Promise<void> => {
    for (let round = 0; round < 10; round += 1) {
      await fixture.terminateSessions();
      await fixture.query('select pg_sleep(0.02)');
    }
  };
  const work = async (worker: string): Promise<void> => {
    for (;;) {
      try {
        const units = await store.claim(pair, worker, 10, 300);
        if (units.length === 0 && (await store.backlog(pair)).dirty === 0) return;
        await store.settle(
          units.map((unit) => {
            const hubspot = unit.dirty[0]?.ref.id ?? '';
            const isLinked = unit.link !== null;
            const begin = {
              ids: { hubspot, salesforce: `00Q${hubspot}` },
              base: {},
              stamps: { hubspot: 1, salesforce: 1 },
            };
            return makeSettlement(unit, isLinked ? {} : { begin });
          }),
        );
      } catch (error) {
        // Whatever the store says while its sessions are ended, it says in its own words.
        expect((error as Error).name).toBe('UnreachableError');
        expect(isConnectionError((error as Error).cause)).toBe(true);
        failures += 1;
      }
    }
  };
  await Promise.all([outsider(), work(holder), work('worker:2')]);
  expect(failures).toBeGreaterThan(0);
  expect(await store.backlog(pair)).toMatchObject({ dirty: 0, links: 400 });
  expect(fixture.trouble.splice(0).every(({ what }) => what.startsWith('connection'))).toBe(true);
});
