import { describe, expect, it } from 'vitest';
import { otherSystem } from '../../src/model/system.ts';
import { withCrossedEdit } from './crossed-edit.ts';

const {
  simulated,
  settledBy,
  edit,
  toldByJournal,
  take,
  tell,
  nextSecond,
  write,
  values,
  ledger,
  lastEditAt,
} = withCrossedEdit();

describe.each(['hubspot', 'salesforce'] as const)(
  'an edit in %s that a write of ours came over unseen',
  (target) => {
    const crossed = { before: async () => edit(target, 'by a person') };

    it('and a signal told of before the write was settled is put back as well', async () => {
      settledBy('newest', target);
      await write(target, { ...crossed, after: async () => tell(target, 'by a person') });
      await simulated.drain();
      expect(await values()).toEqual({ hubspot: 'by a person', salesforce: 'by a person' });
    });

    it('is held beside what we wrote where the field waits for a person', async () => {
      settledBy('hold', target);
      await write(target, crossed);
      await tell(target, 'by a person');
      await simulated.drain();
      expect(await values()).toEqual({ hubspot: 'second', salesforce: 'second', [target]: 'by a person' });
    });

    it('is put back although the write has had no known outcome', async () => {
      settledBy('newest', target);
      await write(target, { ...crossed, isCut: true });
      expect((await values())[target]).toBe('second');
      await tell(target, 'by a person');
      await simulated.fixture.query('update tandem.intents set deadline = now()');
      await simulated.drain();
      expect(await values()).toEqual({ hubspot: 'by a person', salesforce: 'by a person' });
    });

    it('and that the read had shown is nothing new, however late its signal comes', async () => {
      await edit(target, 'by a person');
      const at = lastEditAt();
      await nextSecond();
      settledBy(`prefer-${otherSystem(target)}`, target);
      await write(target, {});
      const before = await ledger();
      expect(before.at(-1)).toMatchObject({ from: '"by a person"', to: '"second"' });
      await tell(target, 'by a person', at);
      await simulated.drain();
      expect(await values()).toEqual({ hubspot: 'second', salesforce: 'second' });
      expect(await ledger()).toEqual(before);
    });

    it('that its author took back themselves stays taken back', async () => {
      await write(target, {});
      await edit(target, 'by a person');
      const at = lastEditAt();
      await nextSecond();
      await edit(target, 'second');
      await tell(target, 'by a person', at);
      await simulated.drain();
      expect(await values()).toEqual({ hubspot: 'second', salesforce: 'second' });
    });
  },
);

it('an edit that HubSpot’s journal tells of is put back as well', async () => {
  settledBy('newest', 'hubspot');
  await write('hubspot', { before: async () => edit('hubspot', 'by a person') });
  await take(toldByJournal('by a person', lastEditAt()), 'journal');
  await simulated.drain();
  expect(await values()).toEqual({ hubspot: 'by a person', salesforce: 'by a person' });
});

it('a signal asks no history where no write of ours was in between', async () => {
  const queries = async (): Promise<number> =>
    simulated.calls('salesforce', 'GET /services/data/{version}/query');
  const before = await queries();
  for (const system of ['hubspot', 'salesforce', 'salesforce'] as const) {
    const value = `by somebody ${Math.random()}`;
    await edit(system, value);
    await tell(system, value);
    await simulated.drain();
  }
  const now = await values();
  expect(now.hubspot).toBe(now.salesforce);
  expect(await queries()).toBe(before);
});
