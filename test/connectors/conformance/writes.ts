import { describe, expect, it } from 'vitest';
import type { RawValue } from '../../../src/model/value.ts';
import type { WriteOutcome, WriteRow } from '../../../src/model/write.ts';
import {
  clearFaults,
  countCalls,
  load,
  loadOne,
  newEmail,
  playFault,
  reading,
  type Subject,
  writing,
} from './subject.ts';

let lastKey = 0;
const newKey = (): string => {
  lastKey += 1;
  return `key-${lastKey}`;
};
const update = (id: string, fields: WriteRow['fields']): WriteRow => ({
  op: 'update',
  key: newKey(),
  id,
  fields,
});
const kinds = (outcomes: readonly WriteOutcome[]): readonly string[] => outcomes.map(({ kind }) => kind);

const valueOfField = async (subject: Subject, id: string, field: string): Promise<RawValue | undefined> =>
  (await subject.connector.readMany(subject.type, [id], [field], reading)).get(id)?.fields[field];

export const writesConform = (subjectOf: () => Subject): void => {
  const write = (rows: readonly WriteRow[]): Promise<readonly WriteOutcome[]> =>
    subjectOf().connector.writeMany(subjectOf().type, rows, writing);

  describe('writes', () => {
    it('changes only the fields of the row, and null empties one', async () => {
      const subject = subjectOf();
      const { text, other } = subject.fields;
      const id = await loadOne(subject, { [text]: 'old', [other]: 'stays' });
      expect(await write([update(id, { [text]: 'new' })])).toMatchObject([
        { kind: 'landed', id, created: false },
      ]);
      expect(await valueOfField(subject, id, text)).toBe('new');
      expect(await valueOfField(subject, id, other)).toBe('stays');
      expect(kinds(await write([update(id, { [text]: null })]))).toEqual(['landed']);
      expect(await valueOfField(subject, id, text)).toBeNull();
    });

    it('gives one outcome per row, in order, whatever the others are', async () => {
      const subject = subjectOf();
      const { text } = subject.fields;
      const { refused, missingId } = subject;
      const [a, b, c] = await load(
        subject,
        [1, 2, 3].map(() => subject.makeFields(newEmail())),
      );
      if (a === undefined || b === undefined || c === undefined)
        throw new Error('three records were not loaded');
      const outcomes = await write([
        update(a, { [text]: 'first' }),
        update(missingId, { [text]: 'nobody' }),
        update(b, { [refused.field]: refused.value }),
        update(c, { no_such_field: 'x' }),
        update(c, { [text]: 'last' }),
      ]);
      expect(kinds(outcomes)).toEqual(['landed', 'refused', 'refused', 'refused', 'landed']);
      expect(outcomes.slice(1, 4)).toMatchObject([
        { failure: { category: 'identity' } },
        { failure: { category: 'value', fields: [refused.field] } },
        { failure: { category: 'schema' } },
      ]);
      expect(JSON.stringify(outcomes)).not.toContain(refused.value);
      expect(await valueOfField(subject, a, text)).toBe('first');
      expect(await valueOfField(subject, c, text)).toBe('last');
    });

    it('takes two rows for one record, in order', async () => {
      const subject = subjectOf();
      const { text } = subject.fields;
      const id = await loadOne(subject);
      expect(kinds(await write([update(id, { [text]: 'one' }), update(id, { [text]: 'two' })]))).toEqual([
        'landed',
        'landed',
      ]);
      expect(await valueOfField(subject, id, text)).toBe('two');
    });

    it('creates by upsert once and finds the same record again', async () => {
      const subject = subjectOf();
      const { identity, text } = subject.fields;
      const identityValue = `upsert-${Date.now()}`;
      const row = (value: string): WriteRow => ({
        op: 'upsert',
        key: newKey(),
        identityField: identity,
        identityValue,
        fields: { ...subject.makeFields('upsert.once@example.org'), [text]: value },
      });
      const [first] = await write([row('one')]);
      const [second] = await write([row('two')]);
      if (first?.kind !== 'landed') throw new Error(`the upsert is ${JSON.stringify(first)}`);
      expect(first.created).toBe(true);
      expect(second).toMatchObject({ kind: 'landed', id: first.id, created: false });
      expect(await valueOfField(subject, first.id, text)).toBe('two');
      expect(await valueOfField(subject, first.id, identity)).toBe(identityValue);
    });

    it('writes any number of rows in as few calls as batches allow', async () => {
      const subject = subjectOf();
      const { connector, fields } = subject;
      const count = connector.batch.write + 21;
      const ids = await load(
        subject,
        Array.from({ length: count }, () => subject.makeFields(newEmail())),
      );
      const before = await countCalls(subject);
      const outcomes = await write(ids.map((id) => update(id, { [fields.text]: `of ${id}` })));
      expect((await countCalls(subject)) - before).toBe(2);
      expect(outcomes.map((outcome) => (outcome.kind === 'landed' ? outcome.id : outcome.kind))).toEqual(ids);
    });

    it('says unknown when the connection is cut after the write was executed, and sends it once', async () => {
      const subject = subjectOf();
      const { text } = subject.fields;
      const id = await loadOne(subject, { [text]: 'old' });
      await playFault(subject, subject.writePath, { drop: 'after' });
      const before = await countCalls(subject);
      expect(kinds(await write([update(id, { [text]: 'new' })]))).toEqual(['unknown']);
      expect((await countCalls(subject)) - before).toBe(1);
      await clearFaults(subject);
      expect(await valueOfField(subject, id, text)).toBe('new');
    });

    it('says unknown for a create that was executed and answered 502, and sends it once', async () => {
      const subject = subjectOf();
      const email = newEmail();
      await playFault(subject, subject.writePath, { status: 502, perform: true });
      const before = await countCalls(subject);
      const outcomes = await write([
        {
          op: 'upsert',
          key: newKey(),
          identityField: subject.fields.identity,
          identityValue: `502-${Date.now()}`,
          fields: subject.makeFields(email),
        },
      ]);
      expect(kinds(outcomes)).toEqual(['unknown']);
      expect((await countCalls(subject)) - before).toBe(1);
      await clearFaults(subject);
      const found = await subject.connector.findByField(
        subject.type,
        subject.fields.email,
        [email],
        [],
        reading,
      );
      expect(found).toHaveLength(1);
    });

    it('says refused, and that trying again helps, when a limit refuses; sends it once', async () => {
      const subject = subjectOf();
      const { text } = subject.fields;
      const id = await loadOne(subject, { [text]: 'old' });
      await playFault(subject, subject.writePath, { code: subject.throttledCode });
      const before = await countCalls(subject);
      expect(await write([update(id, { [text]: 'new' })])).toMatchObject([
        { kind: 'refused', failure: { category: 'throttled' } },
      ]);
      expect((await countCalls(subject)) - before).toBe(1);
      await clearFaults(subject);
      expect(await valueOfField(subject, id, text)).toBe('old');
    });

    it('refuses an update of a deleted record as a matter of identity', async () => {
      const subject = subjectOf();
      const id = await loadOne(subject);
      await subject.remove(id);
      expect(await write([update(id, { [subject.fields.text]: 'x' })])).toMatchObject([
        { kind: 'refused', failure: { category: 'identity' } },
      ]);
    });

    it('does not reject for wrong credentials', async () => {
      const { wrongCredentials, type, missingId, fields } = subjectOf();
      const outcomes = await wrongCredentials.writeMany(
        type,
        [update(missingId, { [fields.text]: 'x' })],
        writing,
      );
      expect(outcomes).toMatchObject([{ kind: 'refused', failure: { category: 'credentials' } }]);
    });
  });
};
