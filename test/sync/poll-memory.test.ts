import { describe, expect, it } from 'vitest';
import { pollOnce } from '../../src/sync/poll.ts';
import { makePollMemory, type PollMemory, ReadStarts, settledMs } from '../../src/sync/poll-memory.ts';
import { withSimulators } from './simulated.ts';

describe('where a reader of changes begins', () => {
  const cursor = { stamp: 5_000, id: '7' };
  const whole = { cursor, overlapMs: 300 };
  const behind = { cursor: { stamp: 5_001, id: '' }, overlapMs: 0 };

  it('reads the overlap again until one look that did so came late enough', () => {
    const starts = new ReadStarts();
    const from = () => starts.from('contacts', cursor, 300);
    expect(from()).toEqual(whole);
    starts.looked('contacts', cursor, 1_000);
    starts.looked('contacts', cursor, 1_000 + settledMs - 1);
    expect(from()).toEqual(whole);
    starts.looked('contacts', cursor, 1_000 + settledMs);
    expect(from()).toEqual(behind);
    expect(starts.from('companies', cursor, 300)).toEqual(whole);
  });

  it('reads it once more after each look that moved the cursor, however long after it the next one comes', () => {
    const starts = new ReadStarts();
    starts.looked('contacts', { stamp: 1, id: '' }, 0);
    starts.looked('contacts', cursor, settledMs * 3);
    expect(starts.from('contacts', cursor, 300)).toEqual(whole);
    starts.looked('contacts', cursor, settledMs * 6);
    expect(starts.from('contacts', cursor, 300)).toEqual(behind);
    const moved = { stamp: 9_000, id: '' };
    expect(starts.from('contacts', moved, 300)).toEqual({ cursor: moved, overlapMs: 300 });
  });
});

describe('an import, after which nothing changes', () => {
  const simulated = withSimulators();
  const people = 210;
  let nowMs = 0;
  const poll = async (memory: PollMemory, system: 'hubspot' | 'salesforce' = 'hubspot') =>
    pollOnce({ ...simulated.context(), nowMs: () => nowMs }, system, memory);
  const searches = async (): Promise<number> =>
    simulated.calls('hubspot', 'POST /crm/v3/objects/contacts/search');

  it('is not read again by every look, and the next change is seen', async () => {
    await simulated.people([{ email: 'first@example.com', lastname: 'First', company: 'Acme' }]);
    const records = Array.from({ length: people }, (_, index) => ({
      email: `p${index}@example.com`,
      lastname: `P${index}`,
      company: 'Acme',
    }));
    await simulated.control('hubspot', 'records/contacts', { records });
    // A search that is refused for its pace would count twice.
    await simulated.control('hubspot', 'limits', { burst: null, search: null });
    const memory = makePollMemory();
    await expect.poll(async () => (await poll(memory)).seen).toBeGreaterThanOrEqual(people);
    // The cursor stands behind the import now; an index that lags is still waited for.
    const before = await searches();
    expect((await poll(memory)).seen).toBeGreaterThanOrEqual(people);
    expect(await searches()).toBeGreaterThanOrEqual(before + 2);
    nowMs += settledMs;
    expect((await poll(memory)).seen).toBeGreaterThanOrEqual(people);
    const settled = await searches();
    expect(await poll(memory)).toEqual({ seen: 0, marked: 0, untold: 0 });
    expect(await searches()).toBe(settled + 1);
    const [link] = await simulated.fixture.query<{ id: string }>('select hubspot_id as id from tandem.links');
    await simulated.editContact(link?.id ?? '', { jobtitle: 'Head of Peace' });
    await expect.poll(async () => (await poll(memory)).seen).toBe(1);
    await simulated.drain();
    expect((await simulated.fixture.query('select from tandem.links')).length).toBe(people + 1);
  }, 60_000);
});
