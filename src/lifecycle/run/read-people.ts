import { type PairMapping, typesOn } from '../../model/mapping.ts';
import type { RecordSnapshot } from '../../model/record.ts';
import type { Link } from '../../model/state.ts';
import type { RecordRef } from '../../model/system.ts';
import { ownerOfPerson } from '../look/owner.ts';
import type { SeenPerson, SeenRecord } from '../look/person.ts';
import { callFor, type LifecycleContext } from './context.ts';

/** A record as looks see it. */
export const seenRecord = ({
  ref,
  fields,
  stamp,
  createdAt,
  lastModifiedByUs,
  lastModifiedBy,
}: RecordSnapshot): SeenRecord => ({
  ref,
  fields,
  stamp,
  createdAt,
  byUs: lastModifiedByUs,
  ...(lastModifiedBy === undefined ? {} : { changedBy: lastModifiedBy }),
});

const salesRef = (pair: PairMapping, link: Link): RecordRef => ({
  system: 'salesforce',
  type: link.types?.salesforce ?? pair.types.salesforce,
  id: link.ids.salesforce,
});

const readType = async (
  context: LifecycleContext,
  { system, type }: Pick<RecordRef, 'system' | 'type'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RecordSnapshot>> =>
  ids.length === 0
    ? new Map()
    : await context.systems[system].readMany(
        type,
        ids,
        context.fields.get(type) ?? [],
        callFor(context, 'read'),
      );

/** People as they were read, by the contact's id asked for. Who is not there, or deleted, has none. */
export interface ReadPeople {
  readonly people: ReadonlyMap<string, SeenPerson>;
  /** Contacts that live on under another id, since HubSpot merged them. */
  readonly merged: ReadonlyMap<string, string>;
}

/**
 * Reads contacts and the leads or contacts that they are linked with, by id: two or three calls for a hundred people. Nobody's absence is taken
 * for anything. @throws CallFailed
 */
export const readPeople = async (
  context: LifecycleContext,
  contactIds: readonly string[],
): Promise<ReadPeople> => {
  const { pair, engine } = context;
  const [contacts, linked] = await Promise.all([
    readType(context, { system: 'hubspot', type: pair.types.hubspot }, contactIds),
    engine.linksOf(pair.name, 'hubspot', contactIds),
  ]);
  const refs = [...linked.values()].filter(({ ended }) => ended === null).map((link) => salesRef(pair, link));
  const pages = await Promise.all(
    typesOn(pair, 'salesforce').map((type) =>
      readType(
        context,
        { system: 'salesforce', type },
        refs.filter((ref) => ref.type === type).map(({ id }) => id),
      ),
    ),
  );
  const records = new Map(pages.flatMap((page) => [...page]));
  const people = new Map<string, SeenPerson>();
  const merged = new Map<string, string>();
  for (const id of contactIds) {
    const contact = contacts.get(id);
    if (contact === undefined || contact.deleted) continue;
    if (contact.ref.id !== id) {
      merged.set(id, contact.ref.id);
      continue;
    }
    const link = linked.get(id);
    const record = link?.ended === null ? records.get(link.ids.salesforce) : undefined;
    const isThere = record !== undefined && !record.deleted && record.ref.id === link?.ids.salesforce;
    const sales = isThere ? seenRecord(record) : null;
    const owner = ownerOfPerson(pair, contact.fields, sales?.fields ?? null);
    people.set(id, { contact: seenRecord(contact), sales, owner });
  }
  return { people, merged };
};
