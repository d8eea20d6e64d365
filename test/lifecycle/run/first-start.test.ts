import { beforeAll, describe, expect, it } from 'vitest';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import { letGoOnce } from '../../../src/lifecycle/run/first-start-pass.ts';
import { withOffice } from './office.ts';

const office = withOffice();

let context: LifecycleContext;
let ids: readonly string[] = [];

const stages = async (): Promise<readonly unknown[]> =>
  Promise.all(
    ids.map(async (id) => (await office.read('hubspot', 'contacts', id, 'lifecyclestage')).lifecyclestage),
  );
const problems = async (): Promise<readonly string[]> =>
  (await office.simulated.fixture.store.status.problems()).map(({ what }) => what);

beforeAll(async () => {
  const { simulated } = office;
  const records = ['ada', 'bea'].map((name) => ({
    ...{ email: `${name}@example.com`, lastname: 'Lind', company: 'Nordlys', lifecyclestage: 'opportunity' },
  }));
  ({ ids } = (await simulated.control('hubspot', 'records/contacts', { records })) as { ids: string[] });
  await simulated.fixture.store.engine.commitSignals([], {
    alignment: {
      pair: 'people',
      mappingHash: 'any',
      after: { hubspot: null, salesforce: null },
      listed: { hubspot: 2, salesforce: 0 },
      done: { hubspot: true, salesforce: true },
    },
  });
  context = office.with({
    lifecyclestage: 'both',
    firstStart: {
      ...{ 'hand-off': 50, return: 50, lifecyclestage: 1, observed: 50, 'observed-return': 50 },
      'stage-back': 1,
    },
  });
});

describe("HubSpot's lifecyclestage of people who were there before, with lifecyclestage: both", () => {
  it('stays where the company has it, however often they are shown', async () => {
    await office.mark('hubspot', 'contacts', ids);
    await office.settle(context);
    expect(await stages()).toEqual(['opportunity', 'opportunity']);
    expect(await office.read('hubspot', 'contacts', ids[0] ?? '', 'tandem_stage')).toEqual({
      tandem_stage: 'lead',
    });
  });

  it('moves back up to the cap; the others are held under an id, and told in status', async () => {
    expect(await letGoOnce(context)).toBe(1);
    await office.settle(context);
    expect((await stages()).toSorted()).toEqual(['lead', 'opportunity']);
    expect(await problems()).toEqual([
      "HubSpot's lifecyclestage of 1 contact stands further than their stage, and is not moved back (first start)",
    ]);
    expect(await letGoOnce(context)).toBe(0);
  });

  it('moves back when a person lets it go', async () => {
    const { operator } = office.simulated.fixture.store;
    const [held] = await operator.heldChanges();
    expect(held).toMatchObject({ kind: 'lifecyclestage', records: 1 });
    await operator.releaseHeld(held?.id ?? '');
    await office.settle(context);
    expect(await stages()).toEqual(['lead', 'lead']);
    expect(await problems()).toEqual([]);
  });
});

describe('the same values, once Tandem has written them', () => {
  it('count by the day: what a colleague moved on moves back up to the cap, and the other one waits', async () => {
    await Promise.all(ids.map((id) => office.simulated.editContact(id, { lifecyclestage: 'customer' })));
    await office.simulated.fixture.query(
      "update tandem.effects set state = 'open', due = now(), steps = '{}' where kind = 'show'",
    );
    await office.settle(context);
    expect((await stages()).toSorted()).toEqual(['customer', 'lead']);
    await letGoOnce(context);
    expect(await problems()).toEqual([expect.stringMatching(/^HubSpot's lifecyclestage of 1 contact would/)]);
  });
});
