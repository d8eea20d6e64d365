import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { Gate } from '../budget/gate.ts';
import { type Session, type SignInOptions, signIn } from './sign-in.ts';
import { SingleCallTransport } from './transport.ts';

/** A refused sign-in is not tried again before: repeated wrong passwords lock the user out. */
const refusedHoldMs = 30_000;
/** More answered sign-ins than this within the window mean that no session lasts; going on would only burn calls. */
const signInsMax = 5;
const signInWindowMs = 60_000;

/** The one session that all calls of a connector share. */
export interface Sessions {
  /** The present session; signs in where there is none. @throws CallFailed as signIn; the abort reason of the context */
  current(context: CallContext): Promise<Session>;
  /** A session newer than `expired`. Callers at the same time share one sign-in, and a session renewed meanwhile is taken. */
  renew(expired: Session, context: CallContext): Promise<Session>;
}

export interface SessionsOptions extends SignInOptions {
  readonly gate: Gate;
  readonly clock: () => number;
}

/** Waits for a shared promise, but no longer than the caller wants to. */
const waitFor = async <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return await promise;
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};

const noSessionLasts = (): CallFailed =>
  new CallFailed({
    category: 'credentials',
    system: 'salesforce',
    code: 'SESSIONS_DO_NOT_LAST',
    message: `${signInsMax} sessions were refused within a minute of their sign-in: check the integration user's API access and the app's session policy`,
    fields: [],
    retryAfterMs: signInWindowMs,
  });

/**
 * States: no session → signing in → session; a 401 leads back to signing in through `renew`. A refused sign-in is held for
 * `refusedHoldMs`, one that got no answer is not.
 */
export const makeSessions = (options: SessionsOptions): Sessions => {
  let session: Session | null = null;
  let signingIn: Promise<Session> | null = null;
  let refused: { readonly error: CallFailed; readonly at: number } | null = null;
  let answeredAt: number[] = [];

  const assertAllowed = (): void => {
    const now = options.clock();
    if (refused !== null && now - refused.at < refusedHoldMs) throw refused.error;
    answeredAt = answeredAt.filter((at) => now - at < signInWindowMs);
    if (answeredAt.length >= signInsMax) throw noSessionLasts();
  };

  const start = async (context: CallContext): Promise<Session> => {
    try {
      assertAllowed();
      // Not the caller's signal, nor its reservation: others wait for this sign-in too, and reserved permits are for the work.
      session = await options.gate.call(
        { class: context.class, purpose: 'sign-in' },
        'standard',
        async (signal) => ({ value: await signIn(options, new SingleCallTransport(signal)), daily: null }),
      );
      refused = null;
      answeredAt.push(options.clock());
      return session;
    } catch (error) {
      session = null;
      const isRefusal = error instanceof CallFailed && error.failure.category === 'credentials';
      if (isRefusal && error.failure.code !== 'SESSIONS_DO_NOT_LAST' && error !== refused?.error) {
        refused = { error, at: options.clock() };
      }
      throw error;
    }
  };

  const share = (context: CallContext): Promise<Session> => {
    // Forgotten by a callback, which runs after this assignment: what `start` refuses without waiting for anything has ended before it,
    // and would be the answer to every later call.
    signingIn ??= start(context).finally(() => {
      signingIn = null;
    });
    // Where every waiting caller gives up, nobody is left to handle the rejection.
    signingIn.catch(() => undefined);
    return waitFor(signingIn, context.signal);
  };

  return {
    async current(context) {
      return signingIn === null && session !== null ? session : await share(context);
    },
    async renew(expired, context) {
      if (signingIn === null && session !== null && session.accessToken !== expired.accessToken)
        return session;
      return await share(context);
    },
  };
};
