import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reading, writing } from './harness.ts';
import { type LivePortal, startLivePortal } from './live-portal.ts';

let portal: LivePortal;
beforeEach(async () => {
  portal = await startLivePortal();
});
afterEach(() => portal.close());

const membersOf = async (name: string): Promise<readonly string[]> => {
  const { body } = await portal.call(
    'GET',
    `/crm/v3/lists/object-type-id/0-1/name/${encodeURIComponent(name)}`,
  );
  const { body: page } = await portal.call('GET', `/crm/v3/lists/${body.list.listId}/memberships`);
  return page.results.map(({ recordId }: { recordId: string }) => recordId);
};

describe('lists by name', () => {
  it('take contacts in and out, and tell who was in which', async () => {
    const [vera = '', ben = ''] = await portal.load(
      'contacts',
      { email: 'v@a.example' },
      { email: 'b@a.example' },
    );
    await portal.connector.joinList('Nurture: budget', [vera], writing);
    await portal.connector.joinList('Nurture: later', [vera, ben], writing);
    expect(await membersOf('Nurture: later')).toEqual([vera, ben]);
    const names = ['Nurture: budget', 'Nurture: later', 'Nurture: general', 'No such list'];
    const on = await portal.connector.onLists(names.slice(1), [vera, ben, '999'], reading);
    expect([...on]).toEqual([
      [vera, ['Nurture: later']],
      [ben, ['Nurture: later']],
    ]);
    const { left, kept } = await portal.connector.leaveLists(names, [vera], writing);
    expect([...left]).toEqual([[vera, ['Nurture: budget', 'Nurture: later']]]);
    expect(kept).toEqual([]);
    expect([await membersOf('Nurture: budget'), await membersOf('Nurture: later')]).toEqual([[], [ben]]);
    const again = await portal.connector.leaveLists(names, [vera], writing);
    expect([...again.left]).toEqual([]);
  });

  it('that fill themselves by filters keep their people, and say so', async () => {
    await portal.call('POST', '/crm/v3/lists', {
      name: 'All of Nordlys',
      objectTypeId: '0-1',
      processingType: 'DYNAMIC',
      filterBranch: {
        filterBranchType: 'OR',
        filters: [],
        filterBranches: [
          {
            filterBranchType: 'AND',
            filterBranches: [],
            filters: [
              {
                filterType: 'PROPERTY',
                property: 'company',
                operation: { operationType: 'STRING', operator: 'IS_EQUAL_TO', value: 'Nordlys' },
              },
            ],
          },
        ],
      },
    });
    const [id = ''] = await portal.load('contacts', { email: 'v@a.example', company: 'Nordlys' });
    const { left, kept } = await portal.connector.leaveLists(['All of Nordlys'], [id], writing);
    expect([[...left], kept]).toEqual([[], ['All of Nordlys']]);
    expect((await portal.connector.readMany('contacts', [id], ['company'], reading)).size).toBe(1);
  });
});

describe('programs', () => {
  it('tell whether their lists are there, and which workflows of contacts take in who joins', async () => {
    const names = ['Nurture: later', 'Nurture: competitor', 'Nurture: referral', 'Nurture: tea'];
    expect(await portal.connector.programs(names, reading)).toEqual([
      { name: 'Nurture: later', list: 'there', flows: [{ name: 'Nurture – later', enabled: true }] },
      {
        name: 'Nurture: competitor',
        list: 'there',
        flows: [{ name: 'Nurture – competitor', enabled: false }],
      },
      { name: 'Nurture: referral', list: 'there', flows: [] },
      { name: 'Nurture: tea', list: 'missing', flows: [] },
    ]);
  });

  it('without the scopes, say what is not known', async () => {
    await portal.control('/portal', { withheldScopes: ['automation'] });
    expect(await portal.connector.programs(['Nurture: later'], reading)).toEqual([
      { name: 'Nurture: later', list: 'there', flows: null },
    ]);
    await portal.control('/portal', { withheldScopes: ['automation', 'crm.lists.read'] });
    expect(await portal.connector.programs(['Nurture: budget'], reading)).toBeNull();
  });
});
