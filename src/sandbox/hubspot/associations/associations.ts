import type { ChangeFeed } from '../changes/portal-change.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { ChangeSource, StoredRecord } from '../store/record.ts';
import { AssociationDefinitions, type AssociationType, type DefinitionsState } from './definitions.ts';
import { type Link, Links, type LinksState } from './links.ts';

/** One end of an association. */
export interface End {
  readonly store: ObjectStore;
  readonly record: StoredRecord;
}

export interface Change {
  readonly source: ChangeSource;
  readonly at: number;
}

export interface AssociationsState {
  readonly definitions: DefinitionsState;
  readonly links: LinksState;
}

const typeIdOf = (store: ObjectStore): string => store.schema.definition.typeId;
const idOf = (end: End): number => end.record.id;

/**
 * Associations as HubSpot keeps them: both directions, every labelled one with the plain one beside it, and one primary company a
 * record. The links of an archived record stay and are not shown. Nothing of this moves a record's modified stamp (airbyte#27199).
 */
export class Associations {
  readonly definitions = new AssociationDefinitions();
  readonly #links = new Links();
  readonly #find: (type: string) => ObjectStore | undefined;
  readonly #feed: ChangeFeed;

  constructor(find: (type: string) => ObjectStore | undefined, feed: ChangeFeed) {
    this.#find = find;
    this.#feed = feed;
  }

  clear(): void {
    this.definitions.clear();
    this.#links.clear();
  }

  /** Links to live records of the other object, in order of id. */
  of(store: ObjectStore, id: number, to: ObjectStore): readonly Link[] {
    return this.#links
      .of(typeIdOf(store), id, typeIdOf(to))
      .filter((link) => to.get(String(link.toId))?.archivedAt === null);
  }

  typesBetween(from: End, to: End): readonly AssociationType[] {
    const [a, b] = [typeIdOf(from.store), typeIdOf(to.store)];
    const ids = this.#links.typesBetween(a, idOf(from), b, idOf(to));
    return ids.flatMap((id) => this.definitions.type(a, b, id) ?? []);
  }

  /** Adds types (none given: the plain one) to what is between two records. A new primary company takes the place of the old. */
  add(from: End, to: End, types: readonly AssociationType[], change: Change): void {
    const [a, b] = [typeIdOf(from.store), typeIdOf(to.store)];
    const wanted = [this.definitions.plain(a, b), ...types];
    if (wanted.some((type) => type.isPrimary)) this.#dropPrimary(from, to.store, idOf(to), change);
    const inverse = wanted.flatMap((type) => this.definitions.type(b, a, type.inverseTypeId) ?? []);
    if (inverse.some((type) => type.isPrimary)) this.#dropPrimary(to, from.store, idOf(from), change);
    this.#write(from, to, [...this.typesBetween(from, to), ...wanted], change);
  }

