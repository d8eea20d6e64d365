import { describe, expect, it } from 'vitest';
import { countCalls, load, loadOne, newEmail, reading, type Subject } from './subject.ts';

export const fatesConform = (subjectOf: () => Subject): void => {
  describe('fates', () => {
    it('tells what is alive, what was deleted, and what it does not know, under the ids asked for', async () => {
      const subject = subjectOf();
      const { connector, type, missingId } = subject;
      const [alive, gone] = [await loadOne(subject), await loadOne(subject)];
      await subject.remove(gone);
      const fates = await connector.fates(type, [alive, gone, missingId, 'no id at all'], reading);
      expect([...fates]).toEqual([
        [alive, { kind: 'alive' }],
        [gone, { kind: connector.system === 'hubspot' ? 'archived' : 'deleted' }],
        [missingId, { kind: 'unknown' }],
        ['no id at all', { kind: 'unknown' }],
      ]);
      expect(await connector.fates(type, [], reading)).toEqual(new Map());
    });

    it('lists what was deleted since a time, where the vendor keeps such a list', async () => {
      const subject = subjectOf();
      const { connector, type } = subject;
      const since = (await connector.now(reading)) - 60_000;
      const [kept, gone] = [await loadOne(subject), await loadOne(subject)];
      await subject.remove(gone);
      const list = async () => await connector.deletionsSince?.(type, since, reading);
      await expect
        .poll(async () => (await list())?.records.some(({ id }) => id === gone), {
          timeout: 15_000,
          interval: 300,
        })
        .toBe(true);
      const page = await list();
      expect(page?.complete).toBe(true);
      expect(page?.records.some(({ id }) => id === kept)).toBe(false);
      expect(page?.records.every(({ at }) => at >= since)).toBe(true);
    });

    it('knows who can own records, active ones among them', async () => {
      const owners = (await subjectOf().connector.owners?.(reading)) ?? [];
      expect(owners.some(({ active, kind }) => active && kind === 'user')).toBe(true);
      expect(new Set(owners.map(({ id }) => id)).size).toBe(owners.length);
    });

    it('costs one call for each batch where all is alive', async () => {
      const subject = subjectOf();
      const { connector, type } = subject;
      const count = connector.batch.read + 3;
      const ids = await load(
        subject,
        Array.from({ length: count }, () => subject.makeFields(newEmail())),
      );
      const before = await countCalls(subject);
      const fates = await connector.fates(type, ids, reading);
      expect([...fates.values()].every(({ kind }) => kind === 'alive')).toBe(true);
      expect(fates.size).toBe(count);
      expect((await countCalls(subject)) - before).toBe(2);
    });
  });
};
