import type { CallContext } from '../../model/budget.ts';
import type { Failure } from '../../model/failure.ts';
import { toId18 } from '../../model/salesforce-id.ts';
import type { WriteOutcome, WriteRow } from '../../model/write.ts';
import type { Api } from './api.ts';
import { settleDuplicates } from './duplicates.ts';
import { type BatchOutcome, writeBatch } from './write-batch.ts';
import { planBatches } from './write-batches.ts';

const refused = (failure: Omit<Failure, 'system'>): WriteOutcome => ({
  kind: 'refused',
  failure: { ...failure, system: 'salesforce' },
});

/** An id that Salesforce could not read would have the whole call refused: such a row is refused here. */
const malformed = (row: WriteRow): WriteOutcome | null =>
  row.op === 'update' && toId18(row.id) === null
    ? refused({
        category: 'request',
        code: 'MALFORMED_ID',
        message: 'not a Salesforce id; the row was not sent',
        fields: [],
      })
    : null;

const notAfterUnknown: WriteOutcome = refused({
  category: 'unavailable',
  code: 'NOT_SENT',
  message: 'not sent: what became of the write before it, to the same record, is not known',
  fields: [],
});

/**
 * Writes by sObject Collections, 200 rows a call, each row for itself (allOrNone false). A call is sent once: a time-out, a
 * cut connection and a 5xx leave its rows unknown. Answers carry no stamp. Rows that a
 * duplicate rule refused are asked about (duplicates.ts).
 */
export const writeMany = async (
  api: Api,
  type: string,
  rows: readonly WriteRow[],
  context: CallContext,
): Promise<readonly WriteOutcome[]> => {
  const outcomes = new Map<number, WriteOutcome>();
  const toSend: [number, WriteRow][] = [];
  for (const [at, row] of rows.entries()) {
    const outcome = malformed(row);
    if (outcome === null) toSend.push([at, row]);
    else outcomes.set(at, outcome);
  }
  const unsettled = new Set<string>();
  let stopped: Failure | null = null;
  for (const planned of planBatches(toSend)) {
    const batch = { ...planned, rows: planned.rows.filter(({ target }) => !unsettled.has(target)) };
    for (const { at, target } of planned.rows) if (unsettled.has(target)) outcomes.set(at, notAfterUnknown);
    if (batch.rows.length === 0) continue;
    const refusal = stopped;
    const sent: BatchOutcome =
      refusal === null
        ? await writeBatch(api, type, batch, context)
        : {
            outcomes: batch.rows.map(({ at }) => [at, { kind: 'refused', failure: refusal }]),
            stop: refusal,
          };
    stopped = sent.stop;
    const targetAt = new Map(batch.rows.map(({ at, target }) => [at, target]));
    const settled =
      stopped === null ? await settleDuplicates(api, type, batch, sent.outcomes, context) : sent.outcomes;
    for (const [at, outcome] of settled) {
      outcomes.set(at, outcome);
      if (outcome.kind === 'unknown') unsettled.add(targetAt.get(at) ?? '');
    }
  }
  return rows.map((_, at) => outcomes.get(at) ?? { kind: 'unknown', cause: 'the row was in no batch' });
};
