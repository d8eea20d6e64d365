import { setTimeout as sleep } from 'node:timers/promises';
import type { Sides } from '../../model/system.ts';
import type { Figures } from './figures.ts';
import { number, type Screen, seconds } from './screen.ts';
import type { WorkerEvent } from './worker-events.ts';

const lookEveryMs = 1_000;
/** Rows that may wait when the alignment counts as done: the first edits are among them. */
const waitingMax = 10;
/** Edits begin by then, however much is still to be aligned: they go before it. */
export const patienceMs = 25_000;

export interface AlignmentWatch {
  hear(event: WorkerEvent): void;
  /** Shows the progress until everything is aligned; `created` answers how many records Tandem made so far. */
  show(
    figures: () => Promise<Figures | null>,
    created: () => Promise<Sides<number> | null>,
    people: number,
    signal: AbortSignal,
  ): Promise<void>;
  /** Resolves when it is time for the first edit. */
  readonly edits: Promise<void>;
}

/** Follows the first alignment: what the worker says of it, and how many are linked. */
export const watchAlignment = (screen: Screen): AlignmentWatch => {
  /** Pairs whose alignment is not over; null before the worker has named them. */
  let open: Set<string> | null = null;
  let hasPages = false;
  const startedAt = performance.now();
  const { promise: edits, resolve: letEdit } = Promise.withResolvers<void>();

  const tellDone = (now: Figures, created: Sides<number>): void => {
    if (!hasPages) {
      screen.tell(`Goes on where it was: ${number(now.links)} people are linked.`);
      return;
    }
    screen.tell(
      `First alignment done in ${seconds(performance.now() - startedAt)}: ${number(now.links)} people linked, ` +
        `${number(created.hubspot)} contacts and ${number(created.salesforce)} leads created, ` +
        (now.otherLinks === 0 ? '' : `${number(now.otherLinks)} companies and deals linked, `) +
        `${number(now.calls.hubspot)} calls to HubSpot, ${number(now.calls.salesforce)} to Salesforce.`,
    );
  };

  return {
    edits,
    hear: (event) => {
      if (event.event === 'alignment-page') hasPages = true;
      if (event.event === 'ready') open = new Set(event.pairs);
      if (event.event === 'alignment-done') open?.delete(event.pair);
    },
    show: async (figures, created, people, signal) => {
      while (!signal.aborted) {
        const now = await figures();
        const made = now && open?.size === 0 && now.queue <= waitingMax ? await created() : null;
        if (now && made) {
          tellDone(now, made);
          break;
        }
        if (now && hasPages) {
          const share = `${number(now.links)} of about ${number(people)} people linked`;
          // Companies come first: until they are there, nobody is.
          const others = now.otherLinks === 0 ? '' : `, ${number(now.otherLinks)} companies and deals`;
          screen.progress(
            `First alignment: ${share}${others} · ${number(now.queue)} waiting · ${seconds(performance.now() - startedAt)}`,
          );
        }
        if (performance.now() - startedAt > patienceMs) letEdit();
        await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
      }
      letEdit();
    },
  };
};
