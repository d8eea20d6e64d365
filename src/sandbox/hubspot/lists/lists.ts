import { nurturePrograms } from './programs.ts';

export const processingTypes = ['MANUAL', 'SNAPSHOT', 'DYNAMIC'] as const;
export type ProcessingType = (typeof processingTypes)[number];

/** When a record came onto a list, the first and the last time. */
export interface Membership {
  readonly first: number;
  readonly last: number;
}

/** A list of records of one object. */
export interface RecordList {
  readonly listId: string;
  readonly objectTypeId: string;
  readonly processingType: ProcessingType;
  readonly createdAt: number;
  name: string;
  /** Rises with each change of name or filters. */
  version: number;
  updatedAt: number;
  /** As it was given; DYNAMIC and SNAPSHOT lists have one. */
  filterBranch: unknown;
  deletedAt: number | null;
  /** By record id; a DYNAMIC list has none: its members are whoever passes its filters. */
  readonly members: Map<number, Membership>;
}

export interface ListsState {
  readonly lastId: number;
  readonly lists: readonly RecordList[];
}

const since = Date.UTC(2025, 5, 2, 8);

/** The lists of a portal ("segments" in its pages). Checks nothing. */
export class Lists {
  #lists: RecordList[] = [];
  #lastId = 0;

  constructor() {
    this.clear();
  }

  /** The nurture programs alone. */
  clear(): void {
    this.#lists = [];
    this.#lastId = 0;
    for (const name of nurturePrograms) this.create(name, '0-1', 'MANUAL', null, since);
  }

  create(
    name: string,
    objectTypeId: string,
    processingType: ProcessingType,
    filterBranch: unknown,
    now: number,
  ): RecordList {
    this.#lastId += 1;
    const list: RecordList = {
      listId: String(this.#lastId),
      objectTypeId,
      processingType,
      createdAt: now,
      name,
      version: 1,
      updatedAt: now,
      filterBranch,
      deletedAt: null,
      members: new Map(),
    };
    this.#lists.push(list);
    return list;
  }

  /** In order of id; deleted ones too. */
  all(): readonly RecordList[] {
    return this.#lists;
  }

  live(): readonly RecordList[] {
    return this.#lists.filter((list) => list.deletedAt === null);
  }

  get(listId: string): RecordList | undefined {
    return this.#lists.find((list) => list.listId === listId);
  }

  /** Names are unique within an object, whatever their case. */
  named(name: string, objectTypeId: string): RecordList | undefined {
    const wanted = name.trim().toLowerCase();
    return this.live().find(
      (list) => list.objectTypeId === objectTypeId && list.name.trim().toLowerCase() === wanted,
    );
  }

  /** Somebody is erased: no list knows them. */
  forget(recordIds: readonly number[]): void {
    for (const list of this.#lists) for (const id of recordIds) list.members.delete(id);
  }

  exportState(): ListsState {
    return { lastId: this.#lastId, lists: this.#lists };
  }

  importState({ lastId, lists }: ListsState): void {
    this.#lastId = lastId;
    this.#lists = [...lists];
  }
}
