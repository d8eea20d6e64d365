import { describe, expect, it } from 'vitest';
import type { ChangeCursor, ChangedRecord } from '../../../src/model/record.ts';
import { load, loadOne, newEmail, reading, type Subject } from './subject.ts';

/** Longer than the search index lags (0.5-3 s), so that a walk from the same cursor sees what was late. */
const overlapMs = 5_000;
/** An index may lag for 3 s; what is not there long after is lost. */
const patience = { timeout: 30_000, interval: 300 };

const walk = async (
  subject: Subject,
  cursor: ChangeCursor,
  lookBackMs = overlapMs,
): Promise<{ readonly records: ReadonlyMap<string, ChangedRecord>; readonly cursor: ChangeCursor }> => {
  const { connector, type, fields } = subject;
  const records = new Map<string, ChangedRecord>();
  let at = cursor;
  for await (const page of connector.changesSince(type, cursor, lookBackMs, [fields.text], reading)) {
    const stamps = page.records.map((record) => record.stamp);
    expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
    // A cursor that fell behind would make the next walk begin before what was read.
    expect(page.cursor.stamp).toBeGreaterThanOrEqual(at.stamp);
    for (const record of page.records) records.set(record.ref.id, record);
    at = page.cursor;
  }
  return { records, cursor: at };
};

const startOf = async (subject: Subject): Promise<ChangeCursor> => ({
  stamp: await subject.connector.now(reading),
  id: '',
});

export const changesConform = (subjectOf: () => Subject): void => {
  describe('changes', () => {
    it('shows new records and edits with their values, once the index has them', async () => {
      const subject = subjectOf();
      const { text } = subject.fields;
      const edited = await loadOne(subject, { [text]: 'old' });
      const start = await startOf(subject);
      const created = await loadOne(subject, { [text]: 'created' });
      await subject.edit(edited, { [text]: 'edited' });
      await expect
        .poll(async () => {
          const { records } = await walk(subject, start);
          return [records.get(created)?.fields[text], records.get(edited)?.fields[text]];
        }, patience)
        .toEqual(['created', 'edited']);
    });

    it('goes on from a stored cursor and shows nothing older than it less the overlap', async () => {
      const subject = subjectOf();
      const first = await loadOne(subject);
      const start = await startOf(subject);
      await expect.poll(async () => (await walk(subject, start)).records.has(first), patience).toBe(true);
      const { cursor, records } = await walk(subject, start);
      for (const record of records.values()) {
        expect(record.stamp).toBeGreaterThanOrEqual(start.stamp - overlapMs);
      }
      const second = await loadOne(subject);
      await expect.poll(async () => (await walk(subject, cursor)).records.has(second), patience).toBe(true);
    });

    it('loses none of many records with one stamp, more than a search or query gives', async () => {
      const subject = subjectOf();
      const start = await startOf(subject);
      const ids = await load(
        subject,
        Array.from({ length: 12_000 }, () => subject.makeFields(newEmail())),
      );
      expect(new Set(ids).size).toBe(12_000);
      await expect
        .poll(async () => {
          const { records } = await walk(subject, start);
          return ids.filter((id) => !records.has(id)).length;
        }, patience)
        .toBe(0);
    }, 60_000);

    it('shows deletions where the vendor does', async () => {
      const subject = subjectOf();
      const id = await loadOne(subject);
      const start = await startOf(subject);
      await subject.remove(id);
      // A record made after the deletion: once it shows, the deletion would as well.
      const later = await loadOne(subject);
      await expect.poll(async () => (await walk(subject, start)).records.has(later), patience).toBe(true);
      const expected = subject.showsDeletions ? true : 'not shown';
      await expect
        .poll(async () => (await walk(subject, start)).records.get(id)?.deleted ?? 'not shown', patience)
        .toBe(expected);
    });
  });
};
