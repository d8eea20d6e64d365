import { CallFailed, defectCode, type Failure } from '../model/failure.ts';
import type { RecordRef } from '../model/system.ts';
import { againAfterMs } from './backoff.ts';
import { attemptsOf, type Draft, lookAgain, makeDraft, parkIn, settlementOf } from './draft.ts';
import type { EngineContext } from './engine.ts';
import { nextStepOf } from './next-step.ts';

/** A unit that broke its batch is tried alone so often before its record is parked: what failed may have been of the moment. */
const triesAloneMax = 2;

/** The place in a line of a stack, from the repository's folder on. */
const framePattern = /^\s+at .*?((?:src|test|node_modules)\/[^\s()]+:\d+):\d+\)?$/m;

/**
 * What failed and where, without the message: a parser's quotes what it could not read, and a database's the value that it refused, which is
 * people's data.
 */
export const describeDefect = (error: unknown): string => {
  if (!(error instanceof Error)) return 'something that is no error was thrown';
  const { code } = error as { readonly code?: unknown };
  const name = typeof code === 'string' ? `${error.name} ${code}` : error.name;
  const place = framePattern.exec(error.stack ?? '')?.[1];
  return place === undefined ? name : `${name} at ${place}`;
};

/** What makes one of them fail is looked for in ever smaller batches; one that goes well makes the next larger again. */
export class BatchSize {
  private readonly full: number;
  private now: number;

  constructor(full: number) {
    this.full = full;
    this.now = full;
  }

  /** Units that the next batch may hold. */
  get max(): number {
    return this.now;
  }

  /** Where a batch broke, what broke it is in one half of it. Nothing that was due says nothing. */
  worked({ units, broken }: { readonly units: number; readonly broken?: 'defect' | 'refusal' }): void {
    if (units === 0) return;
    this.now = broken
      ? Math.max(1, Math.floor(Math.min(this.now, units) / 2))
      : Math.min(this.full, this.now * 2);
  }
}

/**
 * Whether a call was refused for something that it asked for, and not for what the system can do at present: a vendor refuses the whole of a
 * read where one of its ids, or what one of them holds, is not to its liking.
 */
export const isOfOneRecord = ({ category }: Failure): boolean =>
  category === 'request' || category === 'value' || category === 'identity';

const failureOf = (error: unknown, { system }: RecordRef): Failure =>
  error instanceof CallFailed
    ? { ...error.failure, fields: [] }
    : {
        category: 'request',
        system,
        code: defectCode,
        message: `Tandem itself fails on this record: ${describeDefect(error)}`,
        fields: [],
      };

/** One unit that failed alone: looked at again, or parked. What was made of it is not to be trusted, and not settled. */
const putAside = (pair: string, { unit, key }: Draft, error: unknown): Draft => {
  const aside = { ...makeDraft(unit), key };
  const attempts = attemptsOf(unit);
  const [row] = unit.dirty;
  if (row === undefined || attempts < triesAloneMax || unit.intents.length > 0) {
    lookAgain(aside, againAfterMs(attempts));
    return aside;
  }
  const { ref } = row;
  const failure = failureOf(error, ref);
  parkIn(aside, pair, { ref, field: null, failure, next: nextStepOf(failure), refused: '' });
  return aside;
};

/**
 * A batch on which Tandem itself failed, or of which a call was refused whole for one of its records. Its units are given back, to be tried
 * in smaller batches; the one that fails alone is tried again and then parked by name, so that nobody waits for it. A unit with a write of
 * unknown outcome is not parked: what became of it is still to be found out. Answers whether a record was parked.
 * @throws what the store throws
 */
export const answerDefect = async (
  { pair, store, events }: EngineContext,
  drafts: readonly Draft[],
  error: unknown,
): Promise<boolean> => {
  const cause = error instanceof CallFailed ? error.failure.code : describeDefect(error);
  const next =
    'Nothing to do: it is tried again in smaller batches, and a record that fails alone is parked.';
  events.emit('batch-broken', { pair: pair.name, units: drafts.length, cause, next });
  const [alone, ...others] = drafts;
  if (alone === undefined || others.length > 0) {
    const units = drafts.map(({ key, unit }) => ({ key, fence: unit.fence }));
    await store.release(units, againAfterMs(0));
    return false;
  }
  const aside = putAside(pair.name, alone, error);
  const { refused } = await store.settle([settlementOf(aside, pair.name)]);
  if (aside.park.length === 0 || refused.size > 0) return false;
  for (const { failure } of aside.park) {
    const { system, category, code } = failure;
    events.emit('rows-refused', { pair: pair.name, system, category, code, rows: 1 });
  }
  return true;
};
