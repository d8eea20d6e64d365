import { beforeAll, describe, expect, it } from 'vitest';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import type { Sides } from '../../../src/model/system.ts';
import { withOffice } from './office.ts';

const office = withOffice();
let people: readonly Sides<string>[] = [];
let ids: Readonly<Record<'ana' | 'ben', string>>;
let histories = 0;

/** The office by a routing.yaml with Ben alone in the pool. */
const routed = (keepsExistingOwner: boolean): LifecycleContext => {
  const { models, systems } = office.context;
  const member = { owner: ids.ben, weight: 1 };
  const most = { perDayMax: Number.POSITIVE_INFINITY, openMax: Number.POSITIVE_INFINITY };
  const pools = new Map([
    ['reps', { name: 'reps', hours: 'any' as const, members: [{ ...member, ...most }] }],
  ]);
  const routing = { ...models.routing, by: 'tandem' as const, otherwise: 'reps', pools, keepsExistingOwner };
  const salesforce = {
    ...systems.salesforce,
    history: (...asked: Parameters<typeof systems.salesforce.history>) => {
      histories += 1;
      return systems.salesforce.history(...asked);
    },
  };
  return { ...office.context, models: { ...models, routing }, systems: { ...systems, salesforce } };
};

/** Whose the next of them is once they are handed over, where this user has given the lead to Ana. */
const ownerAfter = async (by: string, existing: 'keep' | 'route'): Promise<string | undefined> => {
  const [person, ...others] = people;
  if (person === undefined) throw new Error('nobody is left');
  people = others;
  await office.edit('Lead', person.salesforce, { OwnerId: ids.ana }, by);
  const forward = { Tandem_Request__c: 'Set stage', Tandem_Request_Detail__c: 'sales-ready' };
  await office.edit('Lead', person.salesforce, forward);
  await office.mark('salesforce', 'Lead', [person.salesforce]);
  await office.settle(routed(existing === 'keep'));
  const { OwnerId } = await office.read('salesforce', 'Lead', person.salesforce, 'OwnerId');
  return Object.entries(ids).find(([, id]) => id === OwnerId)?.[0];
};

beforeAll(async () => {
  const owners = [...(await office.context.staff()).owners.values()];
  const idOf = (name: string): string => owners.find((owner) => owner.name === name)?.id ?? '';
  ids = { ana: idOf('Ana Souza'), ben: idOf('Ben Okoye') };
  people = await office.people(6);
}, 120_000);

describe('the owner whom a lead has already', () => {
  it("by an automation is found anew with 'existing-owner: route', and kept with 'keep', for which no history is asked", async () => {
    expect(await ownerAfter('autoproc', 'route')).toBe('ben');
    expect(histories).toBe(1);
    expect(await ownerAfter('autoproc', 'keep')).toBe('ana');
    expect(histories).toBe(1);
  });

  it("by a person stays with both, and by Tandem's alignment, which writes whom somebody chose in HubSpot", async () => {
    for (const by of ['cmart', 'tandem']) expect([by, await ownerAfter(by, 'route')]).toEqual([by, 'ana']);
  });

  it('counts as set by a person where no history is kept', async () => {
    await office.simulated.control('salesforce', 'history', { Lead: ['Status'] });
    expect(await ownerAfter('autoproc', 'route')).toBe('ana');
  });
});
