import type { FieldHistoryEntry } from '../../model/record.ts';
import { salesFactsSeen } from '../look/look.ts';
import type { SeenPerson, SeenRecord } from '../look/person.ts';
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

/** A person who changed a record last; undefined where that was nobody's user, which comes after people and tells nothing of them, or is not told. */
export const authorOf = (
  changedBy: string | undefined,
  { owners }: Pick<Staff, 'owners'>,
): string | undefined => {
  const owner = owners.get(changedBy ?? '');
  return owner !== undefined && isNobody(owner) ? undefined : changedBy;
};

const byPerson = (record: SeenRecord, staff: Staff): SeenRecord => {
  const { changedBy, ...rest } = record;
  return authorOf(changedBy, staff) === changedBy ? record : rest;
};

const withPersons = (person: SeenPerson, staff: Staff): SeenPerson => ({
  ...person,
  sales: person.sales === null ? null : byPerson(person.sales, staff),
  ...(person.deals === undefined ? {} : { deals: person.deals.map((deal) => byPerson(deal, staff)) }),
});

/**
 * People, with who changed their records in Salesforce last where that was a person, and with those marked whose status means work and was given by no person. Flows that run by themselves have
 * a user of their own; one that a write of Tandem's sets off runs as Tandem. Salesforce is asked for the history alone of those whom nobody's user changed last: two calls, seldom. @throws CallFailed
 */
export const withAuthors = async (
  context: LifecycleContext,
  people: ReadonlyMap<string, SeenPerson>,
  storedOf: (contactId: string) => StoredJourney | null,
): Promise<ReadonlyMap<string, SeenPerson>> => {
  const staff = await context.staff();
  const known = new Map([...people].map(([id, person]) => [id, withPersons(person, staff)]));
  const doubtful = [...people].flatMap(([id, { sales }]) => {
    if (sales?.ref.type !== 'Lead' || authorOf(sales.changedBy, staff) === sales.changedBy) return [];
    const stored = storedOf(id);
    // Before somebody is with sales no clock waits for a touch.
    if (stored === null || !salesStages.has(stored.journey.stage)) return [];
    const facts = salesFactsSeen(stored, sales, context.models.lifecycle);
    return facts.some(({ kind }) => kind === 'touched') ? [{ id, sales }] : [];
  });
  if (doubtful.length === 0) return known;
  const histories = await unlessHidden(
    context.systems.salesforce.history(
      'Lead',
      doubtful.map(({ sales }) => sales.ref.id),
      ['Status'],
      callFor(context, 'read'),
    ),
  );
  for (const { id, sales } of doubtful) {
    const person = known.get(id);
    const newest = histories?.get(sales.ref.id)?.Status?.[0];
    if (person === undefined || person.sales === null) continue;
    const by = authorOf(newest?.sourceId, staff);
    const told = by === undefined ? {} : { changedBy: by };
    known.set(id, {
      ...person,
      sales: isAutomatic(newest, sales.changedBy, staff)
        ? { ...person.sales, isStatusAutomatic: true }
        : { ...person.sales, ...told },
    });
  }
  return known;
};
