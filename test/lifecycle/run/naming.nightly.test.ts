import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LifecycleRunner } from '../../../src/lifecycle/run/runner.ts';
import { salesPlace } from '../../../src/lifecycle/run/sales-news.ts';
import { withNurtured } from './nurtured.ts';
import { eventually } from './office.ts';

/** What reps did is asked for every fourth poll at most; the bound lies before the second of these looks. */
const pollMs = 5_000;
const withinMs = 3 * pollMs;

const people = withNurtured(1);
const stop = new AbortController();
let running: Promise<void> = Promise.resolve();
let campaign = '';

beforeAll(async () => {
  [campaign = ''] = await people.office.create('Campaign', [{ Name: 'Prospects: fair', IsActive: true }]);
  const context = people.office.with({ prospectCampaigns: ['Prospects: fair'] });
  running = new LifecycleRunner(context, pollMs).run(stop.signal);
});
afterAll(async () => {
  stop.abort();
  await running;
});

describe('somebody who is added to a campaign of prospects', () => {
  it('is handed over with the next poll, where what else reps did is asked for later', async () => {
    const { engine } = people.office.context;
    const { pair, system, type } = salesPlace('CampaignMember');
    const isLooked = async () => (await engine.cursor(pair, system, type)) !== null;
    await eventually(isLooked, { timeout: withinMs, interval: 50 });
    const member = { CampaignId: campaign, LeadId: people.person(0).salesforce };
    await people.office.create('CampaignMember', [member]);
    const isHanded = async () => (await people.stage(0)) === 'sales-ready';
    await eventually(isHanded, { timeout: withinMs, interval: 50 });
    const isAnswered = async () => /^Done: handed over to sales/.test(String((await people.answer(0)) ?? ''));
    await eventually(isAnswered, { timeout: withinMs, interval: 50 });
    expect(await people.orders(0, 'hand-off')).toHaveLength(1);
  }, 60_000);
});
