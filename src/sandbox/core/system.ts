import type { System } from '../../model/system.ts';
import type { LimitChange } from './limits.ts';
import type { ApiReply, ApiRequest, Caller, PathParams } from './message.ts';
import type { Route } from './routes.ts';
import type { CompanyRule } from './rules.ts';

/** What a company starts with. Same seed, same records. */
export interface SeedOptions {
  readonly seed: number;
  readonly contacts: number;
  readonly leads: number;
}

/** Whether the limits let a call in; `headers` go onto its answer, `release` is called when the answer is out. */
export type Admission =
  | { readonly refused: ApiReply }
  | { readonly headers?: Readonly<Record<string, string>>; readonly release?: () => void };

/** A control request was well-formed but names something that is not there; answered with 400 and the message. */
export class ControlError extends Error {
  readonly place: string;
  constructor(place: string, message: string) {
    super(message);
    this.name = 'ControlError';
    this.place = place;
  }
}

/** One more endpoint under /_sandbox/ that only this system has (webhooks, activity, streaming). Throws ControlError or a ZodError. */
export interface ControlRoute {
  readonly method: string;
  /** Below /_sandbox, with parameters in braces: `/webhooks`. */
  readonly template: string;
  handle(body: unknown, params: PathParams, query: URLSearchParams): unknown;
}

/** A vendor's system as the shared server sees it: the server does HTTP, latency, faults, counters and control. */
export interface SimulatedSystem {
  readonly name: System;
  /** Whether it keeps who gave a field its value. */
  readonly keepsSources?: boolean;
  readonly jsonContentType: string;
  readonly routes: readonly Route[];
  readonly controlRoutes: readonly ControlRoute[];

  /** Who calls, by the vendor's own authentication; null when nobody is signed in. Sign-in routes may look into the body. */
  identify(request: ApiRequest): Caller | null;
  /** Told when a call comes in, before any delay; the function it gives is called when the answer is out or cut. */
  arrive?(request: ApiRequest): () => void;
  /** Counts the call against the limits, or refuses it in the vendor's words. */
  admit(request: ApiRequest, caller: Caller | null): Admission;
  /** How a path parameter stands in the statistics' path templates; null keeps `{name}`. */
  statsParameter(name: string, value: string): string | null;

  unauthenticated(request: ApiRequest): ApiReply;
  notFound(request: ApiRequest): ApiReply;
  /** The vendor's own error body for its code (the fault's `code`); `status` replaces the usual one. */
  errorReply(code: string, status: number | undefined, request: ApiRequest): ApiReply;
  /** The vendor's answer when a handler broke: a defect of the simulator. */
  brokenReply(request: ApiRequest): ApiReply;

  /** Back to the start: records, rules, added schema and use of the limits. Limits themselves stay as they were set. */
  reset(options: SeedOptions): void;
  changeLimits(change: LimitChange): void;
  setRules(rules: readonly CompanyRule[]): void;
  /** Live records by the API's own name of the object. */
  countRecords(): Readonly<Record<string, number>>;
  /** Every record, raw, archived and deleted ones too, in order of id; throws ControlError on an unknown type. */
  pageRecords(type: string, after: string | null, limit: number): { records: unknown[]; after?: string };
  /**
   * Enters records as if by the person, outside limits and counters: all, or ControlError and none. `source` says who it was instead,
   * where the system keeps that.
   */
  loadRecords(
    type: string,
    records: readonly Readonly<Record<string, unknown>>[],
    source?: unknown,
  ): readonly string[];
  /** Adds objects and fields; throws ControlError or a ZodError. */
  addSchema(payload: unknown): void;

  /** Everything that the system holds, as data that v8's serializer takes; valid until the next change. */
  exportState(): unknown;
  /** Ends what the system does by itself (deliveries that wait for a retry). */
  close?(): void;
  /** Fills a system that was reset to an empty company. Throws where another version of the simulator made the state. */
  importState(state: unknown): void;
}
