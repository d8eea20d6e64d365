import { Client } from 'pg';
import { expect, it } from 'vitest';
import type { PermitStore } from '../../src/model/budget.ts';
import {
  asked,
  type PermitStoreHarness,
  permitStoreContract,
} from '../connectors/budget/permit-store-contract.ts';
import { promiseContract } from '../connectors/budget/promise-contract.ts';
import { withStore } from './postgres.ts';

const fixture = withStore();

/** Time cannot be moved in Postgres, so that every time the store holds is moved back instead. */
const movedBack = async (ms: number): Promise<void> => {
  const back = `- ${ms} * interval '1 millisecond'`;
  await fixture.query(
    `update tandem.budget_permits set taken_at = taken_at ${back}, ended_at = ended_at ${back}`,
  );
  await fixture.query(`update tandem.budget_lanes set paused_until = paused_until ${back}`);
  const at = (path: string) => `(learned #>> '{${path}}')::float8 - ${ms}`;
  await fixture.query(
    `update tandem.budget_lanes set learned = (
       case when learned::jsonb ? 'refused' then jsonb_set(learned::jsonb, '{refused,at}', to_jsonb(${at('refused,at')}))
       else learned::jsonb end)::json where learned is not null`,
  );
  await fixture.query(
    `update tandem.budget_lanes set learned = jsonb_set(jsonb_set(learned::jsonb, '{told,at}', to_jsonb(${at('told,at')})),
       '{told,smallerAt}', to_jsonb(${at('told,smallerAt')}))::json where learned::jsonb ? 'told'`,
  );
  await fixture.query(
    `update tandem.budget_lanes set line = (
       select json_agg(jsonb_set(waits.each, '{until}', to_jsonb((waits.each ->> 'until')::float8 - ${ms})))
       from jsonb_array_elements(line::jsonb) as waits(each)) where line is not null`,
  );
  await fixture.query(`update tandem.budget_quotas set observed_at = observed_at ${back}`);
  await fixture.query(`update tandem.budget_usage set hour = hour ${back}`);
};

const makeHarness = async (): Promise<PermitStoreHarness> => {
  for (const table of ['budget_permits', 'budget_lanes', 'budget_quotas', 'budget_usage']) {
    await fixture.query(`delete from tandem.${table}`);
  }
  let moved = 0;
  return {
    store: fixture.store.budget,
    advance: async (ms) => {
      moved += ms;
      await movedBack(ms);
    },
    now: () => performance.now() + moved,
    toleranceMs: 200,
    close: async () => undefined,
  };
};

permitStoreContract('postgres', makeHarness);
promiseContract('postgres', makeHarness);

it('keeps the table as small as the limit, whatever the number of calls', async () => {
  const store: PermitStore = fixture.store.budget;
  for (let call = 0; call < 50; call += 1) {
    const taken = await store.take(asked({ lane: 'search', limit: { calls: 2, windowMs: 0 } }));
    expect(taken).toHaveProperty('granted');
    if ('granted' in taken) await store.end(taken.granted);
  }
  const permits = await fixture.query("select from tandem.budget_permits where lane = 'search'");
  expect(permits.length).toBeLessThanOrEqual(2);
});

it('shares one limit between processes that take at the same moment', async () => {
  await fixture.query('delete from tandem.budget_permits');
  const other = new Client({ connectionString: fixture.connectionString });
  await other.connect();
  await other.query('begin');
  await other.query("select from tandem.budget_lanes where lane = 'search' for update");
  const limit = { calls: 5, windowMs: 60_000 };
  const takes = Array.from({ length: 12 }, () => fixture.store.budget.take(asked({ lane: 'search', limit })));
  await other.query(
    "insert into tandem.budget_permits (system, lane, taken_at) values ('hubspot', 'search', clock_timestamp())",
  );
  await other.query('commit');
  await other.end();
  const granted = (await Promise.all(takes)).filter((taken) => 'granted' in taken);
  expect(granted).toHaveLength(4);
});
