import { z } from 'zod';

/** A simulator answered something else than the contract says, or nothing. */
export class SandboxError extends Error {
  readonly status: number | null;
  constructor(message: string, status: number | null, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'SandboxError';
    this.status = status;
  }
}

const call = async (url: string, init?: RequestInit): Promise<unknown> => {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    throw new SandboxError(`${url} does not answer. Next: is the sandbox running there?`, null, {
      cause: error,
    });
  }
  if (!response.ok) {
    const answer = (await response.text()).slice(0, 300);
    throw new SandboxError(`${url} answered ${response.status}: ${answer}`, response.status);
  }
  return response.json();
};

const idsShape = z.object({ ids: z.array(z.string()) });
const pageShape = z.object({
  records: z.array(z.record(z.string(), z.unknown())),
  after: z.union([z.string(), z.number()]).nullish(),
});

const recordsUrl = (base: string, type: string): string => `${base}/_sandbox/records/${type}`;

const post = async (base: string, type: string, records: readonly object[]): Promise<string[]> => {
  const { ids } = idsShape.parse(
    await call(recordsUrl(base, type), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ records }),
    }),
  );
  if (ids.length !== records.length) {
    throw new SandboxError(`${base}: ${records.length} ${type} sent, ${ids.length} ids answered`, 200);
  }
  return ids;
};

/** What a vendor answers to a record that it will not have: a bad value, or an address that somebody has already. */
const refusals: ReadonlySet<number | null> = new Set([400, 409]);

/**
 * Enters records as the person would: one id for each, in order, and null for one that the system refuses. A refused
 * lot is halved until the refused record is alone, so that one bad record costs about 2·log2(n) more calls, not its lot.
 */
export const enterRecords = async (
  base: string,
  type: string,
  records: readonly object[],
): Promise<(string | null)[]> => {
  if (records.length === 0) return [];
  try {
    return await post(base, type, records);
  } catch (error) {
    if (!(error instanceof SandboxError && refusals.has(error.status))) throw error;
    if (records.length === 1) return [null];
  }
  const half = Math.ceil(records.length / 2);
  const first = await enterRecords(base, type, records.slice(0, half));
  return [...first, ...(await enterRecords(base, type, records.slice(half)))];
};

/** Every raw record of a type, page by page, archived and deleted ones included. */
export async function* readRecords(
  base: string,
  type: string,
): AsyncGenerator<readonly Readonly<Record<string, unknown>>[]> {
  let after: string | null = null;
  do {
    const query: string = after === null ? '' : `?after=${encodeURIComponent(after)}`;
    const page = pageShape.parse(await call(recordsUrl(base, type) + query));
    yield page.records;
    const next: string | null = page.after === undefined || page.after === null ? null : String(page.after);
    if (next !== null && next === after) {
      throw new SandboxError(`${base}: the listing of ${type} stands still at ${after}`, 200);
    }
    after = next;
  } while (after !== null);
}
