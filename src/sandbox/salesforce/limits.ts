import { LimitSettings } from '../core/limits.ts';
import type { ApiRequest } from '../core/message.ts';
import { RollingWindow } from '../core/rolling-window.ts';
import type { Admission } from '../core/system.ts';
import { errorReply, messageOf, refuse } from './errors.ts';

const dayMs = 24 * 60 * 60 * 1_000;
/** A request counts against the concurrency limit once it lasts this long; shorter ones are not limited. */
const longRequestMs = 20_000;

/**
 * 100,000 calls in a rolling day and 25 long requests at a time are what an Enterprise org without extra licences has
 * (app limits cheat sheet); the vendor has no burst limit and none for search.
 */
const vendorLimits = { burst: null, search: null, daily: 100_000, concurrent: 25 };

/** URI and headers together; more is 431, and a URI that alone is longer is 414 (help article 000386264). */
const headBytesMax = 16_384;

/** Discovery and sign-in do not count (REST API guide, limit info header). */
const isCounted = (path: string): boolean =>
  path.startsWith('/services/data/') || path.startsWith('/services/Soap/');

/** Counts calls against the company's limits. */
export class ApiLimits {
  readonly settings = new LimitSettings(vendorLimits);
  readonly #day = new RollingWindow(dayMs);
  /** Requests that have come in and are not answered yet, with when they came. */
  readonly #running = new Map<ApiRequest, number>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get used(): number {
    return this.#day.count(this.#nowMs());
  }

  /** `api-usage=18/100000`, on every answer of the REST API. */
  get usageHeader(): Readonly<Record<string, string>> {
    const { daily } = this.settings.values;
    return { 'Sforce-Limit-Info': `api-usage=${this.used}/${daily ?? vendorLimits.daily}` };
  }

  /** Keeps the request among the running ones until the function that it gives is called. */
  arrive(request: ApiRequest): () => void {
    this.#running.set(request, this.#nowMs());
    return () => {
      this.#running.delete(request);
    };
  }

  admit(request: ApiRequest): Admission {
    if (!isCounted(request.path)) return {};
    const tooLong = this.#refuseLongHead(request);
    if (tooLong !== null) return { refused: tooLong };
    const { daily, concurrent } = this.settings.values;
    const now = this.#nowMs();
    if (daily !== null && this.used >= daily) {
      return this.#refuse(messageOf('REQUEST_LIMIT_EXCEEDED'));
    }
    const long = [...this.#running].filter(
      // A long poll of the streaming API has a limit of its own.
      ([other, arrivedAt]) => other !== request && isCounted(other.path) && now - arrivedAt >= longRequestMs,
    ).length;
    if (concurrent !== null && long >= concurrent) {
      return this.#refuse('ConcurrentRequests (Concurrent API Requests) Limit exceeded.');
    }
    this.#day.add(now);
    return { headers: this.usageHeader };
  }

  /** The calls of the last day, by time. */
  exportState(): readonly number[] {
    return this.#day.exportState(this.#nowMs());
  }

  importState(calls: readonly number[]): void {
    this.#day.importState(calls);
  }

  clear(): void {
    this.#day.clear();
  }

  #refuse(message: string): Admission {
    const reply = errorReply(refuse('REQUEST_LIMIT_EXCEEDED', message));
    return { refused: { ...reply, headers: this.usageHeader } };
  }

  #refuseLongHead(request: ApiRequest) {
    const uri = Buffer.byteLength(request.target);
    const headers = Object.entries(request.headers).reduce(
      (sum, [name, value]) => sum + name.length + String(value ?? '').length + 4,
      0,
    );
    if (uri > headBytesMax) {
      return {
        status: 414,
        headers: { 'Content-Type': 'text/html' },
        body: '<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>',
      };
    }
    if (uri + headers > headBytesMax) {
      return {
        status: 431,
        headers: { 'Content-Type': 'text/html' },
        body: '<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>',
      };
    }
    return null;
  }
}
