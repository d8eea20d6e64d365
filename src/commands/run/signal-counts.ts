import { Counter, type Registry } from 'prom-client';
import type { LiveSource } from '../../model/live.ts';
import type { System } from '../../model/system.ts';
import type { WebhookOutcome } from '../../server/hubspot-webhooks.ts';
import type { LiveTaken } from '../../sync/live-intake.ts';

/** Counts what comes in live; one of a process. */
export interface SignalCounts {
  request(outcome: WebhookOutcome): void;
  signals(system: System, source: LiveSource, taken: LiveTaken): void;
  /** A read that was older than known, and how long until the next. */
  staleRead(system: string, againMs: number): void;
}

export const makeSignalCounts = (registry: Registry): SignalCounts => {
  const requests = new Counter({
    name: 'tandem_webhook_requests_total',
    help: 'Requests to the webhook endpoint by what became of them',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const signals = new Counter({
    name: 'tandem_live_signals_total',
    help: 'Live signals by what they came to: dirty, known, ignored',
    labelNames: ['system', 'source', 'outcome'],
    registers: [registry],
  });
  const stale = new Counter({
    name: 'tandem_stale_reads_total',
    help: 'Reads that showed an older state than known, by the seconds until the next',
    labelNames: ['system', 'again'],
    registers: [registry],
  });
  return {
    request: (outcome) => requests.inc({ outcome }),
    signals: (system, source, taken) => {
      for (const outcome of ['dirty', 'known', 'ignored'] as const) {
        if (taken[outcome] > 0) signals.inc({ system, source, outcome }, taken[outcome]);
      }
    },
    staleRead: (system, againMs) => stale.inc({ system, again: String(againMs / 1_000) }),
  };
};
