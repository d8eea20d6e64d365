import * as z from 'zod';
import { type FaultPlan, faultsSchema } from './faults.ts';
import type { Latency } from './latency.ts';
import { type ApiReply, type ApiRequest, type PathParams, pathParam } from './message.ts';
import { type Route, RouteTable } from './routes.ts';
import { rulesSchema } from './rules.ts';
import type { StatsCounter } from './stats.ts';
import { ControlError, type SeedOptions, type SimulatedSystem } from './system.ts';

const recordsPageSize = 1_000;
const count = z.int().min(0).max(1_000_000);
const limit = z.int().min(0).nullable().optional();

const resetSchema = z.strictObject({
  seed: z.int().optional(),
  contacts: count.optional(),
  leads: count.optional(),
});
const limitsSchema = z.strictObject({
  burst: limit,
  search: limit,
  daily: limit,
  concurrent: limit,
  reset: z.boolean().optional(),
});
const latencySchema = z.strictObject({
  ms: z.number().min(0).max(60_000),
  jitterMs: z.number().min(0).max(60_000).default(0),
});
const loadSchema = z.strictObject({
  records: z.array(z.record(z.string(), z.unknown())),
  /** Who does it, where the system keeps that; the person by default. */
  source: z.unknown().optional(),
});

export interface ControlParts {
  readonly system: SimulatedSystem;
  readonly stats: StatsCounter;
  readonly faults: FaultPlan;
  readonly latency: Latency;
  readonly start: SeedOptions;
}

const badRequest = (place: string, message: string): ApiReply => ({
  status: 400,
  body: { error: `${place}: ${message}`, place },
});

const readJson = (request: ApiRequest): unknown => {
  if (request.body.length === 0) return {};
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch (error) {
    throw new ControlError('body', `is not JSON (${error instanceof Error ? error.name : 'unreadable'})`);
  }
};

/** `records[3].email`, or `body` for the whole. */
const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '') || 'body';

/** Everything under /_sandbox/: not part of the public API, outside limits, counters, latency and faults. */
export class ControlPanel {
  readonly #parts: ControlParts;
  readonly #routes: RouteTable;
  #seed: SeedOptions;

  constructor(parts: ControlParts) {
    this.#parts = parts;
    this.#seed = parts.start;
    this.#routes = new RouteTable([...this.#shared(), ...this.#own()]);
  }

  /** Answers a control request; whatever is wrong with it becomes a 400 that names the place. */
  async serve(request: ApiRequest, signal: AbortSignal): Promise<ApiReply> {
    const match = this.#routes.find(request.method, request.path);
    if (match === null) {
      return { status: 404, body: { error: `${request.method} ${request.path}: no such control route` } };
    }
    try {
      return await match.route.handle({ request, params: match.params, caller: null, signal });
    } catch (error) {
      if (error instanceof ControlError) return badRequest(error.place, error.message);
      const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
      if (issue === undefined) throw error;
      return badRequest(placeOf(issue.path), issue.message);
    }
  }

  #shared(): Route[] {
    const { system, stats, faults, latency } = this.#parts;
    const post = (template: string, act: (body: unknown, params: PathParams) => unknown): Route => ({
      method: 'POST',
      template: `/_sandbox${template}`,
      handle: (call) => ({ status: 200, body: act(readJson(call.request), call.params) }),
    });
    return [
      {
        method: 'GET',
        template: '/_sandbox/stats',
        handle: () => ({ status: 200, body: { calls: stats.read(), records: system.countRecords() } }),
      },
      {
        method: 'GET',
        template: '/_sandbox/records/{type}',
        handle: ({ params, request }) => ({
          status: 200,
          body: system.pageRecords(pathParam(params, 'type'), request.query.get('after'), recordsPageSize),
        }),
      },
      post('/records/{type}', (body, params) => {
        const { records, source } = loadSchema.parse(body);
        if (source !== undefined && system.keepsSources !== true)
          throw new ControlError('source', `${system.name} keeps no source of a value`);
        return { ids: system.loadRecords(pathParam(params, 'type'), records, source) };
      }),
      post('/reset', (body) => this.#reset(resetSchema.parse(body))),
      post('/limits', (body) => {
        system.changeLimits(limitsSchema.parse(body));
        return { ok: true };
      }),
      post('/latency', (body) => {
        latency.settings = latencySchema.parse(body);
        return { ok: true };
      }),
      post('/faults', (body) => {
        faults.set(faultsSchema.parse(body));
        return { ok: true };
      }),
      post('/rules', (body) => {
        system.setRules(rulesSchema.parse(body));
        return { ok: true };
      }),
      post('/schema', (body) => {
        system.addSchema(body);
        return { ok: true };
      }),
    ];
  }

  #own(): Route[] {
    return this.#parts.system.controlRoutes.map((route) => ({
      method: route.method,
      template: `/_sandbox${route.template}`,
      handle: ({ request, params }) => ({
        status: 200,
        body: route.handle(readJson(request), params, request.query) ?? { ok: true },
      }),
    }));
  }

  /** What is not named stays as it was at the last reset (or the start). Faults and counters are cleared. */
  #reset(change: z.output<typeof resetSchema>): unknown {
    this.#seed = {
      seed: change.seed ?? this.#seed.seed,
      contacts: change.contacts ?? this.#seed.contacts,
      leads: change.leads ?? this.#seed.leads,
    };
    this.#parts.system.reset(this.#seed);
    this.#parts.faults.set([]);
    this.#parts.stats.clear();
    return { ok: true, ...this.#seed, records: this.#parts.system.countRecords() };
  }
}
