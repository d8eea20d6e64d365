import type { RouteLine } from '../routing/route.ts';
import { fallbackOf } from '../routing/route.ts';
import type { LifecycleContext } from '../run/context.ts';
import { readPeople } from '../run/read-people.ts';
import { isNobody } from '../staff/staff.ts';
import { isHanding, type RoutePlan } from './effect.ts';
import { gaveAway, queuesOf } from './route-step.ts';
import type { Standing } from './standing.ts';
import { ownerOnRecord } from './taken-since.ts';

/**
 * The org's own rule chooses the owner, with the write of the values. Not once more where an earlier try, whose answer was lost, gave the lead to
 * somebody: rules that take turns would choose another.
 */
export const isAssigned = ({ effect, person, staff }: Standing): boolean => {
  if (!isHanding(effect) || effect.route?.decision.kind !== 'assignment-rules') return false;
  if (person.sales?.ref.type !== 'Lead') return false;
  const owner = staff.owners.get(String(person.sales.fields.OwnerId ?? ''));
  return effect.attempts === 0 || owner === undefined || isNobody(owner);
};

/**
 * Why the owner whom a lead has after the org's rule is none: a user behind whom nobody is, as Tandem's own, who has what it made as long as no rule is active (REST API guide, Assignment Rule
 * Header) and may be the default lead owner; or whoever gave the lead away. Null: somebody has it. A queue is the rule's choice.
 */
const lineOfNobody = (before: Standing, { staff, person }: Standing): RouteLine | null => {
  const line = { step: 'assignment rules', name: null } as const;
  const id = String(person.sales?.fields.OwnerId ?? '');
  const owner = staff.owners.get(id);
  if (owner !== undefined && isNobody(owner)) return { ...line, owner: null, outcome: 'nobody' };
  if (owner?.active === false) return { ...line, owner: id, outcome: 'inactive' };
  return gaveAway(before).has(id) ? { ...line, owner: id, outcome: 'refused' } : null;
};

/** What the org's rule came to. `instead`: it gave the lead to nobody, and where it goes now. */
export interface Assigned {
  readonly standing: Standing;
  readonly instead: RoutePlan | null;
}

/**
 * Reads again whose owner the org's rule has just chosen, for the task, the clocks and the message are for that one; whom it gave to nobody goes to the fallback
 * queue. Only those who are there are answered. @throws CallFailed
 */
export const readAssigned = async (
  context: LifecycleContext,
  assigned: readonly Standing[],
): Promise<ReadonlyMap<Standing, Assigned>> => {
  if (assigned.length === 0) return new Map();
  const { people } = await readPeople(
    context,
    assigned.map(({ effect }) => effect.contactId),
  );
  return new Map(
    assigned.flatMap((before): [Standing, Assigned][] => {
      const person = people.get(before.effect.contactId);
      if (person === undefined) return [];
      const standing = { ...before, person };
      const nobody = lineOfNobody(before, standing);
      if (nobody === null) return [[before, { standing, instead: null }]];
      const { decision, line } = fallbackOf(
        context.models.routing,
        queuesOf(standing.staff),
        person.sales?.ref.type ?? 'Lead',
      );
      const { version } = context.models.routing;
      const instead = { decision, lines: [nobody, line], version, before: ownerOnRecord(standing) };
      return [[before, { standing, instead }]];
    }),
  );
};
