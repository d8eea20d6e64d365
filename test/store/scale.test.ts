import { expect, it } from 'vitest';
import type { ClaimedUnit } from '../../src/model/state.ts';
import { contact, holder, makeLedgerEntry, makeMark, makeSettlement, pair } from './builders.ts';
import { withStore } from './postgres.ts';

const fixture = withStore();

const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

it('claims and settles 200 of 100,000 dirty units about as fast as 200 of 200', async () => {
  const store = fixture.store.engine;
  const base = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [
      `field${index}`,
      { hubspot: `value ${index}`, salesforce: `value ${index}` },
    ]),
  );
  const timed = async <T>(times: number[], work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const result = await work();
    times.push(performance.now() - startedAt);
    return result;
  };
  const round = async (times: Record<'claim' | 'settle', number[]>): Promise<void> => {
    const units = await timed(times.claim, () => store.claim(pair, holder, 200, 60_000));
    expect(units).toHaveLength(200);
    const settlements = units.map((unit: ClaimedUnit) => {
      const hubspot = unit.dirty[0]?.ref.id ?? '';
      const ids = { hubspot, salesforce: `00Q${hubspot}` };
      return makeSettlement(unit, {
        begin: { ids, base, stamps: { hubspot: 1, salesforce: 1 } },
        ledger: [makeLedgerEntry()],
      });
    });
    const { refused } = await timed(times.settle, () => store.settle(settlements));
    expect(refused.size).toBe(0);
  };
  const few: Record<'claim' | 'settle', number[]> = { claim: [], settle: [] };
  for (let batch = 0; batch < 5; batch += 1) {
    await store.commitSignals(
      Array.from({ length: 200 }, (_, index) => makeMark(contact(`f${batch * 200 + index}`))),
    );
    await round(few);
  }
  // Half waits for later, as after an outage: a claim must not walk over those.
  await fixture.query(
    `insert into tandem.dirty (pair, system, type, record_id, class, cause, due)
     select $1, 'hubspot', 'contacts', 'm' || n, 3, 'list', now() + (n % 2) * interval '1 hour' from generate_series(1, 100000) n`,
    [pair],
  );
  const many: Record<'claim' | 'settle', number[]> = { claim: [], settle: [] };
  for (let batch = 0; batch < 8; batch += 1) await round(many);
  if (process.env.SHOW_TIMES === '1')
    process.stdout.write(
      `${JSON.stringify({ few, many }, (_, v) => (typeof v === 'number' ? Math.round(v) : v))}\n`,
    );
  // Generous, since the machine is shared: a scan of the table would cost ten times as much.
  expect(median(many.claim)).toBeLessThan(5 * median(few.claim) + 20);
  expect(median(many.settle)).toBeLessThan(5 * median(few.settle) + 20);
  const startedAt = performance.now();
  expect((await store.backlog(pair)).dirty).toBe(100_000 - 1_600);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

it('counts the backlog of 20,000 links about as fast while 400 of them are worked on', async () => {
  await fixture.reset();
  const store = fixture.store.engine;
  await fixture.query(
    `insert into tandem.links (id, pair, hubspot_id, salesforce_id, base)
     select gen_random_uuid(), $1, n::text, '00Q' || n, '{}' from generate_series(1, 20000) n`,
    [pair],
  );
  await fixture.query(
    `insert into tandem.dirty (pair, system, type, record_id, class, cause)
     select $1, 'hubspot', 'contacts', n::text, 1, 'poll' from generate_series(1, 20000) n`,
    [pair],
  );
  const counted = async (): Promise<number> => {
    const times: number[] = [];
    for (let time = 0; time < 5; time += 1) {
      const startedAt = performance.now();
      await store.backlog(pair);
      times.push(performance.now() - startedAt);
    }
    return median(times);
  };
  const idle = await counted();
  await fixture.query(
    `insert into tandem.leases (unit, pair, holder, expires)
     select 'link:' || id, $1, 'h', now() + interval '1 minute' from tandem.links order by hubspot_id limit 400`,
    [pair],
  );
  await fixture.query(
    `insert into tandem.leases (unit, pair, holder, expires)
     select 'hubspot:contacts/' || n, $1, 'h', now() + interval '1 minute' from generate_series(20001, 20400) n`,
    [pair],
  );
  expect(await store.backlog(pair)).toMatchObject({ dirty: 20_000, due: 19_600, leased: 800, links: 20_000 });
  // Every lease held against every link would take a hundred times as long.
  expect(await counted()).toBeLessThan(5 * idle + 50);
});
