import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type EmbeddedPostgres, joinEmbedded } from '../../src/store/embedded/join.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { day } from '../lifecycle/signals/history.ts';
import { fallingStories, saveStories } from '../lifecycle/signals/stories.ts';
import type { Child } from './harness/child.ts';
import { actingConfig, addRep, changeConfig } from './harness/lifecycle.ts';
import { Stage } from './harness/stage.ts';
import { patienceMs, until } from './harness/until.ts';
import { type Channel, openChannel } from './harness/webhook.ts';

const statusShape = z.object({ signals: z.object({ open: z.array(z.object({ text: z.string() })) }) });

/** A worker begins, on a machine that does much beside. */
const slowMs = 2 * patienceMs;

/** A company whose conversion fell, its whole worker, and whoever is told of it in Salesforce and in a channel. */
describe('conversion that fell', () => {
  let stage: Stage;
  let channel: Channel;
  let database: EmbeddedPostgres;
  let store: Store;
  let admin: Client;
  let config = '';
  let head = '';

  const start = (...more: readonly string[]): Child =>
    stage.start(['run', ...more, '--config', config, '--data', stage.data, '--port', '0'], {
      env: { TANDEM_HANDOFF_WEBHOOK: channel.url },
    });
  const lookedAt = async (): Promise<number> => {
    const { rows } = await admin.query<{ at: number }>(
      "select (value -> 'state' ->> 'lookedAt')::float8 as at from tandem.lifecycle where name = 'signals'",
    );
    return rows[0]?.at ?? 0;
  };
  /** The last look was a week ago. */
  const letWeekPass = async (): Promise<void> => {
    const { rowCount } = await admin.query(
      `update tandem.lifecycle set value = jsonb_set(value::jsonb, '{state,lookedAt}',
         to_jsonb((value -> 'state' ->> 'lookedAt')::float8 - $1))::json where name = 'signals'`,
      [7 * day],
    );
    expect(rowCount).toBe(1);
  };
  const tasks = async () =>
    (await stage.sandbox.records('salesforce', 'Task')).filter(({ Tandem_Key__c: key }) =>
      String(key).startsWith('signal/'),
    );

  beforeAll(async () => {
    stage = await Stage.open();
    channel = await openChannel();
    head = await addRep(stage, 'grace', 'Grace', 'Mensah');
    config = await actingConfig(join(stage.folder, 'config'), []);
    await changeConfig(config, 'lifecycle.yaml', (text) =>
      text.replace('\nsignals:\n', `\nsignals:\n  task: ${head}\n`),
    );
    const first = start();
    await first.event('ready', slowMs);
    database = await joinEmbedded(stage.data);
    const { connectionString } = database;
    admin = new Client({ connectionString });
    await admin.connect();
    // The first look, at a company of nobody.
    await until('the first look', async () => ((await lookedAt()) > 0 ? true : null), slowMs);
    await first.stop();
    store = await openStore({
      connectionString,
      onTrouble: ({ what, error }) => {
        throw new Error(what, { cause: error });
      },
    });
    await saveStories(store.lifecycle, fallingStories(await store.lifecycle.now()));
  }, 3 * slowMs);
  afterAll(async () => {
    await store?.close();
    await admin?.end();
    await stage?.close();
    await database?.leave();
    await channel?.close();
  });

  it(
    'is told of once by the channel, and once by a task, though the worker dies in the middle of it',
    async () => {
      await letWeekPass();
      const { held, release } = channel.hold(0);
      const dying = start();
      const late = new Promise((_, reject) => {
        setTimeout(reject, slowMs, new Error('nobody was told')).unref();
      });
      await Promise.race([held, late]);
      await dying.crash();
      release();
      expect(await tasks()).toEqual([]);
      const worker = start();
      await until('the task', async () => ((await tasks()).length > 0 ? true : null), slowMs);
      await worker.stop();
      expect(channel.texts).toEqual([
        expect.stringMatching(/^\*Fewer go on from sales-ready: source PAID_SEARCH\*\nOf \d+ in sales-ready/),
      ]);
      const [task, ...others] = await tasks();
      expect(others).toEqual([]);
      expect(task).toMatchObject({
        Subject: 'Fewer go on from sales-ready: source PAID_SEARCH',
        Tandem_Key__c: expect.stringMatching(/^signal\/conversion\/sales-ready\/source\/PAID_SEARCH\/\d+$/),
        OwnerId: head,
        Status: 'Not Started',
      });
      // The numbers, and what to do.
      expect(task?.Description).toMatch(/\d+% went on[\s\S]*raise its bar, or pause it\.$/);
    },
    3 * slowMs,
  );

  it(
    'stands in status while it is open, and is told of no more at the next looks',
    async () => {
      for (const _ of ['a week', 'another week']) {
        await letWeekPass();
        const before = await lookedAt();
        const worker = start();
        await until('another look', async () => ((await lookedAt()) > before ? true : null), slowMs);
        await worker.stop();
      }
      expect([channel.texts.length, (await tasks()).length]).toEqual([1, 1]);
      const { json } = await stage.ask('status');
      const { signals } = statusShape.parse(json);
      expect(signals.open.map(({ text }) => text)).toEqual([
        expect.stringMatching(/^Fewer go on from sales-ready: source PAID_SEARCH\n/),
      ]);
    },
    3 * slowMs,
  );
});
