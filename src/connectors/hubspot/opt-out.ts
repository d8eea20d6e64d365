import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { WriteOutcome } from '../../model/write.ts';
import { mapConcurrently } from '../batches.ts';
import { wasNotExecuted } from './errors.ts';
import type { HubSpotHttp } from './http.ts';
import { batchConcurrency } from './limits.ts';
import { anyAnswer } from './wire.ts';

/** Somebody who must get no marketing email any more; `key` ties the outcome to the row. */
export interface OptOutRow {
  readonly key: string;
  readonly email: string;
}

/** What became of a row; an opt-out has no id and no stamp. */
export type OptOutOutcome = Exclude<WriteOutcome, { kind: 'landed' }> | { readonly kind: 'landed' };

/** The address is in the path by the API's design; it must stay out of every message. */
const pathOf = (email: string): string =>
  `/communication-preferences/v4/statuses/${encodeURIComponent(email.trim().toLowerCase())}/unsubscribe-all`;
const place = 'POST /communication-preferences/v4/statuses/{email}/unsubscribe-all';
const channel = { channel: 'EMAIL' } as const;

/** The connector's messages name the path of a call: here without whose it is. */
const withoutAddress = (text: string, email: string): string =>
  text.replaceAll(pathOf(email), pathOf('').replace('//', '/{email}/'));

const optOutOne = async (http: HubSpotHttp, row: OptOutRow, context: CallContext): Promise<OptOutOutcome> => {
  let sent = false;
  try {
    const call = {
      method: 'POST',
      path: pathOf(row.email),
      query: channel,
      body: {},
      schema: anyAnswer,
    } as const;
    await http.write(context, call, () => {
      sent = true;
    });
    return { kind: 'landed' };
  } catch (error) {
    if (!(error instanceof CallFailed)) {
      if (!sent) throw error;
      return { kind: 'unknown', cause: `${place}: given up under way` };
    }
    const message = withoutAddress(error.failure.message, row.email);
    return wasNotExecuted(error.failure)
      ? { kind: 'refused', failure: { ...error.failure, message } }
      : { kind: 'unknown', cause: message };
  }
};

/**
 * Opts people out of all marketing email through the subscriptions API: one call each (its batches need Marketing Enterprise), one outcome
 * each, in order. It holds for the address whether or not a contact has it, and sets hs_email_optout, which cannot be written. Doing it
 * twice is harmless. Needs the scope communication_preferences.read_write
 * (https://developers.hubspot.com/docs/guides/api/marketing/subscriptions).
 */
export const optOut = async (
  http: HubSpotHttp,
  rows: readonly OptOutRow[],
  context: CallContext,
): Promise<readonly OptOutOutcome[]> =>
  await mapConcurrently(rows, batchConcurrency, (row) => optOutOne(http, row, context));

const statusSchema = z.object({ results: z.array(z.unknown()) });

/**
 * Whether this address is opted out of all marketing email: the list is empty where it is not (reference of "unsubscribe-all").
 * @throws CallFailed
 */
export const readOptOut = async (
  http: HubSpotHttp,
  email: string,
  context: CallContext,
): Promise<boolean> => {
  try {
    const call = { method: 'GET', path: pathOf(email), query: channel, schema: statusSchema } as const;
    return (await http.read(context, call)).body.results.length > 0;
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    const message = withoutAddress(error.failure.message, email);
    throw new CallFailed({ ...error.failure, message });
  }
};
