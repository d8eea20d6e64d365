import { readFile, writeFile } from 'node:fs/promises';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { migrations } from '../../src/store/migrations/index.ts';
import { openStore } from '../../src/store/open-store.ts';
import { withStore } from './postgres.ts';
import { dumpSchema } from './schema-dump.ts';

const fixture = withStore();
const dumpFile = new URL('./schema.sql', import.meta.url);

it('is the one that schema.sql shows', async () => {
  const dump = await dumpSchema((text) => fixture.query(text));
  if (process.env.UPDATE_SCHEMA === '1') await writeFile(dumpFile, dump);
  expect(dump, 'run UPDATE_SCHEMA=1 npx vitest run test/store/schema.test.ts and read the difference').toBe(
    await readFile(dumpFile, 'utf8'),
  );
});

it('is not touched when it is up to date, whoever opens it at the same moment', async () => {
  const options = { connectionString: fixture.connectionString, onTrouble: () => undefined };
  const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(options)));
  await Promise.all(stores.map((store) => store.close()));
  expect(await fixture.query('select from tandem.migrations')).toHaveLength(Object.keys(migrations).length);
});

it('is made once when several processes find an empty database', async () => {
  await fixture.query('create database empty_one');
  const url = new URL(fixture.connectionString);
  url.pathname = '/empty_one';
  const options = { connectionString: url.href, onTrouble: () => undefined };
  const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(options)));
  expect((await stores[0]?.engine.backlog('people'))?.links).toBe(0);
  await Promise.all(stores.map((store) => store.close()));
  await fixture.query('drop database empty_one with (force)');
});

it('is not made for one who wants it to be there', async () => {
  await fixture.query('create database nothing_there');
  const url = new URL(fixture.connectionString);
  url.pathname = '/nothing_there';
  const options = { connectionString: url.href, onTrouble: () => undefined, mustExist: true };
  await expect(openStore(options)).rejects.toMatchObject({
    name: 'UsageError',
    next: expect.stringContaining('DATABASE_URL'),
  });
  await fixture.query('drop database nothing_there with (force)');
});

it('gets what was written beside its newest migrations and came later', async () => {
  await fixture.query('drop table tandem.awaited');
  await fixture.query('drop index tandem.links_began');
  await fixture.query("delete from tandem.migrations where name = '0003-objects'");
  const store = await openStore({ connectionString: fixture.connectionString, onTrouble: () => undefined });
  await store.close();
  expect(await fixture.query('select from tandem.awaited')).toEqual([]);
  expect(await fixture.query('select from tandem.migrations')).toHaveLength(Object.keys(migrations).length);
});

it('is refused by a process that is older than it', async () => {
  await fixture.query("insert into tandem.migrations (name, timestamp) values ('9999-later', '2026-01-01')");
  const opening = openStore({ connectionString: fixture.connectionString, onTrouble: () => undefined });
  await expect(opening).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringContaining('9999-later'),
    next: expect.stringContaining('newer version'),
  });
  await fixture.query("delete from tandem.migrations where name = '9999-later'");
});

it('is asked of a database that is not there with a plain word', async () => {
  const url = new URL(fixture.connectionString);
  url.port = '1';
  await expect(openStore({ connectionString: url.href, onTrouble: () => undefined })).rejects.toMatchObject({
    name: 'UnreachableError',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

it('keeps its invariants against anybody', async () => {
  const client = new Client({ connectionString: fixture.connectionString });
  await client.connect();
  const link = `insert into tandem.links (id, pair, hubspot_id, salesforce_id, base) values (gen_random_uuid(), 'p', $1, $2, '{}')`;
  await client.query(link, ['1', 'a']);
  await expect(client.query(link, ['1', 'b'])).rejects.toMatchObject({ constraint: 'links_live_hubspot' });
  await expect(client.query(link, ['2', 'a'])).rejects.toMatchObject({ constraint: 'links_live_salesforce' });
  await expect(client.query('update tandem.links set ended_at = now()')).rejects.toMatchObject({
    constraint: 'links_ended_says_why',
  });
  await client.end();
});
