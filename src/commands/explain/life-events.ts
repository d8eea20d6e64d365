import { formFor, type PairMapping } from '../../model/mapping.ts';
import { formatRef, type System, systemLabel } from '../../model/system.ts';
import type { RawValue } from '../../model/value.ts';
import type { LedgerLine, RecordLife } from '../../store/operator/life.ts';
import { isByHand } from '../../sync/identity.ts';
import { isOwnCode } from '../../sync/standing.ts';
import { recordRefused } from '../failures/refused-value.ts';
import { iso } from '../with-store.ts';

/** One moment in the life of a record, in the contract's words. */
export interface LifeEvent {
  readonly at: string;
  /** write, create, link, end, kept; and what stands now: intent, parked, review, waiting, pending. */
  readonly event: string;
  readonly object: string;
  /** Where it happened. */
  readonly system: System;
  readonly record: string;
  /** The mapping's name of the field; null where it concerns the whole record. */
  readonly field: string | null;
  readonly from: RawValue;
  readonly to: RawValue;
  readonly cause: string;
  readonly rule: string;
  readonly clock: string | null;
  /**
   * Who did it: `hubspot integration` or `salesforce integration` (Tandem's user there, which wrote), `operator` (somebody with a
   * command), `hubspot` or `salesforce` (which refused), or `tandem` (what it decided and kept in its own store).
   */
  readonly by: string;
  /** The value of the target that lost; it is kept and can be restored. */
  readonly overwrote?: RawValue;
  /** When the change was made at its source, by the vendor's clock. */
  readonly changedAt?: string;
  /** The next step, where a person is waited for. */
  readonly next?: string;
  /** Whether it says something about every field of the record. */
  readonly covers: 'field' | 'record';
}

type Common = Pick<LifeEvent, 'at' | 'object' | 'system' | 'record' | 'cause' | 'clock' | 'by'>;

/** What reaches a record goes through Tandem's user in its system; a person's command is the person's. */
const authorOf = ({ event, cause }: Pick<LifeEvent, 'event' | 'cause'>, system: System): LifeEvent['by'] => {
  if (isByHand(cause)) return 'operator';
  return event === 'write' || event === 'create' || event === 'intent' ? `${system} integration` : 'tandem';
};

/** The mapping's name of a field that a system calls so, in the form that the record has: a contact calls others by names of its own. */
const nameOf = (
  pairs: readonly PairMapping[],
  { pair: name, target: { system, type } }: LedgerLine,
  apiField: string,
) => {
  const pair = pairs.find((each) => each.name === name);
  if (pair?.identity[system] === apiField) return 'identity';
  const form = pair && formFor(pair, system, type);
  return form?.fields.find(({ fields }) => fields[system] === apiField)?.name ?? apiField;
};

const eventsOfLine = (pairs: readonly PairMapping[], line: LedgerLine): readonly LifeEvent[] => {
  const common: Common = {
    at: iso(line.at),
    object: line.pair,
    system: line.target.system,
    record: formatRef(line.target),
    cause: line.cause,
    clock: line.clock,
    by: authorOf(line, line.target.system),
  };
  const changed = line.changedAt === null ? {} : { changedAt: iso(line.changedAt) };
  const { event, rule, field, from, to } = line;
  if (typeof to === 'object' && to !== null) {
    // A creation is one line of the ledger; here each field that it filled has its own event.
    return [
      { ...common, ...changed, event, rule, field: null, from: null, to: null, covers: 'record' },
      ...Object.entries(to).map(
        ([apiField, value]): LifeEvent => ({
          ...common,
          ...changed,
          event,
          rule,
          field: nameOf(pairs, line, apiField),
          from: null,
          to: value,
          covers: 'field',
        }),
      ),
    ];
  }
  const overwrote = line.lost === null ? {} : { overwrote: line.lost };
  return [
    {
      ...common,
      ...changed,
      ...overwrote,
      event,
      rule,
      field,
      from,
      to,
      covers: field === null ? 'record' : 'field',
    },
  ];
};

const standing = (
  at: number,
  event: string,
  common: Omit<LifeEvent, 'at' | 'event' | 'from' | 'to' | 'clock' | 'by' | 'covers'> &
    Pick<Partial<LifeEvent>, 'by'>,
  values: { readonly from?: RawValue; readonly to?: RawValue } = {},
): LifeEvent => ({
  at: iso(at),
  event,
  from: values.from ?? null,
  to: values.to ?? null,
  clock: null,
  by: authorOf({ event, cause: common.cause }, common.system),
  covers: common.field === null ? 'record' : 'field',
  ...common,
});

/** What stands now: writes whose outcome is open, refusals, questions, looks that are due. */
const standingEvents = (life: RecordLife): readonly LifeEvent[] => [
  ...life.intents.flatMap((intent) =>
    intent.writes.map(({ field, replaced, sent, rule }) =>
      standing(
        intent.openedAt,
        'intent',
        {
          object: intent.pair,
          system: intent.target.system,
          record: formatRef(intent.target),
          field,
          cause: `${intent.cause}; sent, its outcome is not settled yet`,
          rule,
        },
        { from: replaced, to: sent },
      ),
    ),
  ),
  ...life.parked.map((row) =>
    standing(row.since, 'parked', {
      object: row.pair,
      system: row.system,
      record: formatRef(recordRefused(row)),
      field: row.field,
      cause: `refused: ${row.failure.code}: ${row.failure.message}`,
      rule: row.discarded ? 'discarded' : 'parked',
      by: isOwnCode(row.failure.code) ? 'tandem' : row.system,
      next: row.next,
    }),
  ),
  ...life.reviews.map((row) =>
    standing(row.since, 'review', {
      object: row.pair,
      system: row.ref.system,
      record: formatRef(row.ref),
      field: null,
      cause: `${row.cause}: ${row.candidates.map(formatRef).join(', ')}`,
      rule: 'review',
      next: 'tandem reviews show RECORD',
    }),
  ),
  ...life.awaited.map((row) =>
    standing(row.since, 'waiting', {
      object: row.pair,
      system: row.ref.system,
      record: formatRef(row.ref),
      field: null,
      cause: `${row.of} ${row.id} of ${systemLabel[row.ref.system]} has no link ${row.toType === undefined || row.ref.system === 'salesforce' ? 'yet' : `to a ${row.toType} yet: a lead takes no part until it is converted`}`,
      rule: 'waiting',
    }),
  ),
  ...life.dirty.map((row) =>
    standing(row.since, 'pending', {
      object: row.pair,
      system: row.ref.system,
      record: formatRef(row.ref),
      field: null,
      cause: row.held
        ? `${row.cause}; it waits for the end of a pause, or for a word on many changes at once (tandem status)`
        : `${row.cause}; looked at ${row.attempts} times so far`,
      rule: row.held ? 'paused' : 'pending',
    }),
  ),
];

/** The life of a record as events, the oldest first. */
export const lifeEvents = (pairs: readonly PairMapping[], life: RecordLife): readonly LifeEvent[] =>
  [...life.ledger.flatMap((line) => eventsOfLine(pairs, line)), ...standingEvents(life)].sort((a, b) =>
    a.at < b.at ? -1 : a.at > b.at ? 1 : 0,
  );
