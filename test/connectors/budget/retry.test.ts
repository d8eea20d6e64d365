import { describe, expect, it } from 'vitest';
import { withRetry } from '../../../src/connectors/budget/retry.ts';
import { CallFailed, type FailureCategory, failureCategories } from '../../../src/model/failure.ts';

const failed = (category: FailureCategory, retryAfterMs?: number): CallFailed =>
  new CallFailed({
    category,
    system: 'hubspot',
    code: 'X',
    message: 'refused',
    fields: [],
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

const retried: readonly FailureCategory[] = ['throttled', 'locked', 'unavailable'];

describe('withRetry', () => {
  it.each(failureCategories)('%s: repeats only what can pass later', async (category) => {
    let tries = 0;
    const read = withRetry(
      async () => {
        tries += 1;
        if (tries < 3) throw failed(category);
        return 'read';
      },
      { delayFactor: 0.001 },
    );
    if (retried.includes(category)) await expect(read).resolves.toBe('read');
    else await expect(read).rejects.toMatchObject({ failure: { category } });
    expect(tries).toBe(retried.includes(category) ? 3 : 1);
  });

  it('is bounded and throws the last failure', async () => {
    let tries = 0;
    const last = failed('unavailable');
    const read = withRetry(
      async () => {
        tries += 1;
        throw tries === 5 ? last : failed('unavailable');
      },
      { delayFactor: 0.001 },
    );
    await expect(read).rejects.toBe(last);
    expect(tries).toBe(5);
  });

  it('hands back a failure that the vendor wants repeated much later', async () => {
    let tries = 0;
    const read = withRetry(
      async () => {
        tries += 1;
        throw failed('unavailable', 3_600_000);
      },
      { delayFactor: 0.001 },
    );
    await expect(read).rejects.toMatchObject({ failure: { retryAfterMs: 3_600_000 } });
    expect(tries).toBe(1);
  });

  it('stops promptly when aborted during a delay', async () => {
    const stop = new AbortController();
    const read = withRetry(
      async () => {
        queueMicrotask(() => stop.abort(new Error('lease lost')));
        throw failed('locked');
      },
      { signal: stop.signal },
    );
    const started = performance.now();
    await expect(read).rejects.toThrow('lease lost');
    expect(performance.now() - started).toBeLessThan(300);
  });
});
