import type { FieldHistoryEntry } from '../../model/record.ts';
import { salesFactsSeen } from '../look/look.ts';
import type { SeenPerson } from '../look/person.ts';
import type { StoredJourney } from '../look/stored.ts';
import { isNobody, type Staff } from '../staff/staff.ts';
import { salesStages } from '../stage/stages.ts';
import { callFor, type LifecycleContext } from './context.ts';
import { unlessHidden } from './unless-hidden.ts';

/** Whether no person gave a lead its status: by the newest line of its history, or, where that tells nothing, since an automation was the last to change the lead. */
const isAutomatic = (
  newest: FieldHistoryEntry | undefined,
  changedBy: string | undefined,
  { owners }: Staff,
): boolean => {
  const author = owners.get(newest?.sourceId ?? '');
  if (newest !== undefined) return author !== undefined && isNobody(author);
  // That Tandem was the last says nothing: it writes often, and a rep may have come just before.
  return owners.get(changedBy ?? '')?.isMachine === true;
};

/**
 * People, with those marked whose status means work and was given by no person. Flows that run by themselves have a user of their own; one that a write of Tandem's sets
 * off runs as Tandem. Salesforce is asked for the history alone of those whom nobody's user changed last: two calls, seldom. Others are as they were. @throws CallFailed
 */
export const withStatusAuthors = async (
  context: LifecycleContext,
  people: ReadonlyMap<string, SeenPerson>,
  storedOf: (contactId: string) => StoredJourney | null,
): Promise<ReadonlyMap<string, SeenPerson>> => {
  const staff = await context.staff();
  const doubtful = [...people].flatMap(([id, person]) => {
    const { sales } = person;
    const last = staff.owners.get(sales?.changedBy ?? '');
    if (sales?.ref.type !== 'Lead' || last === undefined || !isNobody(last)) return [];
    const stored = storedOf(id);
    // Before somebody is with sales no clock waits for a touch.
    if (stored === null || !salesStages.has(stored.journey.stage)) return [];
    const facts = salesFactsSeen(stored, sales, context.models.lifecycle);
    return facts.some(({ kind }) => kind === 'touched') ? [{ id, person, sales }] : [];
  });
  if (doubtful.length === 0) return people;
  const histories = await unlessHidden(
    context.systems.salesforce.history(
      'Lead',
      doubtful.map(({ sales }) => sales.ref.id),
      ['Status'],
      callFor(context, 'read'),
    ),
  );
  const marked = doubtful.flatMap(({ id, person, sales }): [string, SeenPerson][] => {
    const newest = histories?.get(sales.ref.id)?.Status?.[0];
    return isAutomatic(newest, sales.changedBy, staff)
      ? [[id, { ...person, sales: { ...sales, isStatusAutomatic: true } }]]
      : [];
  });
  return new Map([...people, ...marked]);
};
