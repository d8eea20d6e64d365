import { describe, expect, it } from 'vitest';
import {
  countCalls,
  load,
  loadOne,
  makeFast,
  newEmail,
  playFault,
  reading,
  restoreLimits,
  type Subject,
  writing,
} from './subject.ts';

const ceilOf = (count: number, size: number): number => Math.ceil(count / size);

export const readsConform = (subjectOf: () => Subject): void => {
  describe('reads', () => {
    it('proves that the credentials work, and that wrong ones do not', async () => {
      const { connector, wrongCredentials } = subjectOf();
      expect((await connector.check(reading)).account).toMatch(/./);
      await expect(wrongCredentials.check(reading)).rejects.toMatchObject({
        failure: { category: 'credentials', system: connector.system },
      });
    });

    it('describes fields; an object that does not exist is a matter of schema', async () => {
      const { connector, type, fields } = subjectOf();
      const described = await connector.describe(type, reading);
      expect(described.fields.get(fields.text)).toMatchObject({ writable: true, options: null });
      expect(described.fields.get(fields.text)?.maxLength).toBeGreaterThan(0);
      expect(described.fields.has('no_such_field')).toBe(false);
      await expect(connector.describe('NoSuchObject', reading)).rejects.toMatchObject({
        failure: { category: 'schema' },
      });
    });

    it('reads by id what was asked for, keyed by the id asked for', async () => {
      const subject = subjectOf();
      const { connector, type, fields, missingId } = subject;
      const before = await connector.now(reading);
      const id = await loadOne(subject, { [fields.text]: 'Żółć 北京', [fields.other]: null });
      const found = await connector.readMany(type, [id, missingId], [fields.text, fields.other], reading);
      expect([...found.keys()]).toEqual([id]);
      const snapshot = found.get(id);
      expect(snapshot).toMatchObject({
        ref: { system: connector.system, type, id },
        fields: { [fields.text]: 'Żółć 北京', [fields.other]: null },
        deleted: false,
      });
      expect(Object.keys(snapshot?.fields ?? {}).toSorted((a, b) => a.localeCompare(b))).toEqual(
        [fields.text, fields.other].toSorted((a, b) => a.localeCompare(b)),
      );
      expect(snapshot?.stamp).toBeGreaterThanOrEqual(before - 1_000);
      expect(snapshot?.readAt).toBeGreaterThan(Date.now() - 60_000);
      expect(snapshot?.lastModifiedByUs ?? false).toBe(false);
    });

    it('moves the stamp with an edit', async () => {
      const subject = subjectOf();
      const { connector, type, fields } = subject;
      const id = await loadOne(subject, { [fields.text]: 'before' });
      const stampOf = async (): Promise<number> =>
        (await connector.readMany(type, [id], [fields.text], reading)).get(id)?.stamp ?? 0;
      const before = await stampOf();
      await expect
        .poll(
          async () => {
            await subject.edit(id, { [fields.text]: `after ${Date.now()}` });
            return await stampOf();
          },
          { timeout: 5_000, interval: 200 },
        )
        .toBeGreaterThan(before);
    });

    it('confirms a deletion by id; what never was has no entry', async () => {
      const subject = subjectOf();
      const { connector, type, fields, missingId } = subject;
      const id = await loadOne(subject);
      await subject.remove(id);
      const found = await connector.readMany(type, [id, missingId], [fields.text], reading);
      expect(found.get(id)?.deleted).toBe(true);
      expect(found.has(missingId)).toBe(false);
    });

    it('reads any number of ids in as few calls as batches allow, repeated ones once', async () => {
      const subject = subjectOf();
      const { connector, type, fields } = subject;
      const count = connector.batch.read + 37;
      const records = Array.from({ length: count }, () => subject.makeFields(newEmail()));
      const ids = await load(subject, records);
      const before = await countCalls(subject);
      const found = await connector.readMany(type, [...ids, ...ids], [fields.email], reading);
      expect(found.size).toBe(count);
      expect((await countCalls(subject)) - before).toBe(ceilOf(count, connector.batch.read));
    });

    it('finds by email whatever its case, every match, deleted ones too, and is not broken by odd values', async () => {
      const subject = subjectOf();
      const { connector, type, fields } = subject;
      const [live, gone, absent] = [newEmail(), newEmail(), newEmail()];
      const liveId = (await load(subject, [subject.makeFields(live)]))[0] ?? '';
      const goneId = (await load(subject, [subject.makeFields(gone)]))[0] ?? '';
      await subject.remove(goneId);
      const odd = [
        '',
        ' ',
        "o'brien@example.org",
        'a\\b@example.org',
        'no address',
        '%@example.org',
        'ünï@exämple.org',
      ];
      const found = await connector.findByField(
        type,
        fields.email,
        [live.toUpperCase(), gone, absent, ...odd],
        [fields.text],
        reading,
      );
      const byId = new Map(found.map((each) => [each.record.ref.id, each]));
      expect(byId.get(liveId)?.matched).toEqual([live]);
      expect(byId.get(liveId)?.record.deleted).toBe(false);
      expect(byId.get(goneId)?.record.deleted ?? 'not found').toBe(subject.findsDeleted ? true : 'not found');
      expect([...byId.keys()].filter((id) => id !== liveId && id !== goneId)).toEqual([]);
    });

    it('finds by the identity field', async () => {
      const subject = subjectOf();
      const { connector, type, fields } = subject;
      const identity = `Id-${Date.now()}`;
      const id = await loadOne(subject, { [fields.identity]: identity });
      const found = await connector.findByField(type, fields.identity, [identity, 'nobody'], [], reading);
      expect(found.map(({ record, matched }) => [record.ref.id, matched])).toEqual([
        [id, [identity.toLowerCase()]],
      ]);
    });

    it('lists every live record once, in order of id', async () => {
      const subject = subjectOf();
      const { connector, type, fields } = subject;
      const ids = await load(
        subject,
        Array.from({ length: 230 }, () => subject.makeFields(newEmail())),
      );
      const gone = ids[5] ?? '';
      await subject.remove(gone);
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const page = await connector.listPage(type, after, [fields.email], reading);
        for (const record of page.records) {
          expect(record.deleted).toBe(false);
          expect(record.fields[fields.email]).toMatch(/@/);
          seen.push(record.ref.id);
        }
        after = page.after;
      } while (after !== null);
      expect(new Set(seen).size).toBe(seen.length);
      expect(ids.filter((id) => !seen.includes(id))).toEqual([gone]);
    });

    it('says when and by whom a field got its value, where the vendor keeps it', async () => {
      const subject = subjectOf();
      const { connector, type, fields } = subject;
      const id = await loadOne(subject, { [fields.text]: 'one' });
      await subject.edit(id, { [fields.text]: 'two' });
      await connector.writeMany(
        type,
        [{ op: 'update', key: 'history', id, fields: { [fields.text]: 'three' } }],
        writing,
      );
      const history = (await connector.history(type, [id], [fields.text], reading)).get(id)?.[fields.text];
      if (!subject.keepsHistory) {
        expect(history ?? []).toEqual([]);
        return;
      }
      expect(history?.map((entry) => entry.byUs)).toEqual([true, false, false]);
      const times = (history ?? []).map((entry) => entry.at);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
    });

    it("tells the vendor's time", async () => {
      const { connector } = subjectOf();
      const now = await connector.now(reading);
      expect(Math.abs(now - Date.now())).toBeLessThan(5_000);
    });

    it('learns the daily quota from answers', async () => {
      const subject = subjectOf();
      await restoreLimits(subject);
      try {
        await subject.connector.describe(subject.type, reading);
        expect(subject.connector.quota().dailyLimit).toBeGreaterThan(0);
      } finally {
        await makeFast(subject);
      }
    });

    it.each(['refused by a limit', 'cut before it is executed', 'cut after it was executed', 'answered 503'])(
      'repeats a read that is %s',
      async (how) => {
        const subject = subjectOf();
        const { connector, type, fields, throttledCode, readPath } = subject;
        const id = await loadOne(subject);
        const effects: Readonly<Record<string, object>> = {
          'refused by a limit': { code: throttledCode },
          'cut before it is executed': { drop: 'before' },
          'cut after it was executed': { drop: 'after' },
          'answered 503': { status: 503 },
        };
        await playFault(subject, readPath, { ...effects[how], times: 1 });
        const before = await countCalls(subject);
        expect((await connector.readMany(type, [id], [fields.text], reading)).size).toBe(1);
        expect((await countCalls(subject)) - before).toBe(2);
      },
    );
  });
};
