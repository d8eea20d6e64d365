import type { CallContext } from '../../../model/budget.ts';
import type { ChangeStream, OpenStream, StreamPart } from '../../../model/change-stream.ts';
import { CallFailed } from '../../../model/failure.ts';
import type { LiveSignal } from '../../../model/live.ts';
import { failed } from '../send.ts';
import type { Sessions } from '../sessions.ts';
import type { Session } from '../sign-in.ts';
import { BayeuxConnection, type BayeuxMessage } from './bayeux.ts';
import { readChangeEvent } from './change-event.ts';

/** `-1`: from now on (streaming API, message durability). */
const fromNow = -1;
/** How long a connect is held when the server does not say: its own default. */
const heldMsDefault = 110_000;
/** An answer that is later than the server said by this much will not come. */
const graceMsDefault = 10_000;
/** A used-up allocation falls as its events grow older than a day. */
const usedUpMs = 15 * 60_000;

/** Lead → `/data/LeadChangeEvent`, Visit__c → `/data/Visit__ChangeEvent`. */
export const channelOf = (type: string): string => `/data/${type.replace(/__c$/, '__')}ChangeEvent`;

const isAuthentication = (error: string): boolean => error.startsWith('401::');

/** What a refusal means (streaming API error codes); the words of the vendor hold no values. */
const refusal = (message: BayeuxMessage | undefined): CallFailed => {
  const reason = message?.ext?.sfdc?.failureReason;
  const error = message?.error ?? 'no answer';
  const words = reason === undefined ? error : `${error}: ${reason}`;
  const code = `STREAM_${/\d{3}/.exec(reason ?? error)?.[0] ?? 'REFUSED'}`;
  if (isAuthentication(reason ?? error)) return failed('credentials', code, words);
  if (/limit exceeded/i.test(words)) {
    return new CallFailed({
      ...{ category: 'throttled', system: 'salesforce', code, message: words, fields: [] },
      retryAfterMs: usedUpMs,
    });
  }
  if (/unknown client/i.test(words)) return failed('unavailable', 'UNKNOWN_CLIENT', words);
  if (/^(?:400|403)::/.test(error)) return failed('permission', code, words);
  return failed('unavailable', code, words);
};

/** A type's subscription: what it asks for, and what became of it. */
interface Subscribed {
  readonly type: string;
  readonly fresh: boolean;
  readonly refused: string | null;
}

const isReplayRefused = (error: string): boolean => /replayId .* (?:was )?invalid/i.test(error);

const subscribe = async (
  connection: BayeuxConnection,
  wanted: readonly { readonly type: string; readonly replay: number }[],
): Promise<readonly Subscribed[]> => {
  const answers = await connection.send(
    wanted.map(({ type, replay }) => {
      const channel = channelOf(type);
      return { channel: '/meta/subscribe', subscription: channel, ext: { replay: { [channel]: replay } } };
    }),
  );
  const results = wanted.map(({ type, replay }): Subscribed & { readonly again: boolean } => {
    const answer = answers.find(
      ({ channel, subscription }) =>
        channel === '/meta/subscribe' && [subscription].flat().includes(channelOf(type)),
    );
    if (answer?.successful === true) return { type, fresh: replay === fromNow, refused: null, again: false };
    const failure = refusal(answer);
    const isAbout = answer?.error !== undefined && failure.failure.category === 'permission';
    // Anything but a refusal of this channel concerns the conversation as a whole.
    if (!isAbout) throw failure;
    return {
      type,
      fresh: true,
      refused: failure.failure.message,
      again: isReplayRefused(answer.error ?? ''),
    };
  });
  const again = results.filter((result) => result.again).map(({ type }) => ({ type, replay: fromNow }));
  const settled = results.filter((result) => !result.again);
  return again.length === 0 ? settled : [...settled, ...(await subscribe(connection, again))];
};

/** A part while it is put together. */
interface Part {
  readonly type: string;
  readonly signals: LiveSignal[];
  highest: number | null;
  events: number;
  incomplete: boolean;
}

