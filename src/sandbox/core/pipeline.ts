import type { Clock } from './clock.ts';
import type { FaultEffect, FaultPlan } from './faults.ts';
import type { Latency } from './latency.ts';
import { type ApiReply, type ApiRequest, type Caller, Refusal } from './message.ts';
import { type RouteMatch, RouteTable } from './routes.ts';
import type { StatsCounter } from './stats.ts';
import type { SimulatedSystem } from './system.ts';

export interface PipelineParts {
  readonly system: SimulatedSystem;
  readonly clock: Clock;
  readonly latency: Latency;
  readonly faults: FaultPlan;
  readonly stats: StatsCounter;
  /** Hears of a handler that broke. */
  readonly onDefect: (error: unknown, request: ApiRequest) => void;
}

/** What becomes of a connection: it gets an answer, or it is cut. */
export type Outcome = ApiReply | 'drop';

/**
 * The way of every call of the public API: caller, counters, fault, half of the latency, sign-in and limits, the
 * handler, the other half. The time of a change is thus between the client's sending and its answer, as in life.
 */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #routes: RouteTable;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.#routes = new RouteTable(parts.system.routes);
  }

  async serve(request: ApiRequest, signal: AbortSignal): Promise<Outcome> {
    const leave = this.#parts.system.arrive?.(request);
    try {
      return await this.#serve(request, signal);
    } finally {
      leave?.();
    }
  }

  async #serve(request: ApiRequest, signal: AbortSignal): Promise<Outcome> {
    const { system, stats, faults, clock, latency } = this.#parts;
    const caller = system.identify(request);
    const match = this.#routes.find(request.method, request.path);
    const label = this.#label(request, match);
    stats.countCall(caller, label);
    const effect = faults.pick(request, caller);
    const ms = latency.draw();
    const wait = async (delayMs: number): Promise<void> => (delayMs > 0 ? clock.sleep(delayMs) : undefined);
    await wait(ms / 2 + (effect?.delayMs ?? 0));
    const outcome =
      effect === null
        ? await this.#perform(request, match, caller, signal)
        : await this.#playFault(effect, request, match, caller, signal);
    await wait(ms / 2);
    stats.countStatus(outcome === 'drop' ? 'dropped' : outcome.status);
    if (outcome === 'drop') stats.countDropped(caller, label);
    return outcome;
  }

  async #playFault(
    effect: FaultEffect,
    request: ApiRequest,
    match: RouteMatch | null,
    caller: Caller | null,
    signal: AbortSignal,
  ): Promise<Outcome> {
    if (effect.drop === 'before') return 'drop';
    const answer = this.#faultReply(effect, request);
    if (answer !== null && effect.drop === undefined && effect.perform !== true) return answer;
    const reply = await this.#perform(request, match, caller, signal);
    return effect.drop === 'after' ? 'drop' : (answer ?? reply);
  }

  #faultReply(effect: FaultEffect, request: ApiRequest): ApiReply | null {
    const vendor =
      effect.code === undefined ? null : this.#parts.system.errorReply(effect.code, effect.status, request);
    if (effect.body !== undefined) {
      return { ...vendor, status: effect.status ?? vendor?.status ?? 500, body: effect.body };
    }
    if (vendor !== null) return vendor;
    return effect.status === undefined ? null : { status: effect.status };
  }

  async #perform(
    request: ApiRequest,
    match: RouteMatch | null,
    caller: Caller | null,
    signal: AbortSignal,
  ): Promise<ApiReply> {
    const { system, stats } = this.#parts;
    if (caller === null && match?.route.open !== true) return system.unauthenticated(request);
    const admission = system.admit(request, caller);
    if ('refused' in admission) {
      stats.countLimited();
      return admission.refused;
    }
    try {
      const reply = await this.#handle(request, match, caller, signal);
      return admission.headers === undefined
        ? reply
        : { ...reply, headers: { ...admission.headers, ...reply.headers } };
    } finally {
      admission.release?.();
    }
  }

  async #handle(
    request: ApiRequest,
    match: RouteMatch | null,
    caller: Caller | null,
    signal: AbortSignal,
  ): Promise<ApiReply> {
    if (match === null) return this.#parts.system.notFound(request);
    try {
      return await match.route.handle({ request, params: match.params, caller, signal });
    } catch (error) {
      if (error instanceof Refusal) return error.reply;
      this.#parts.onDefect(error, request);
      return this.#parts.system.brokenReply(request);
    }
  }

  #label(request: ApiRequest, match: RouteMatch | null): string {
    if (match === null) return `${request.method} {unknown}`;
    const path = match.route.template.replace(/\{([^}]+)\}/g, (whole, name: string) => {
      const value = match.params.get(name);
      return (value === undefined ? null : this.#parts.system.statsParameter(name, value)) ?? whole;
    });
    return `${request.method} ${path}`;
  }
}
