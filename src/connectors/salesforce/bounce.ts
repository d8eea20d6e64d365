import type { WriteRow } from '../../model/write.ts';

/** The objects that tell that mail to them bounced (object reference: Lead, Contact). */
const bouncing: ReadonlySet<string> = new Set(['Lead', 'Contact']);

const reason = 'EmailBouncedReason';
const date = 'EmailBouncedDate';

const isFilled = (value: unknown): boolean => typeof value === 'string' && value !== '';

/**
 * Rows that say why mail bounced, with the moment beside: Salesforce warns of an address by the date alone (IsEmailBounced is computed from
 * it). The moment is that of the write, for nobody else tells one.
 */
export const withBounceDates = (
  type: string,
  rows: readonly WriteRow[],
  nowMs: number,
): readonly WriteRow[] =>
  bouncing.has(type)
    ? rows.map((row) =>
        isFilled(row.fields[reason]) && !Object.hasOwn(row.fields, date)
          ? { ...row, fields: { ...row.fields, [date]: new Date(nowMs).toISOString() } }
          : row,
      )
    : rows;
