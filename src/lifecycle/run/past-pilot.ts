import type { LifecycleContext } from './context.ts';

const key = 'lifecycle:pilot';

/**
 * Looks whether the pilot of sla.yaml is over: a problem as long as it stands there, since from then on clocks remind and tell nobody, those who took part
 * included, and nothing else would show it.
 */
export const findPastPilot = async ({ store, engine, models }: LifecycleContext): Promise<void> => {
  const { pilot } = models.sla;
  const acts = models.lifecycle.behaviours.clock === 'act';
  if (!acts || pilot === null || (await store.now()) < pilot.end) return engine.clearProblem(key);
  const day = new Date(pilot.end).toISOString().slice(0, 10);
  await engine.raiseProblem({
    key,
    what: `lifecycle: the pilot of the service level is over since ${day}, and no clock reminds or tells anybody`,
    cause: `sla.yaml has a pilot with 'end: ${day}': clocks acted for those who took part, until then.`,
    fault: 'config',
    next: "Compare both groups with tandem handoffs; then take 'pilot' out of sla.yaml, so that clocks act for everybody, or write a later end, and restart the worker.",
  });
};
