import type { ServerResponse } from 'node:http';
import { Connection } from 'jsforce';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { otherSystem, type Sides, type System, systemLabel } from '../../src/model/system.ts';
import { decidedCause, erasedPrefix, liftedCause } from '../../src/sync/identity.ts';
import { pair, withSimulators } from './simulated.ts';
import { type Carried, isBodiless, SimulatorProxy } from './simulator-proxy.ts';

/** Stands before a simulator, and lets something happen there between what the engine read and what it writes. */
class MomentProxy extends SimulatorProxy {
  private before: (() => Promise<void>) | null = null;

  /** Before the next update arrives, once. */
  beforeNextUpdate(happens: () => Promise<void>): void {
    this.before = happens;
  }

  get hasHappened(): boolean {
    return this.before === null;
  }

  protected async pass(carried: Carried, response: ServerResponse): Promise<void> {
    const { before } = this;
    if (before && (carried.method === 'PATCH' || carried.path.includes('/batch/update'))) {
      this.before = null;
      await before();
    }
    const { status, headers, text } = await carried.send();
    response.writeHead(status, headers);
    response.end(isBodiless(status) ? undefined : text);
  }
}

const simulated = withSimulators();
const { fixture } = simulated;
const title = { hubspot: 'jobtitle', salesforce: 'Title' } as const;
const proxies: Record<System, MomentProxy | null> = { hubspot: null, salesforce: null };
let salesforce: Connection;
let ids: Sides<string>;

const proxyOf = (system: System): MomentProxy => {
  const proxy = proxies[system];
  if (proxy === null) throw new Error('the proxies listen in beforeAll');
  return proxy;
};

beforeAll(async () => {
  const { access } = simulated.sandbox;
  for (const system of ['hubspot', 'salesforce'] as const) {
    proxies[system] = new MomentProxy(access[system]);
    await proxies[system]?.listen();
  }
  salesforce = new Connection({ loginUrl: access.salesforce, version: '62.0' });
  await salesforce.login(access.salesforcePersonUsername, access.salesforcePersonPassword);
});
afterAll(async () => {
  await Promise.all(Object.values(proxies).map(async (proxy) => proxy?.close()));
});

beforeEach(async () => {
  await fixture.reset();
  for (const system of ['hubspot', 'salesforce'] as const)
    await simulated.control(system, 'reset', { contacts: 0, leads: 0 });
  const [one] = await simulated.people([
    { email: 'ann@example.com', lastname: 'Ann', company: 'Acme', jobtitle: 'first' },
  ]);
  if (!one) throw new Error('nobody was linked');
  ids = one;
});

/** Works off everything, through the proxies. */
const drain = async (): Promise<void> => {
  const urls = { hubspot: proxyOf('hubspot').url, salesforce: proxyOf('salesforce').url };
  await simulated.drain(simulated.context(simulated.connect(urls)), 15_000);
};

/** A colleague's: HubSpot archives, Salesforce deletes into the bin. */
const remove = async (system: System): Promise<void> => {
  if (system === 'salesforce') {
    expect(await salesforce.sobject('Lead').destroy(ids.salesforce)).toMatchObject({ success: true });
    return;
  }
  const { access } = simulated.sandbox;
  const response = await fetch(`${access.hubspot}/crm/v3/objects/contacts/${ids.hubspot}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${access.hubspotPersonToken}` },
  });
  expect(response.status).toBe(204);
};
const edit = async (system: System, value: string): Promise<void> =>
  system === 'hubspot'
    ? simulated.editContact(ids.hubspot, { jobtitle: value })
    : simulated.editLeadAsPerson(ids.salesforce, { Title: value });

const shapeOf = { hubspot: 'contacts', salesforce: 'Lead' } as const;
/** Every record there is, deleted ones included. */
const countIn = async (system: System): Promise<number> => {
  const response = await fetch(`${simulated.sandbox.access[system]}/_sandbox/records/${shapeOf[system]}`);
  return ((await response.json()) as { records: unknown[] }).records.length;
};

describe.each([
  ['hubspot', 'an archived contact and an edit of its lead'],
  ['salesforce', 'a deleted lead and an edit of its contact'],
] as const)('%s: %s', (gone, _) => {
  const left = otherSystem(gone);

  /** The link has ended, what was entered stands, nobody came anew, and one question names both records. */
  const expectAsked = async (): Promise<void> => {
    const links = await fixture.store.engine.linksOf(pair.name, left, [ids[left]]);
    expect(links.get(ids[left])?.ended?.cause).toBe(`deleted in ${systemLabel[gone]}`);
    expect((await simulated.values(ids, title))[left]).toBe('second');
    expect([await countIn('hubspot'), await countIn('salesforce')]).toEqual([1, 1]);
    const { items } = await fixture.store.status.reviews(pair.name, 10);
    expect(items).toMatchObject([
      {
        ref: { system: left, id: ids[left] },
        cause: `changed here while it was deleted in ${systemLabel[gone]}`,
        candidates: [{ system: gone, id: ids[gone] }],
      },
    ]);
    expect(await fixture.query('select from tandem.parked')).toEqual([]);
  };

  it.each(['edited first', 'deleted first'])(
    'both before the next look, %s: asked, and kept',
    async (order) => {
      if (order === 'edited first') await edit(left, 'second');
      await remove(gone);
      if (order === 'deleted first') await edit(left, 'second');
      await simulated.mark(ids);
      await drain();
      await expectAsked();
    },
  );

  it('the deletion between the read and the write of the edit: asked, and kept', async () => {
    await edit(left, 'second');
    await simulated.mark({ [left]: ids[left] });
    proxyOf(gone).beforeNextUpdate(async () => remove(gone));
    await drain();
    expect(proxyOf(gone).hasHappened).toBe(true);
    await expectAsked();
  });

  it('a person who says that it is somebody new gets a counterpart with what was entered', async () => {
    await edit(left, 'second');
    await remove(gone);
    await simulated.mark(ids);
    await drain();
    const [question] = (await fixture.store.status.reviews(pair.name, 10)).items;
    if (!question) throw new Error('nothing is asked');
    await fixture.store.operator.decideNew(
      question,
      { cause: liftedCause, never: erasedPrefix },
      { pair: pair.name, ref: question.ref, class: 'live', stamp: null, cause: decidedCause },
    );
    await drain();
    const link = (await fixture.store.engine.linksOf(pair.name, left, [ids[left]])).get(ids[left]);
    expect(link?.ended).toBeNull();
    if (!link) throw new Error('nobody was linked');
    expect(link.ids[gone]).not.toBe(ids[gone]);
    expect(await simulated.values(link.ids, title)).toEqual({ hubspot: 'second', salesforce: 'second' });
  });
});
