import type { CallContext } from '../../model/budget.ts';
import { CallFailed, type Failure } from '../../model/failure.ts';
import type { RawValue } from '../../model/value.ts';
import type { WriteOutcome, WriteRow } from '../../model/write.ts';
import type { HubSpotHttp } from './http.ts';
import { optOut } from './opt-out.ts';
import { readMany } from './read.ts';
import { writeMany } from './write.ts';

/** Whether a person gets no marketing email any more. It cannot be written as a property; see optOut. */
export const optOutProperty = 'hs_email_optout';

/** Objects whose records have an address that can be opted out, by name and by number. */
export const hasOptOut = (type: string): boolean => type === 'contacts' || type === '0-1';

const refused = (code: string, message: string): WriteOutcome => ({
  kind: 'refused',
  failure: { category: 'value', system: 'hubspot', code, message, fields: [optOutProperty] },
});

const notSent: Failure = {
  category: 'unavailable',
  system: 'hubspot',
  code: 'NOT_SENT',
  message: 'opting out: not sent: given up before',
  fields: [],
};

const failureOf = (error: unknown): Failure => (error instanceof CallFailed ? error.failure : notSent);

const isFilled = (value: RawValue | undefined): value is string => typeof value === 'string' && value !== '';

/** The address of each row's contact: the row's own where it writes one, else the contact's, read by id in one call per batch. */
const addressesOf = async (
  http: HubSpotHttp,
  type: string,
  rows: readonly WriteRow[],
  context: CallContext,
): Promise<ReadonlyMap<WriteRow, string>> => {
  const ids = rows.flatMap((row) => (row.op === 'update' && !isFilled(row.fields.email) ? [row.id] : []));
  const read =
    ids.length === 0 ? null : await readMany(http, type, ids, ['email'], { ...context, purpose: 'read' });
  return new Map(
    rows.flatMap((row): [WriteRow, string][] => {
      const own = row.fields.email;
      const email =
        isFilled(own) || row.op !== 'update' ? own : (read?.get(row.id)?.fields.email ?? undefined);
      return isFilled(email) ? [[row, email]] : [];
    }),
  );
};

/** What became of the opting out of each row. Never rejects. */
const optOutRows = async (
  http: HubSpotHttp,
  type: string,
  rows: readonly WriteRow[],
  context: CallContext,
): Promise<ReadonlyMap<WriteRow, WriteOutcome | { readonly kind: 'landed' }>> => {
  const outcomes = new Map<WriteRow, WriteOutcome | { readonly kind: 'landed' }>();
  const wanted = rows.filter((row) => String(row.fields[optOutProperty]) === 'true');
  for (const row of rows) {
    if (wanted.includes(row)) continue;
    const message = 'HubSpot lets nobody but the person take an opt-out back';
    outcomes.set(row, refused('OPT_OUT_STANDS', message));
  }
  try {
    const addresses = await addressesOf(http, type, wanted, context);
    const going = wanted.flatMap((row) => {
      const email = addresses.get(row);
      if (email !== undefined) return [{ row, key: row.key, email }];
      const message = 'the contact has no email address that could be opted out';
      outcomes.set(row, refused('NO_ADDRESS', message));
      return [];
    });
    const answers = await optOut(http, going, context);
    for (const [index, { row }] of going.entries()) {
      const answer = answers[index];
      if (answer) outcomes.set(row, answer);
    }
  } catch (error) {
    const failure = failureOf(error);
    for (const row of wanted) if (!outcomes.has(row)) outcomes.set(row, { kind: 'refused', failure });
  }
  return outcomes;
};

const withoutOptOut = (row: WriteRow): WriteRow => {
  const { [optOutProperty]: _, ...fields } = row.fields;
  return { ...row, fields };
};

/**
 * As writeMany, and rows of contacts may opt somebody out (`hs_email_optout: 'true'`): that goes through the subscriptions API first, for
 * the address that the contact has; only then the rest of the row. A row whose opting out did not land is not written: one outcome
 * says all of a row. Never rejects.
 */
export const writeWithOptOut = async (
  http: HubSpotHttp,
  type: string,
  rows: readonly WriteRow[],
  context: CallContext,
): Promise<readonly WriteOutcome[]> => {
  const asking = hasOptOut(type) ? rows.filter((row) => Object.hasOwn(row.fields, optOutProperty)) : [];
  if (asking.length === 0) return writeMany(http, type, rows, context);
  const opted = await optOutRows(http, type, asking, context);
  const outcomes = new Map<WriteRow, WriteOutcome>();
  const rest: { readonly row: WriteRow; readonly sent: WriteRow }[] = [];
  for (const row of rows) {
    const outcome = opted.get(row);
    const sent = outcome ? withoutOptOut(row) : row;
    if (outcome && outcome.kind !== 'landed') outcomes.set(row, outcome);
    else if (row.op === 'update' && Object.keys(sent.fields).length === 0) {
      outcomes.set(row, { kind: 'landed', id: row.id, created: false, stamp: null });
    } else rest.push({ row, sent });
  }
  const written = await writeMany(
    http,
    type,
    rest.map(({ sent }) => sent),
    context,
  );
  for (const [index, { row }] of rest.entries()) {
    const outcome = written[index];
    if (outcome) outcomes.set(row, outcome);
  }
  return rows.map(
    (row) => outcomes.get(row) ?? { kind: 'unknown', cause: 'the write gave no outcome for this row' },
  );
};
