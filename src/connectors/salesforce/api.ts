import type { HttpMethods } from 'jsforce';
import type { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed, type Failure } from '../../model/failure.ts';
import type { Gate } from '../budget/gate.ts';
import { withRetry } from '../budget/retry.ts';
import { failed, type Progress, SessionExpired, send } from './send.ts';
import type { Sessions } from './sessions.ts';
import type { Session } from './sign-in.ts';

/** One request, its path relative to the API version (`/query?q=…`) or from the root (`/services/data`). */
export interface ApiRequest {
  readonly method: HttpMethods;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiAnswer<T> {
  readonly body: T;
  /** The answer's Date header in milliseconds; null without one. */
  readonly date: number | null;
  /** When the answer had arrived, by this process's clock. */
  readonly readAt: number;
  /** The session it was made with; its user is us. */
  readonly session: Session;
}

/** What became of a write as a whole. `unknown` means that it may have been executed, in part or whole. */
export type WriteCall<T> =
  | { readonly kind: 'answered'; readonly body: T }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'unknown'; readonly cause: string };

/** Every call to Salesforce goes through here: session, gate, one request by jsforce, and at most one replay after a 401. */
export interface Api {
  /** `/services/data/v62.0`: where requests within a request begin. */
  readonly basePath: string;
  /** A request that changes nothing; repeated where that can help. @throws CallFailed; the context's abort reason */
  read<T>(context: CallContext, request: ApiRequest, schema: z.ZodType<T>): Promise<ApiAnswer<T>>;
  /** A request that writes: sent once, and after a 401 (which executes nothing) once more. Never rejects. */
  write<T>(context: CallContext, request: ApiRequest, schema: z.ZodType<T>): Promise<WriteCall<T>>;
}

export interface ApiOptions {
  readonly gate: Gate;
  readonly sessions: Sessions;
  readonly apiVersion: string;
  readonly clock: () => number;
  /** For tests: shrinks the waits between the tries of a read. */
  readonly retryDelayFactor: number;
}

/** What a write that threw has come to. @throws the error itself, when it is a defect of ours */
const writeCallOf = (error: unknown, progress: Progress, context: CallContext): WriteCall<never> => {
  if (progress.mayHaveRun) {
    const known = error instanceof CallFailed;
    const cause = known
      ? `${error.failure.code}: ${error.failure.message}`
      : 'stopped while it was under way';
    return { kind: 'unknown', cause };
  }
  if (error instanceof CallFailed) return { kind: 'refused', failure: error.failure };
  if (context.signal?.aborted !== true) throw error;
  const { failure } = failed('unavailable', 'ABORTED', 'stopped before it was sent');
  return { kind: 'refused', failure };
};

/** An answer that is not as documented is taken for the vendor's breakdown: a proxy's page, half a body. */
const checked = <T>(answer: ApiAnswer<unknown>, schema: z.ZodType<T>): ApiAnswer<T> => {
  const parsed = schema.safeParse(answer.body);
  if (parsed.success) return { ...answer, body: parsed.data };
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw failed('unavailable', 'BAD_ANSWER', `the answer is not what the API promises, at "${where}"`);
};

export const makeApi = (options: ApiOptions): Api => {
  const { gate, sessions, apiVersion, clock } = options;

  const once = async (
    context: CallContext,
    session: Session,
    request: ApiRequest,
    progress: Progress,
  ): Promise<ApiAnswer<unknown>> =>
    await gate.call(context, 'standard', async (signal) => {
      const { body, date, daily } = await send(session, apiVersion, request, progress, signal);
      return { value: { body, date, readAt: clock(), session }, daily };
    });

  /** One request under the present session and, after a 401, one more under a new session: never a third. */
  const perform = async (
    context: CallContext,
    request: ApiRequest,
    progress: Progress,
  ): Promise<ApiAnswer<unknown>> => {
    const session = await sessions.current(context);
    try {
      return await once(context, session, request, progress);
    } catch (error) {
      if (!(error instanceof SessionExpired)) throw error;
    }
    const renewed = await sessions.renew(session, context);
    try {
      return await once(context, renewed, request, progress);
    } catch (error) {
      if (!(error instanceof SessionExpired)) throw error;
      throw failed(
        'credentials',
        'INVALID_SESSION_ID',
        'a session is refused right after its sign-in: check that the integration user has "API Enabled" and that the app and the profile allow this address',
      );
    }
  };

  return {
    basePath: `/services/data/v${apiVersion}`,
    async read<T>(context: CallContext, request: ApiRequest, schema: z.ZodType<T>): Promise<ApiAnswer<T>> {
      return await withRetry(
        async () => checked(await perform(context, request, { mayHaveRun: false }), schema),
        { signal: context.signal, delayFactor: options.retryDelayFactor },
      );
    },
    async write<T>(context: CallContext, request: ApiRequest, schema: z.ZodType<T>): Promise<WriteCall<T>> {
      const progress: Progress = { mayHaveRun: false };
      try {
        const { body } = checked(await perform(context, request, progress), schema);
        return { kind: 'answered', body };
      } catch (error) {
        return writeCallOf(error, progress, context);
      }
    },
  };
};
