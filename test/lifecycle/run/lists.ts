import { z } from 'zod';
import type { Sandbox } from '../../../src/sandbox/start.ts';

const memberships = z.object({ results: z.array(z.object({ listId: z.string() })) });
const oneList = z.object({ list: z.object({ listId: z.string(), name: z.string() }) });

/** The lists of HubSpot's simulator as a colleague sees and fills them, by the public API. */
export class Lists {
  readonly #sandbox: () => Sandbox;

  constructor(sandbox: () => Sandbox) {
    this.#sandbox = sandbox;
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const { hubspot, hubspotPersonToken } = this.#sandbox().access;
    const response = await fetch(`${hubspot}/crm/v3/lists${path}`, {
      method,
      headers: { authorization: `Bearer ${hubspotPersonToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** The names of the lists that a contact is on, in order. */
  async of(contact: string): Promise<readonly string[]> {
    const { results } = memberships.parse(await this.#call('GET', `/records/0-1/${contact}/memberships`));
    const names = await Promise.all(
      results.map(async ({ listId }) => oneList.parse(await this.#call('GET', `/${listId}`)).list.name),
    );
    return names.sort((a, b) => a.localeCompare(b));
  }

  async make(name: string): Promise<void> {
    await this.#call('POST', '', { name, objectTypeId: '0-1', processingType: 'MANUAL' });
  }

  /** Puts somebody on a list by hand. */
  put(name: string, contact: string): Promise<void> {
    return this.#change('add', name, contact);
  }

  /** Takes somebody off a list by hand. */
  take(name: string, contact: string): Promise<void> {
    return this.#change('remove', name, contact);
  }

  async #change(how: 'add' | 'remove', name: string, contact: string): Promise<void> {
    const { list } = oneList.parse(
      await this.#call('GET', `/object-type-id/0-1/name/${encodeURIComponent(name)}`),
    );
    await this.#call('PUT', `/${list.listId}/memberships/${how}`, [contact]);
  }
}
