import { z } from 'zod';
import type { DailyQuota } from '../../model/budget.ts';
import type { WindowTold } from '../../model/lane-limit.ts';

/*
 * The headers that tell what is left (https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines, read 2026-11-24):
 * X-HubSpot-RateLimit-Max and -Remaining of the window of -Interval-Milliseconds, -Daily and -Daily-Remaining of the day. Search answers
 * have none of them, an OAuth app's not those of the day. What is no such number tells nothing.
 */

const count = z
  .string()
  .regex(/^[0-9]{1,9}$/)
  .transform(Number);
const atLeastOne = count.pipe(z.number().min(1));
const window = z.object({
  calls: atLeastOne,
  windowMs: atLeastOne,
  remaining: count,
});
/** A limit of nothing, in an answer to a call, is none: believed, it would keep all calls waiting for a day. */
const daily = z.object({ limit: atLeastOne, remaining: count });

const header = (headers: Headers, name: string): string | null => headers.get(`x-hubspot-ratelimit-${name}`);

/** The window of calls as an answer told it, the call itself counted; null where it did not. */
export const windowOf = (headers: Headers): WindowTold | null => {
  const parsed = window.safeParse({
    calls: header(headers, 'max'),
    windowMs: header(headers, 'interval-milliseconds'),
    remaining: header(headers, 'remaining'),
  });
  return parsed.success ? parsed.data : null;
};

/** The day's quota as an answer told it; null where it did not. */
export const dailyOf = (headers: Headers): DailyQuota | null => {
  const parsed = daily.safeParse({
    limit: header(headers, 'daily'),
    remaining: header(headers, 'daily-remaining'),
  });
  if (!parsed.success) return null;
  const { limit, remaining } = parsed.data;
  return { limit, used: Math.max(0, limit - remaining) };
};
