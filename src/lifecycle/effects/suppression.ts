import { suppressedField } from '../look/suppressed.ts';
import { callFor, type LifecycleContext } from '../run/context.ts';
import type { StepResult } from './effect.ts';
import type { Standing } from './standing.ts';
import { outcomeOf } from './step.ts';

const isMarked = ({ person }: Standing): boolean =>
  String(person.contact.fields[suppressedField] ?? '') === 'true';

/** Whether the portal has the mark, and the integration may set it. */
export const canSuppress = ({ writable, pair }: LifecycleContext): boolean =>
  writable.get(pair.types.hubspot)?.has(suppressedField) === true;

/** Sets the mark, or takes it away, where it is not so already: one call for all. Answers those whose write did not land. */
export const setSuppressed = async (
  context: LifecycleContext,
  standings: readonly Standing[],
  value: boolean,
): Promise<ReadonlyMap<Standing, StepResult>> => {
  const open = canSuppress(context) ? standings.filter((standing) => isMarked(standing) !== value) : [];
  if (open.length === 0) return new Map();
  const outcomes = await context.systems.hubspot.writeMany(
    context.pair.types.hubspot,
    open.map(({ person }) => ({
      op: 'update',
      key: context.makeId(),
      id: person.contact.ref.id,
      fields: { [suppressedField]: value },
    })),
    callFor(context, 'write'),
  );
  const results = open.map((standing, at) => [standing, outcomeOf(standing, outcomes[at])] as const);
  return new Map(results.filter(([, { kind }]) => kind !== 'done'));
};
