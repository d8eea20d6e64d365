import type { SeenRequest } from '../requests/request.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import type { SeenPerson } from './person.ts';

/** Marketing's own campaigns leave out whoever has it (docs: the fields that Tandem owns). */
export const suppressedField = 'tandem_suppressed';

/** The newest request about lists that acts. */
const newestAboutLists = (
  requests: Readonly<Record<string, SeenRequest>>,
  { behaviours }: Pick<LifecycleDefinition, 'behaviours'>,
): SeenRequest | undefined =>
  behaviours.requests !== 'act'
    ? undefined
    : Object.values(requests)
        .filter(({ plan }) => plan.kind === 'leave' || plan.kind === 'join')
        .sort((a, b) => b.stamp - a.stamp)[0];

/**
 * Whether somebody was taken out of campaigns on request: from then on only a request puts them on a list. The mark in HubSpot says so, which a person may set
 * or take away by hand, too; a request says it before its mark stands there, and where the portal has none. Pure.
 */
export const isSuppressed = (
  { contact }: Pick<SeenPerson, 'contact'>,
  requests: Readonly<Record<string, SeenRequest>>,
  definition: Pick<LifecycleDefinition, 'behaviours'>,
): boolean => {
  const newest = newestAboutLists(requests, definition);
  const mark = String(contact.fields[suppressedField] ?? '');
  const isMarkOld = mark === '' || newest?.state === 'open';
  return isMarkOld && newest !== undefined ? newest.plan.kind === 'leave' : mark === 'true';
};
