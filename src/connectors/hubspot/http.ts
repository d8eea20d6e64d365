import type { z } from 'zod';
import type { CallContext, Lane } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { CallReport, Gate } from '../budget/gate.ts';
import { withRetry } from '../budget/retry.ts';
import type { HubSpotClient } from './client.ts';
import { failureOfAnswer, failureOfSilence, malformedAnswer } from './errors.ts';
import { laneOf } from './limits.ts';
import { dailyOf, windowOf } from './rate-headers.ts';

export interface HubSpotCall<T> {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly schema: z.ZodType<T>;
  readonly lane?: Lane;
}

/** An answer with a status of 2xx whose body has the shape that was asked for. */
export interface HubSpotAnswer<T> {
  readonly status: number;
  readonly body: T;
  /** The vendor's time from the Date header, whole seconds in milliseconds; null without one. */
  readonly date: number | null;
  readonly arrivedAt: number;
}

export interface HubSpotHttp {
  /** One read: repeated where that can help. @throws CallFailed; the abort reason */
  read<T>(context: CallContext, call: HubSpotCall<T>): Promise<HubSpotAnswer<T>>;
  /** One write, sent at most once. `onSend` is called when it leaves: before that, nothing can have been executed. */
  write<T>(context: CallContext, call: HubSpotCall<T>, onSend: () => void): Promise<HubSpotAnswer<T>>;
}

const dateOf = (headers: Headers): number | null => {
  const at = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(at) ? null : at;
};

/** Bodies that are not JSON (HTML from the edge) come as undefined. */
const parseBody = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Everything that goes to HubSpot goes through here: permit, one request, status, shape. */
export const makeHubSpotHttp = (
  client: HubSpotClient,
  gate: Gate,
  clock: () => number,
  retryDelayFactor: number,
): HubSpotHttp => {
  const once = async <T>(
    call: HubSpotCall<T>,
    signal: AbortSignal,
  ): Promise<CallReport<HubSpotAnswer<T>>> => {
    const place = `${call.method} ${call.path}`;
    let response: Response;
    let text: string;
    try {
      response = await client.send(
        {
          method: call.method,
          path: call.path,
          ...(call.query === undefined ? {} : { qs: call.query }),
          ...(call.body === undefined ? {} : { body: call.body }),
        },
        signal,
      );
      text = await response.text();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw new CallFailed(failureOfSilence(place, client.origin, error), { cause: error });
    }
    const body = parseBody(text);
    if (response.status < 200 || response.status > 299) {
      throw new CallFailed(failureOfAnswer(place, response.status, response.headers, body), {
        window: windowOf(response.headers),
      });
    }
    const parsed = call.schema.safeParse(body);
    if (!parsed.success) throw new CallFailed(malformedAnswer(place, parsed.error));
    return {
      value: {
        status: response.status,
        body: parsed.data,
        date: dateOf(response.headers),
        arrivedAt: clock(),
      },
      daily: dailyOf(response.headers),
      window: windowOf(response.headers),
    };
  };

  return {
    read: (context, call) =>
      withRetry(() => gate.call(context, call.lane ?? laneOf(call.path), (signal) => once(call, signal)), {
        signal: context.signal,
        delayFactor: retryDelayFactor,
      }),
    write: (context, call, onSend) =>
      gate.call(context, call.lane ?? laneOf(call.path), (signal) => {
        onSend();
        return once(call, signal);
      }),
  };
};