/** The events of one answer, by type, in their order. */
const partsOf = (
  messages: readonly BayeuxMessage[],
  typeOf: ReadonlyMap<string, string>,
): readonly StreamPart[] => {
  const parts = new Map<string, Part>();
  for (const { channel, data } of messages) {
    const type = channel === undefined ? undefined : typeOf.get(channel);
    if (type === undefined || data === undefined) continue;
    const part: Part = parts.get(type) ?? { type, signals: [], highest: null, events: 0, incomplete: false };
    parts.set(type, part);
    part.events += 1;
    const event = readChangeEvent(type, data);
    if (event.kind === 'untold') part.incomplete = true;
    else part.signals.push(...event.signals);
    if (event.replayId !== null) part.highest = Math.max(part.highest ?? event.replayId, event.replayId);
  }
  return [...parts.values()].map(({ highest, ...part }) => ({
    ...part,
    at: highest === null ? null : String(highest),
  }));
};

const replayOf = (at: string | null): number => {
  const replay = at === null ? Number.NaN : Number(at);
  return Number.isSafeInteger(replay) && replay >= 0 ? replay : fromNow;
};

export interface StreamOptions {
  readonly sessions: Sessions;
  readonly apiVersion: string;
  /** For tests: how much later than it said an answer may be. */
  readonly graceMs?: number;
}

/**
 * Change events over the streaming API (CometD). One request is under way at a time: the next connect is sent when the reader asks
 * for it, so that what it has not stored yet is all that can come twice. Such requests do not count against the day's API calls, nor
 * against the limit on long ones; events count against an allocation of their own. docs/decisions/0029 says why no client library.
 */
export const makeSalesforceStream = ({
  sessions,
  apiVersion,
  graceMs = graceMsDefault,
}: StreamOptions): ChangeStream => {
  /** A session that the streaming API has refused. */
  let expired: Session | null = null;

  const noteExpiry = (error: unknown, session: Session): void => {
    if (error instanceof CallFailed && error.failure.category === 'credentials') expired = session;
  };

  const open = async (
    resume: ReadonlyMap<string, string | null>,
    signal: AbortSignal,
  ): Promise<OpenStream> => {
    const context: CallContext = { class: 'live', purpose: 'sign-in', signal };
    const session =
      expired === null ? await sessions.current(context) : await sessions.renew(expired, context);
    expired = null;
    const connection = new BayeuxConnection(session, apiVersion, signal);
    const typeOf = new Map([...resume.keys()].map((type) => [channelOf(type), type]));
    let heldMs = heldMsDefault;

    const demand = async (messages: readonly Readonly<Record<string, unknown>>[], withinMs?: number) => {
      const answers = await connection.send(messages, withinMs);
      const answer = answers.find(({ channel }) => channel === messages[0]?.channel);
      if (answer?.successful !== true) throw refusal(answer ?? answers[0]);
      heldMs = answer.advice?.timeout ?? heldMs;
      return { answer, answers };
    };

    const begin = async (): Promise<readonly Subscribed[]> => {
      const { answer } = await demand([
        {
          channel: '/meta/handshake',
          version: '1.0',
          minimumVersion: '1.0',
          supportedConnectionTypes: ['long-polling'],
        },
      ]);
      if (answer.clientId === undefined)
        throw failed('unavailable', 'BAD_ANSWER', 'the handshake gave no client id');
      connection.clientId = answer.clientId;
      return subscribe(
        connection,
        [...resume].map(([type, at]) => ({ type, replay: replayOf(at) })),
      );
    };

    const guard = async <T>(step: () => Promise<T>): Promise<T> => {
      try {
        return await step();
      } catch (error) {
        noteExpiry(error, session);
        throw error;
      }
    };

    const subscribed = await guard(begin);
    return {
      fresh: subscribed.filter(({ fresh, refused }) => fresh && refused === null).map(({ type }) => type),
      refused: subscribed.flatMap(({ type, refused }) => (refused === null ? [] : [{ type, why: refused }])),
      next: () =>
        guard(async () => {
          const { answers } = await demand(
            [{ channel: '/meta/connect', connectionType: 'long-polling' }],
            heldMs + graceMs,
          );
          return partsOf(answers, typeOf);
        }),
      close: () => connection.leave(),
    };
  };
  return { open };
};
