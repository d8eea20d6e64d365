import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { HubSpotHttp } from './http.ts';
import { readMemberships } from './list-memberships.ts';
import { contactsTypeId } from './wire.ts';

/** Memberships in one call; the API names no limit, and a call of this size is answered at once. */
const membersMax = 1_000;

const listSchema = z.object({
  list: z.object({ listId: z.string(), processingType: z.string() }),
});
const changedSchema = z.looseObject({
  recordIdsMissing: z.array(z.string()).default([]),
  recordIdsRemoved: z.array(z.string()).default([]),
});
type Changed = z.infer<typeof changedSchema>;

/** Why a contact could not be put into a list, by its id; null: it is in it. */
export type Joined = ReadonlyMap<string, string | null>;

/** Who left lists. */
export interface Left {
  /** The lists that a contact was in and no longer is, by its id; who was in none is left out. */
  readonly left: ReadonlyMap<string, readonly string[]>;
  /** Lists that fill themselves by filters: nobody can be taken out by hand. */
  readonly kept: readonly string[];
}

const all = (ids: readonly string[], why: string | null): Joined => new Map(ids.map((id) => [id, why]));

interface List {
  readonly listId: string;
  readonly processingType: string;
}

/**
 * Puts contacts into lists by name, and takes them out. A list's id is asked for once and kept, for names are unique and ids stay. Only lists whose members are set by
 * hand take anybody (`MANUAL`, `SNAPSHOT`); adding who is in it already changes nothing.
 * Source: Lists API v3, memberships (https://developers.hubspot.com/docs/api-reference/crm-lists-v3/guide).
 */
export class HubSpotLists {
  readonly #http: HubSpotHttp;
  readonly #known = new Map<string, List>();

  constructor(http: HubSpotHttp) {
    this.#http = http;
  }

  /** The list of this name; null where there is none. @throws CallFailed */
  async find(name: string, context: CallContext): Promise<List | null> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    try {
      const { body } = await this.#http.read(
        { ...context, purpose: 'describe' },
        {
          method: 'GET',
          path: `/crm/v3/lists/object-type-id/${contactsTypeId}/name/${encodeURIComponent(name)}`,
          schema: listSchema,
        },
      );
      this.#known.set(name, body.list);
      return body.list;
    } catch (error) {
      if (error instanceof CallFailed && error.failure.category === 'identity') return null;
      throw error;
    }
  }

  /** @throws CallFailed where HubSpot could not be asked; nobody or some are in the list then, and joining again is the same */
  async join(name: string, ids: readonly string[], context: CallContext): Promise<Joined> {
    const list = await this.find(name, context);
    if (list === null) return all(ids, `HubSpot has no list '${name}'`);
    if (list.processingType === 'DYNAMIC') {
      return all(ids, `the list '${name}' fills itself by filters, and takes nobody by hand`);
    }
    const joined = new Map<string, string | null>();
    for (let at = 0; at < ids.length; at += membersMax) {
      const part = ids.slice(at, at + membersMax);
      const missing = new Set((await this.#change('add', name, list.listId, part, context)).recordIdsMissing);
      for (const id of part) joined.set(id, missing.has(id) ? 'HubSpot knows no such contact' : null);
    }
    return joined;
  }

  /**
   * Takes contacts out of lists, one call a list. A list that is not there has nobody to take out; who is not in one stays as they are.
   * @throws CallFailed where HubSpot could not be asked; some may have left then, and leaving again is the same but for the answer
   */
  async leave(names: readonly string[], ids: readonly string[], context: CallContext): Promise<Left> {
    const left = new Map<string, readonly string[]>();
    const kept: string[] = [];
    for (const name of names) {
      const list = await this.find(name, context);
      if (list === null) continue;
      if (list.processingType === 'DYNAMIC') {
        kept.push(name);
        continue;
      }
      for (let at = 0; at < ids.length; at += membersMax) {
        const part = ids.slice(at, at + membersMax);
        const { recordIdsRemoved } = await this.#change('remove', name, list.listId, part, context);
        for (const id of recordIdsRemoved) left.set(id, [...(left.get(id) ?? []), name]);
      }
    }
    return { left, kept };
  }

  /**
   * Which of these lists contacts are on, those that fill themselves left out; who is on none of them is left out too. One call for all contacts, and one for
   * each list that was never asked for. @throws CallFailed
   */
  async on(
    names: readonly string[],
    ids: readonly string[],
    context: CallContext,
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const on = new Map<string, readonly string[]>();
    const memberships = await readMemberships(this.#http, ids, context);
    if (memberships.length === 0) return on;
    for (const name of names) {
      const list = await this.find(name, context);
      if (list === null || list.processingType === 'DYNAMIC') continue;
      for (const { contactId, listId } of memberships) {
        if (listId === list.listId) on.set(contactId, [...(on.get(contactId) ?? []), name]);
      }
    }
    return on;
  }

  async #change(
    what: 'add' | 'remove',
    name: string,
    listId: string,
    ids: readonly string[],
    context: CallContext,
  ): Promise<Changed> {
    try {
      const { body } = await this.#http.write(
        context,
        {
          method: 'PUT',
          path: `/crm/v3/lists/${listId}/memberships/${what}`,
          body: ids,
          schema: changedSchema,
        },
        () => undefined,
      );
      return body;
    } catch (error) {
      // Deleted since it was asked for: the name may be another list's by now.
      if (error instanceof CallFailed && error.failure.category === 'identity') this.#known.delete(name);
      throw error;
    }
  }
}