  /** What the company begins with: nobody is told, and nothing is checked or shown. */
  enter(from: End, to: End, types: readonly AssociationType[]): void {
    const [a, b] = [typeIdOf(from.store), typeIdOf(to.store)];
    const all = [this.definitions.plain(a, b), ...types];
    this.#links.set(
      a,
      idOf(from),
      b,
      idOf(to),
      all.map((type) => type.typeId),
    );
    this.#links.set(
      b,
      idOf(to),
      a,
      idOf(from),
      all.map((type) => type.inverseTypeId),
    );
  }

  /** The types between two records become these and the plain one. */
  replace(from: End, to: End, types: readonly AssociationType[], change: Change): void {
    this.add(from, to, types, change);
    const plain = this.definitions.plain(typeIdOf(from.store), typeIdOf(to.store));
    this.#write(from, to, [plain, ...types], change);
  }

  /** Takes types away; without the plain one nothing is left ("deleting the default unlabelled type removes all others"). */
  remove(from: End, to: End, types: readonly AssociationType[] | 'all', change: Change): void {
    const present = this.typesBetween(from, to);
    if (present.length === 0) return;
    const gone = types === 'all' ? present : types;
    const isOver = types === 'all' || gone.some((type) => type.label === null);
    const left = isOver ? [] : present.filter((type) => !gone.some((one) => one.typeId === type.typeId));
    this.#write(from, to, left, change);
  }

  /** A record was archived, restored or erased: those who had it as primary company see that. */
  appearanceChanged(end: End, change: Change): void {
    for (const [type, link] of this.#links.everythingOf(typeIdOf(end.store), idOf(end))) {
      const store = this.#find(type);
      const record = store?.get(String(link.toId));
      if (store !== undefined && record !== undefined) this.#showPrimary({ store, record }, change);
    }
  }

  /** A record that is gone for good has no associations. */
  forget(end: End, change: Change): void {
    for (const [type, link] of this.#links.everythingOf(typeIdOf(end.store), idOf(end))) {
      const store = this.#find(type);
      const record = store?.get(String(link.toId));
      if (store !== undefined && record !== undefined) this.remove(end, { store, record }, 'all', change);
    }
  }

  /**
   * All associations of records that are merged go to the record that they became. Where both had a primary company the primary
   * record's stays primary and the other becomes a plain one
   * (https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies).
   */
  move(from: readonly End[], to: End, change: Change): void {
    const moved = from.map((end) => ({
      end,
      links: [...this.#links.everythingOf(typeIdOf(end.store), idOf(end))],
    }));
    for (const { end } of moved) if (idOf(end) !== idOf(to)) this.forget(end, change);
    for (const { links } of moved) {
      for (const [type, link] of links) {
        const store = this.#find(type);
        const record = store?.get(String(link.toId));
        const isOwn = from.some((end) => end.store === store && idOf(end) === link.toId);
        if (store === undefined || record === undefined || isOwn) continue;
        const other = { store, record };
        const types = link.types.flatMap((id) => this.definitions.type(typeIdOf(to.store), type, id) ?? []);
        this.add(to, other, this.#withoutSecondPrimary(to, other, types), change);
      }
    }
  }

  exportState(): AssociationsState {
    return { definitions: this.definitions.exportState(), links: this.#links.exportState() };
  }

  importState({ definitions, links }: AssociationsState): void {
    this.definitions.importState(definitions);
    this.#links.importState(links);
  }

  usesType(from: ObjectStore, to: ObjectStore, typeId: number): boolean {
    return this.#links.usesType(typeIdOf(from), typeIdOf(to), typeId);
  }

  /** The live primary company of a contact or deal. */
  primaryOf(end: End): number | null {
    const companies = this.#find('companies');
    if (companies === undefined) return null;
    const primary = this.definitions
      .of(typeIdOf(end.store), typeIdOf(companies))
      .find((type) => type.isPrimary);
    if (primary === undefined) return null;
    const link = this.of(end.store, idOf(end), companies).find(({ types }) => types.includes(primary.typeId));
    return link?.toId ?? null;
  }

  #withoutSecondPrimary(from: End, to: End, types: readonly AssociationType[]): readonly AssociationType[] {
    const [a, b] = [typeIdOf(from.store), typeIdOf(to.store)];
    const has = (end: End, other: ObjectStore, typeId: number, exceptId: number): boolean =>
      this.#links
        .of(typeIdOf(end.store), idOf(end), typeIdOf(other))
        .some((link) => link.toId !== exceptId && link.types.includes(typeId));
    return types.filter((type) => {
      if (type.isPrimary) return !has(from, to.store, type.typeId, idOf(to));
      const inverse = this.definitions.type(b, a, type.inverseTypeId);
      return inverse?.isPrimary !== true || !has(to, from.store, inverse.typeId, idOf(from));
    });
  }

  #dropPrimary(from: End, to: ObjectStore, exceptId: number, change: Change): void {
    const [a, b] = [typeIdOf(from.store), typeIdOf(to)];
    for (const link of [...this.#links.of(a, idOf(from), b)]) {
      const record = to.get(String(link.toId));
      if (record === undefined || link.toId === exceptId) continue;
      const other = { store: to, record };
      const types = this.typesBetween(from, other);
      if (types.some((type) => type.isPrimary))
        this.#write(
          from,
          other,
          types.filter((type) => !type.isPrimary),
          change,
        );
    }
  }

  /** Sets both directions, and tells what began and what ended. */
  #write(from: End, to: End, types: readonly AssociationType[], change: Change): void {
    const [a, b] = [typeIdOf(from.store), typeIdOf(to.store)];
    const before = this.typesBetween(from, to);
    const isSame = (one: AssociationType) => (other: AssociationType) => one.typeId === other.typeId;
    const begun = types.filter((type) => !before.some(isSame(type)));
    const ended = before.filter((type) => !types.some(isSame(type)));
    if (begun.length === 0 && ended.length === 0) return;
    this.#links.set(
      a,
      idOf(from),
      b,
      idOf(to),
      types.map((type) => type.typeId),
    );
    this.#links.set(
      b,
      idOf(to),
      a,
      idOf(from),
      types.map((type) => type.inverseTypeId),
    );
    for (const type of new Set(begun)) this.#tell(from, to, type, false, change);
    for (const type of new Set(ended)) this.#tell(from, to, type, true, change);
    this.#showPrimary(from, change);
    this.#showPrimary(to, change);
  }

  /** One message for each direction ("two webhook messages", https://developers.hubspot.com/docs/api/webhooks). */
  #tell(from: End, to: End, type: AssociationType, removed: boolean, change: Change): void {
    const [a, b] = [typeIdOf(from.store), typeIdOf(to.store)];
    const inverse = this.definitions.type(b, a, type.inverseTypeId) ?? type;
    const isPrimary = type.isPrimary || inverse.isPrimary;
    const shared = { kind: 'associationChange', removed, isPrimary, ...change } as const;
    const ends = [
      [from, to, type],
      [to, from, inverse],
    ] as const;
    for (const [one, other, { typeId, category }] of ends) {
      this.#feed.tell({
        ...shared,
        object: one.store.schema.definition,
        id: idOf(one),
        to: other.store.schema.definition,
        toId: idOf(other),
        typeId,
        category,
      });
    }
  }

  /** Keeps associatedcompanyid as the associations are; that property's own change does not move the stamp either. */
  #showPrimary(end: End, { at }: Change): void {
    const slot = end.store.schema.slot(end.store.schema.definition.primaryCompanyProperty ?? '');
    const isThere = end.store.get(String(idOf(end))) === end.record && end.record.archivedAt === null;
    if (slot === undefined || !isThere) return;
    const id = this.primaryOf(end);
    const source: ChangeSource = { sourceType: 'CALCULATED', sourceId: 'AssociatedCompanyId' };
    end.store.update(end.record, new Map([[slot.index, id === null ? null : String(id)]]), source, at, false);
  }
}
