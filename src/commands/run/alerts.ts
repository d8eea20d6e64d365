import pRetry, { AbortError } from 'p-retry';
import { causeOf, type Logger } from '../../log.ts';
import type { PairMapping } from '../../model/mapping.ts';
import { startTick } from '../../queue/tick.ts';
import type { Store } from '../../store/open-store.ts';
import type { Alert, AlertTiming } from '../../store/operator/alerts.ts';
import { currentProblems } from '../status/problems.ts';
import type { Closers } from './closers.ts';

export interface AlertOptions {
  readonly store: Store;
  readonly pairs: readonly PairMapping[];
  /** Slack-compatible; a secret, never in a message or log. */
  readonly webhook: string;
  readonly log: Logger;
  readonly timing?: AlertTiming;
  /** The first wait between two tries, doubled each time. */
  readonly retryMs?: number;
}

const tickMs = 5_000;
const timingDefault: AlertTiming = { beginAfterMs: 5_000, endAfterMs: 30_000, leaseMs: 300_000 };
const retriesMax = 5;
const retryMsDefault = 1_000;
const answerWithinMs = 10_000;
/** Alerts told in one round; a system that breaks in a hundred ways is told in several. */
const perRoundMax = 20;

/** What looks like an email address or a phone number. Messages hold none; this keeps one that slipped in from leaving the house. */
const looksPersonal = /[^\s@'"<>:,;]+@[^\s@'"<>:,;]+|\+?\d[\d\s()./-]{7,}\d/g;
const textMax = 600;

const harmless = (text: string): string => {
  const cleaned = text.replace(looksPersonal, '…');
  return cleaned.length > textMax ? `${cleaned.slice(0, textMax)}…` : cleaned;
};

/** The message for people. */
export const alertText = ({ kind, problem }: Alert): string => {
  const { what, since, cause, fault, next } = problem;
  // Times have the shape of phone numbers: they are put in after the cleaning.
  if (kind === 'end') return `Tandem: over: ${harmless(what)} (since ${since})`;
  const lines = [`Cause: ${harmless(cause)}`, `Fault: ${fault}`, `Next: ${harmless(next)}`];
  return [`Tandem: ${harmless(what)} (since ${since})`, ...lines].join('\n');
};

const isRefused = (status: number): boolean =>
  status >= 400 && status < 500 && status !== 429 && status !== 408;

const post = async (webhook: string, alert: Alert, signal: AbortSignal, retryMs: number): Promise<void> => {
  const send = async (): Promise<void> => {
    const response = await fetch(webhook, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: alertText(alert) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
    });
    await response.body?.cancel();
    if (response.ok) return;
    const error = new Error(`the webhook answered ${response.status}`);
    throw isRefused(response.status) ? new AbortError(error) : error;
  };
  // fetch tells a broken network as a TypeError, which p-retry would take for a defect where it is not named so.
  await pRetry(
    async () =>
      send().catch((error: unknown) => {
        if (error instanceof AbortError) throw error;
        throw new Error(error instanceof Error ? error.message : 'no answer', { cause: error });
      }),
    { retries: retriesMax, minTimeout: retryMs, factor: 2, randomize: true, signal },
  );
};

/**
 * Tells the webhook what has begun and what is over since the last time, each once, whichever process of a fleet does it. What the
 * webhook does not take is tried again when the lease ends.
 */
export const tellAlerts = async (options: AlertOptions, signal: AbortSignal): Promise<void> => {
  const { store, pairs, webhook, log } = options;
  const timing = options.timing ?? timingDefault;
  const { operator } = store;
  await operator.noteProblems(await currentProblems(store, pairs), timing);
  for (let told = 0; told < perRoundMax && !signal.aborted; told += 1) {
    const alert = await operator.takeAlert(timing);
    if (alert === null) return;
    try {
      await post(webhook, alert, signal, options.retryMs ?? retryMsDefault);
      await operator.alertTold(alert);
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ event: 'alert-failed', key: alert.key, cause: causeOf(error) });
      return;
    }
  }
};

/** Keeps the webhook informed while the worker runs. */
export const startAlerts = (options: AlertOptions, closers: Closers): void => {
  const tick = startTick(
    tickMs,
    async (signal) => tellAlerts(options, signal),
    (error) => options.log.warn({ event: 'tick-failed', cause: causeOf(error) }),
  );
  closers.add(async () => tick.stop());
};
