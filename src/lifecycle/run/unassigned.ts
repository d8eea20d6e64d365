import type { LifecycleContext } from './context.ts';

const key = 'lifecycle:unassigned';

/** Why another router than Tandem gave leads to nobody, and what helps. */
const words = {
  'salesforce-assignment-rules': {
    cause:
      'routing.yaml has by: salesforce-assignment-rules, and there is no active lead assignment rule in Salesforce, or it gave them to nobody who can work on them (tandem explain tells of each).',
    next: "Activate a lead assignment rule whose last entry takes everybody (Setup, Lead Assignment Rules), or put your reps under pools in routing.yaml with 'by: tandem'; give the leads that wait to somebody in Salesforce.",
  },
  external: {
    cause:
      'routing.yaml has by: external, and that router gave them to nobody in time (tandem explain tells of each).',
    next: "Look why the other router passes them by, or put your reps under pools in routing.yaml with 'by: tandem'; give the leads that wait to somebody in Salesforce.",
  },
} as const;

/**
 * Looks for leads that wait for a first touch and are with nobody, since another router than Tandem chose nobody: in the fallback queue, or still with Tandem's own
 * user. A problem as long as there are any. Asks the store alone. With `by: tandem` the queue is where the file sends them.
 */
export const findUnassigned = async ({ store, engine, models, staff }: LifecycleContext): Promise<void> => {
  const { by, fallbackQueue } = models.routing;
  if (by === 'tandem') return engine.clearProblem(key);
  const { owners } = await staff();
  const ours = [...owners.values()].filter(({ isTandem }) => isTandem === true).map(({ id }) => id);
  const count = await store.untouched([fallbackQueue, ...ours]);
  if (count === 0) return engine.clearProblem(key);
  const queue = owners.get(fallbackQueue)?.name ?? fallbackQueue;
  await engine.raiseProblem({
    key,
    what: `${count} ${count === 1 ? 'lead waits' : 'leads wait'} with nobody: in the queue '${queue}', or with Tandem's own user`,
    ...words[by],
    fault: 'config',
  });
};
