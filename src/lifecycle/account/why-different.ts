import { longId } from '../../mapping/codecs/reference.ts';
import type { System } from '../../model/system.ts';
import { type AccountEntry, entryKey, type HandOffAccount } from './account.ts';
import type { Asked } from './beside.ts';
import type { Reason, ReasonOf } from './differences.ts';
import { observedOnly } from './leaf.ts';
import { handedField, readyField, type ShownRecord, type Uncounted } from './shown.ts';
import { labels, minuteText } from './words.ts';

const explained = (why: string): Reason => ({ why, explained: true });
const open = (why: string): Reason => ({ why, explained: false });

const idIn = (system: System, id: string): string => (system === 'salesforce' ? longId(id) : id);

/** Salesforce keeps whole seconds. */
const isSameSecond = (a: number, b: number): boolean => Math.floor(a / 1_000) === Math.floor(b / 1_000);

const notCountedWords = (system: System): Readonly<Record<Uncounted, string>> => ({
  converted: 'the lead was converted, and the person counts by the contact',
  follower: 'it follows another record of the person now, and is not counted by itself',
  'no-date': `${readyField[system]} is empty there: not written yet, or emptied since`,
});

/** Answers for each difference of a comparison why it is one; `whole`: the account of everybody, whose other turns explain dates. Dates are told in UTC. Pure. */
export const makeReasons = (whole: HandOffAccount, { shown, erased }: Asked): ReasonOf => {
  const byKey = new Map(whole.ready.entries.map((entry) => [entryKey(entry), entry]));
  const turnsIn = (system: System): ReadonlyMap<string, readonly AccountEntry[]> =>
    Map.groupBy(
      whole.ready.entries.filter((entry) => entry[system] !== null),
      (entry) => idIn(system, entry[system] ?? ''),
    );
  const turns = { hubspot: turnsIn('hubspot'), salesforce: turnsIn('salesforce') };
  const recordsIn = (system: System): ReadonlyMap<string, ShownRecord> =>
    new Map(shown[system]?.records.map((record) => [idIn(system, record.id), record]));
  const records = { hubspot: recordsIn('hubspot'), salesforce: recordsIn('salesforce') };

  /** Of a turn that is ours: what its record shows in place of it. */
  const missing = ({ system, term, id, record: key }: Parameters<ReasonOf>[0]): Reason => {
    if (id === null) return open('no record there is linked with them: none was made, or its link has ended');
    const record = records[system].get(id);
    if (record === undefined) {
      const kind = shown[system]?.uncounted.get(id);
      return open(
        kind === undefined
          ? 'it is not there: deleted, merged into another one, or hidden from Tandem'
          : notCountedWords(system)[kind],
      );
    }
    const entry = byKey.get(key ?? '');
    const own = turns[system].get(id) ?? [];
    const turn = entry?.turn ?? 0;
    if (record.readyAt === null) return open(notCountedWords(system)['no-date']);
    const { readyAt } = record;
    const shownTurn = own.find((each) => isSameSecond(each.readyAt, readyAt));
    if (shownTurn !== undefined && shownTurn.turn > turn)
      return explained(`turn ${shownTurn.turn} has replaced the date on the record (${minuteText(readyAt)})`);
    if (shownTurn !== undefined && shownTurn.turn < turn)
      return open(`it still shows turn ${shownTurn.turn} (${minuteText(readyAt)})`);
    if (term === 'handed' && record.handedAt === null) return open(`${handedField} is empty there`);
    return open(`it shows ${minuteText(readyAt)} UTC, when no turn of theirs began: somebody else wrote it`);
  };

  /** Of a record that the system counts: what we have of it. */
  const extra = ({ system, id, ours }: Parameters<ReasonOf>[0]): Reason => {
    const own = turns[system].get(id ?? '') ?? [];
    const newest = own.reduce<AccountEntry | null>(
      (last, each) => (last === null || each.turn >= last.turn ? each : last),
      null,
    );
    if (newest === null) {
      return erased[system].has(id ?? '')
        ? explained('the person was erased here, and all turns of theirs with them')
        : open('no turn of theirs is kept here: somebody else wrote the date, or their journey has ended');
    }
    if (newest.why === observedOnly) return open('here it was only observed, and shows nowhere by itself');
    if (ours !== null) return open(`here they are ${labels[ours]}`);
    const at = records[system].get(id ?? '')?.readyAt ?? null;
    return open(
      `it shows ${at === null ? 'no date' : `${minuteText(at)} UTC`}, and here they became ready ${minuteText(newest.readyAt)} (turn ${newest.turn})`,
    );
  };

  return (difference) => (difference.kind === 'missing' ? missing(difference) : extra(difference));
};
