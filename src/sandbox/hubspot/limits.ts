import { type LimitChange, LimitSettings } from '../core/limits.ts';
import type { ApiReply, ApiRequest, Caller } from '../core/message.ts';
import { RollingWindow } from '../core/rolling-window.ts';
import type { Admission } from '../core/system.ts';
import { rateLimitReply } from './http/errors.ts';

/** HubSpot Professional (https://developers.hubspot.com/docs/api/usage-details): `burst` is per app and 10 seconds. */
const professional = { burst: 190, search: 5, daily: 625_000, concurrent: null } as const;

const burstWindowMs = 10_000;
const dayMs = 86_400_000;
/** Calls of the associations API in ten seconds, beside the burst (https://developers.hubspot.com/docs/guides/api/crm/associations). */
const associationsBurst = 150;
/** Long deprecated, still sent: a tenth of the burst. */
const secondly = 19;

const isSearch = (request: ApiRequest): boolean =>
  request.method === 'POST' && /^\/crm\/v3\/objects\/[^/]+\/search$/.test(request.path);

const isAssociations = (request: ApiRequest): boolean =>
  /^\/crm\/v4\/(associations|objects\/[^/]+\/[^/]+\/associations)\//.test(request.path);

/**
 * HubSpot's limits: a rolling window of ten seconds for each app (the integration's token and the person's are two
 * apps), a daily quota shared by the account that begins anew at midnight of its time zone (UTC here), and five
 * searches a second for the account, which stand outside the window. Refused calls do not count.
 */
export class HubspotLimits {
  readonly #settings = new LimitSettings(professional);
  readonly #bursts: Record<Caller, RollingWindow> = {
    integration: new RollingWindow(burstWindowMs),
    person: new RollingWindow(burstWindowMs),
  };
  readonly #seconds: Record<Caller, RollingWindow> = {
    integration: new RollingWindow(1_000),
    person: new RollingWindow(1_000),
  };
  readonly #associations: Record<Caller, RollingWindow> = {
    integration: new RollingWindow(burstWindowMs),
    person: new RollingWindow(burstWindowMs),
  };
  readonly #searches = new RollingWindow(1_000);
  #day = 0;
  #usedToday = 0;

  change(change: LimitChange): void {
    this.#settings.change(change);
  }

  /** Use of the daily quota; the short windows have passed by the time anybody reads it back. */
  exportState(): { readonly day: number; readonly usedToday: number } {
    return { day: this.#day, usedToday: this.#usedToday };
  }

  importState({ day, usedToday }: { readonly day: number; readonly usedToday: number }): void {
    this.#day = day;
    this.#usedToday = usedToday;
  }

  /** Forgets all use; the limits stay as they are. */
  clear(): void {
    for (const windows of [this.#bursts, this.#seconds, this.#associations])
      for (const window of Object.values(windows)) window.clear();
    this.#searches.clear();
    this.#usedToday = 0;
  }

  daily(now: number): { readonly limit: number | null; readonly used: number; readonly resetsAt: number } {
    this.#turnDay(now);
    return { limit: this.#settings.values.daily, used: this.#usedToday, resetsAt: (this.#day + 1) * dayMs };
  }

  /** Counts a call, or refuses it in HubSpot's words. Search answers carry no rate limit headers. */
  admit(request: ApiRequest, caller: Caller, now: number): Admission {
    this.#turnDay(now);
    const { daily, burst, search } = this.#settings.values;
    const searching = isSearch(request);
    if (daily !== null && this.#usedToday >= daily) {
      const headers = searching ? {} : this.#headers(caller, now);
      return { refused: rateLimitReply('DAILY', 'You have reached your daily limit.', headers) };
    }
    if (searching) return this.#admitSearch(search, now);
    if (burst !== null && this.#bursts[caller].count(now) >= burst)
      return { refused: this.#burstReached(caller, now) };
    if (burst !== null && isAssociations(request)) {
      const window = this.#associations[caller];
      if (window.count(now) >= associationsBurst) return { refused: this.#burstReached(caller, now) };
      window.add(now);
    }
    this.#bursts[caller].add(now);
    this.#seconds[caller].add(now);
    this.#usedToday += 1;
    return { headers: this.#headers(caller, now) };
  }

  #admitSearch(limit: number | null, now: number): Admission {
    if (limit !== null && this.#searches.count(now) >= limit) {
      return { refused: rateLimitReply('SECONDLY', 'You have reached your secondly limit.') };
    }
    this.#searches.add(now);
    this.#usedToday += 1;
    return {};
  }

  #burstReached(caller: Caller, now: number): ApiReply {
    return rateLimitReply(
      'TEN_SECONDLY_ROLLING',
      'You have reached your ten_secondly_rolling limit.',
      this.#headers(caller, now),
    );
  }

  #headers(caller: Caller, now: number): Record<string, string> {
    const { daily, burst } = this.#settings.values;
    const left = (limit: number, used: number): string => String(Math.max(0, limit - used));
    return {
      ...(daily === null
        ? {}
        : {
            'X-HubSpot-RateLimit-Daily': String(daily),
            'X-HubSpot-RateLimit-Daily-Remaining': left(daily, this.#usedToday),
          }),
      ...(burst === null
        ? {}
        : {
            'X-HubSpot-RateLimit-Interval-Milliseconds': String(burstWindowMs),
            'X-HubSpot-RateLimit-Max': String(burst),
            'X-HubSpot-RateLimit-Remaining': left(burst, this.#bursts[caller].count(now)),
            'X-HubSpot-RateLimit-Secondly': String(secondly),
            'X-HubSpot-RateLimit-Secondly-Remaining': left(secondly, this.#seconds[caller].count(now)),
          }),
    };
  }

  #turnDay(now: number): void {
    const day = Math.floor(now / dayMs);
    if (day === this.#day) return;
    this.#day = day;
    this.#usedToday = 0;
  }
}
