import { setTimeout as sleep } from 'node:timers/promises';

const askEveryMs = 500;

/** A gauge of the worker's metrics page, summed over its labels. */
export const readGauge = (page: string, name: string): number =>
  [...page.matchAll(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'gm'))].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  );

/** Waits until a worker has no dirty row and no open write. Throws after `withinMs`. */
export const untilWorkedOff = async (url: string, withinMs: number): Promise<void> => {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const page = await (await fetch(`${url}/metrics`)).text();
    if (readGauge(page, 'tandem_dirty_rows') + readGauge(page, 'tandem_open_intents') === 0) return;
    if (performance.now() > deadline)
      throw new Error(`the worker still has work after ${withinMs / 1_000} s`);
    await sleep(askEveryMs);
  }
};
