import { untouchedStages } from '../look/left-orders.ts';
import { isPerson } from '../staff/staff.ts';
import { salesStages } from '../stage/stages.ts';
import type { LifecycleContext } from './context.ts';
import { ownerNames } from './staff-book.ts';

const key = 'lifecycle:left';

/**
 * Looks for leads of reps who are no longer active: a problem as long as there are any, and everybody whom the leaver never touched is looked at, which
 * gives them to somebody else where `route` acts. Asks the store alone. `known` are those whose leads were looked at already.
 */
export const findLeavers = async (context: LifecycleContext, known: Set<string>): Promise<void> => {
  const { store, engine, models } = context;
  const [staff, open] = await Promise.all([context.staff(), store.openLeads([...salesStages])]);
  const left = [...staff.owners.values()].filter(
    (owner) => isPerson(owner) && !owner.active && open.has(owner.id),
  );
  if (left.length === 0) {
    known.clear();
    return engine.clearProblem(key);
  }
  const count = left.reduce((sum, { id }) => sum + (open.get(id) ?? 0), 0);
  const acts = models.lifecycle.behaviours.route === 'act';
  await engine.raiseProblem({
    key,
    what: `${count} ${count === 1 ? 'lead' : 'leads'} of reps who are no longer active`,
    cause: `${ownerNames(left)} cannot sign in to Salesforce any more and still ${left.length === 1 ? 'has' : 'have'} them.`,
    fault: 'data',
    next: acts
      ? 'Those that nobody touched go to other reps by themselves. Give those that are being worked on to somebody in Salesforce.'
      : "Give them to somebody in Salesforce; with 'route: act' in lifecycle.yaml those that nobody touched would go to other reps by themselves.",
  });
  const fresh = left.map(({ id }) => id).filter((id) => !known.has(id));
  if (!acts || fresh.length === 0) return;
  await store.wakeOf(fresh, [...untouchedStages]);
  for (const id of fresh) {
    known.add(id);
    context.events.emit('rep-left', { owner: id, leads: open.get(id) ?? 0 });
  }
};
