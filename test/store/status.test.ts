import { beforeEach, expect, it } from 'vitest';
import type { ClaimedUnit } from '../../src/model/state.ts';
import {
  contact,
  holder,
  lead,
  makeLedgerEntry,
  makeMark,
  makeParked,
  makeSettlement,
  pair,
} from './builders.ts';
import { withStore } from './postgres.ts';

const fixture = withStore();
beforeEach(() => fixture.reset());

const claimOne = async (id: string): Promise<ClaimedUnit> => {
  await fixture.store.engine.commitSignals([makeMark(contact(id))]);
  const [unit] = await fixture.store.engine.claim(pair, holder, 1, 60_000);
  if (unit === undefined) throw new Error('nothing claimed');
  return unit;
};

it('tells the latency of the last hour by the system written to', async () => {
  const unit = await claimOne('1');
  const [clock] = await fixture.query<{ now: number }>(
    'select extract(epoch from now())::float8 * 1000 as now',
  );
  const now = clock?.now ?? 0;
  const entry = (ageMs: number): ReturnType<typeof makeLedgerEntry> =>
    makeLedgerEntry({ changedAt: now - ageMs });
  await fixture.store.engine.settle([
    makeSettlement(unit, {
      ledger: [
        ...[1_000, 2_000, 3_000, 4_000, 100_000].map(entry),
        makeLedgerEntry({ changedAt: now + 60_000, target: contact('1') }),
        makeLedgerEntry({ changedAt: null }),
        makeLedgerEntry({ event: 'kept', changedAt: 1 }),
      ],
    }),
  ]);
  const [hubspot, salesforce] = await fixture.store.status.latencies([pair]);
  expect(hubspot).toEqual({ to: 'hubspot', changes: 1, p50Ms: 0, p99Ms: 0 });
  expect(salesforce).toMatchObject({ to: 'salesforce', changes: 5 });
  expect(salesforce?.p50Ms).toBeGreaterThanOrEqual(3_000);
  expect(salesforce?.p50Ms).toBeLessThan(4_000);
  expect(salesforce?.p99Ms).toBeGreaterThan(90_000);
  await fixture.query("update tandem.ledger set at = at - interval '61 minutes'");
  expect(await fixture.store.status.latencies([pair])).toEqual([]);
});

it('tells the budget by purpose and day', async () => {
  const { budget, status } = fixture.store;
  await budget.book('hubspot', 'read', 3);
  await budget.book('hubspot', 'read', 4);
  await budget.book('hubspot', 'write', 1);
  await fixture.query(
    "update tandem.budget_usage set hour = hour - interval '26 hours' where purpose = 'write'",
  );
  await budget.observeDaily('hubspot', { limit: 100, used: 40 });
  await budget.pause('hubspot', 'search', 60_000, 'TEN_SECONDLY_ROLLING');
  await budget.observeWindow('hubspot', 'standard', { calls: 95, windowMs: 10_000, remaining: 90 }, 0);
  const [hubspot, salesforce] = await status.budget();
  expect(hubspot).toMatchObject({
    system: 'hubspot',
    daily: { limit: 100, used: 40 },
    calls: { read: 7 },
    paused: [{ lane: 'search', cause: 'TEN_SECONDLY_ROLLING' }],
    learned: [{ lane: 'standard', learned: { told: { calls: 95, others: 5 } }, now: expect.any(Number) }],
  });
  expect(Object.values(hubspot?.days ?? {})).toEqual(expect.arrayContaining([{ write: 1 }, { read: 7 }]));
  expect(salesforce).toEqual({
    system: 'salesforce',
    daily: null,
    calls: {},
    days: {},
    paused: [],
    learned: [],
  });
});

it('lists what is parked and asked, with how much there is', async () => {
  const unit = await claimOne('1');
  const review = {
    pair,
    unit: unit.key,
    ref: contact('1'),
    cause: 'two candidates',
    candidates: [lead('a'), lead('b')],
  };
  await fixture.store.engine.settle([
    makeSettlement(unit, { park: [makeParked(unit), makeParked(unit, { field: 'email' })], review }),
  ]);
  const parked = await fixture.store.status.parked(pair, 1);
  expect(parked.total).toBe(2);
  expect(parked.items).toHaveLength(1);
  expect(await fixture.store.status.reviews(pair, 10)).toEqual({
    total: 1,
    items: [{ ...review, since: expect.any(Number) }],
  });
  expect(await fixture.store.status.reviews('companies', 10)).toEqual({ total: 0, items: [] });
});

it('says of a cause how many messages it has: several rules have one code', async () => {
  const units = [await claimOne('1'), await claimOne('2'), await claimOne('3')];
  const { failure } = makeParked({ key: '' });
  await fixture.store.engine.settle(
    units.map((unit, index) =>
      makeSettlement(unit, {
        park: [
          makeParked(unit, { field: null, failure: { ...failure, message: `rule ${index % 2}` } }),
          makeParked(unit, { field: 'email' }),
        ],
      }),
    ),
  );
  const groups = await fixture.store.status.parkedByCause(pair);
  expect(groups.map(({ field, records, messages }) => [field, records, messages])).toEqual(
    expect.arrayContaining([
      [null, 3, 2],
      ['email', 3, 1],
    ]),
  );
});

it('groups what is parked by cause, and is not confused by what a vendor says', async () => {
  const one = await claimOne('1');
  const two = await claimOne('2');
  const { failure } = makeParked(one);
  const naughty = { ...failure, message: 'too long: \0 \ud800', code: 'A' };
  await fixture.store.engine.settle([
    makeSettlement(one, {
      park: [makeParked(one, { failure: naughty }), makeParked(one, { field: 'email', failure: naughty })],
    }),
    makeSettlement(two, { park: [makeParked(two)] }),
  ]);
  const groups = await fixture.store.status.parkedByCause(pair);
  expect(groups).toHaveLength(3);
  const standing = await fixture.store.status.standingOf(pair, [{ unit: one.key, refs: [contact('1')] }]);
  expect(standing.get(one.key)?.parked).toHaveLength(2);
});
