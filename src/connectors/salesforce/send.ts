import { Connection, type HttpResponse } from 'jsforce';
import type { DailyQuota } from '../../model/budget.ts';
import { CallFailed, type Failure } from '../../model/failure.ts';
import type { ApiRequest } from './api.ts';
import { callFailure } from './call-failure.ts';
import type { Session } from './sign-in.ts';
import { NoAnswer, SingleCallTransport } from './transport.ts';

/** The name under which change events and login history show our calls. */
export const clientName = 'tandem';

/** Whether the vendor may have executed the request: set before it leaves, taken back by an answer that says no. */
export interface Progress {
  mayHaveRun: boolean;
}

/** A 401 for the session that the request was made with. Never leaves api.ts. */
export class SessionExpired extends Error {}

/** A failure that we noticed ourselves. */
export const failed = (
  category: Failure['category'],
  code: string,
  message: string,
  cause?: unknown,
): CallFailed => new CallFailed({ category, system: 'salesforce', code, message, fields: [] }, { cause });

/** `Sforce-Limit-Info: api-usage=18/5000` (REST API guide, Limit Info header). A limit of nothing, in an answer to a call, tells nothing. */
const dailyOf = (answer: HttpResponse | null): DailyQuota | null => {
  const usage = /api-usage=(\d+)\/0*([1-9]\d*)/.exec(answer?.headers['sforce-limit-info'] ?? '');
  return usage === null ? null : { used: Number(usage[1]), limit: Number(usage[2]) };
};

const dateOf = (answer: HttpResponse | null): number | null => {
  const date = Date.parse(answer?.headers.date ?? '');
  return Number.isNaN(date) ? null : date;
};

/** No refresh function and no OAuth client: jsforce throws on a 401 instead of refreshing for ever. */
const connect = (session: Session, apiVersion: string): Connection =>
  new Connection({
    instanceUrl: session.instanceUrl,
    accessToken: session.accessToken,
    version: apiVersion,
    callOptions: { client: clientName },
  });

/** An answer of status below 300, with what its headers say. */
export interface Sent {
  readonly body: unknown;
  readonly date: number | null;
  readonly daily: DailyQuota | null;
}

/**
 * One request by jsforce, cut when the signal aborts.
 * @throws SessionExpired on a 401; CallFailed on everything else that is no success
 */
export const send = async (
  session: Session,
  apiVersion: string,
  request: ApiRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<Sent> => {
  const transport = new SingleCallTransport(signal);
  const headers = { 'content-type': 'application/json', ...request.headers };
  const body = request.body === undefined ? null : JSON.stringify(request.body);
  const connection = connect(session, apiVersion);
  progress.mayHaveRun = true;
  try {
    const answered = await connection.request<unknown>(
      { method: request.method, url: request.path, headers, body },
      { transport: transport.asJsforce() },
    );
    const status = transport.answer?.statusCode ?? 0;
    if (status >= 300) {
      progress.mayHaveRun = false;
      throw failed('request', `HTTP_${status}`, 'redirected: check SALESFORCE_LOGIN_URL');
    }
    return { body: answered, date: dateOf(transport.answer), daily: dailyOf(transport.answer) };
  } catch (error) {
    if (error instanceof NoAnswer) {
      progress.mayHaveRun = error.sent;
      throw failed('unavailable', error.code, error.message, error);
    }
    if (error instanceof CallFailed || transport.answer === null) throw error;
    const { failure, executed } = callFailure(transport.answer);
    progress.mayHaveRun = executed !== 'no';
    if (transport.answer.statusCode === 401) throw new SessionExpired();
    // Not jsforce's error as the cause: its message and data hold values.
    throw new CallFailed(failure);
  }
};
