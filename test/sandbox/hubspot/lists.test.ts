import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type Portal, startPortal } from './portal.ts';

const base = '/crm/v3/lists';
let portal: Portal;
beforeEach(async () => {
  portal = await startPortal();
});
afterEach(() => portal.close());

const create = async (name: string, more: Record<string, unknown> = {}): Promise<string> => {
  const { status, body } = await portal.call('POST', base, {
    name,
    objectTypeId: '0-1',
    processingType: 'MANUAL',
    ...more,
  });
  expect(status).toBe(200);
  return body.list.listId;
};

const put = (listId: string, what: string, body: unknown): Promise<Answer> =>
  portal.call('PUT', `${base}/${listId}/memberships/${what}`, body);

const memberIds = async (listId: string): Promise<string[]> =>
  (await portal.call('GET', `${base}/${listId}/memberships`)).body.results.map(
    (one: { recordId: string }) => one.recordId,
  );

const people = (count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => portal.create({ email: `p${n}@example.com` })));

describe('a list', () => {
  it('is made once under its name, found by id, name and search, renamed, deleted and restored', async () => {
    const { listsApi } = portal.client.crm.lists;
    const { list } = await listsApi.create({ name: 'VIPs', objectTypeId: '0-1', processingType: 'MANUAL' });
    expect(list).toMatchObject({
      name: 'VIPs',
      processingType: 'MANUAL',
      processingStatus: 'COMPLETE',
      size: 0,
    });
    const twin = await portal.call('POST', base, {
      name: 'vips',
      objectTypeId: '0-1',
      processingType: 'MANUAL',
    });
    expect([twin.status, twin.body.category, twin.body.subCategory]).toEqual([
      400,
      'VALIDATION_ERROR',
      'ILS.DUPLICATE_LIST_NAMES',
    ]);
    await create('VIPs', { objectTypeId: '0-2' });
    expect((await listsApi.getById(list.listId)).list.name).toBe('VIPs');
    expect((await listsApi.getByName('VIPs', '0-1')).list.listId).toBe(list.listId);
    expect((await portal.call('POST', `${base}/search`, { query: 'vips' })).body.total).toBe(0);
    portal.clock.advance(3_000);
    await listsApi.updateName(list.listId, 'Very important');
    const found = await portal.call('POST', `${base}/search`, { query: 'very', count: 5 });
    expect(found.body).toMatchObject({
      total: 1,
      hasMore: false,
      lists: [{ listId: list.listId, additionalProperties: { hs_list_size: '0' } }],
    });
    await listsApi.remove(list.listId);
    expect((await portal.call('GET', `${base}/${list.listId}`)).status).toBe(404);
    await listsApi.restore(list.listId);
    expect((await portal.call('GET', `${base}/${list.listId}`)).status).toBe(200);
    const object = await portal.call('POST', base, {
      name: 'x',
      objectTypeId: '0-53',
      processingType: 'MANUAL',
    });
    expect(object.body.subCategory).toBe('ListError.INVALID_OBJECT_TYPE_FOR_LIST');
  });

  it('takes and gives up members; what is there already, or not there at all, is no error', async () => {
    const listId = await create('Mine');
    const [a = '', b = '', c = ''] = await people(3);
    const added = await portal.client.crm.lists.membershipsApi.add(listId, [a, b, '99']);
    expect(added).toMatchObject({ recordsIdsAdded: [a, b], recordIdsMissing: ['99'] });
    const again = await put(listId, 'add', [a]);
    expect([again.status, again.body]).toEqual([
      200,
      { recordsIdsAdded: [], recordIdsRemoved: [], recordIdsMissing: [] },
    ]);
    const both = await put(listId, 'add-and-remove', { recordIdsToAdd: [c], recordIdsToRemove: [a] });
    expect(both.body).toMatchObject({ recordsIdsAdded: [c], recordIdsRemoved: [a] });
    expect(await memberIds(listId)).toEqual([b, c].sort((x, y) => Number(x) - Number(y)));
    const of = await portal.client.crm.lists.membershipsApi.getLists('0-1', c);
    expect(of.results).toMatchObject([{ listId, listVersion: 1 }]);
    const batch = await portal.call('POST', `${base}/records/memberships/batch/read`, {
      inputs: [
        { objectTypeId: '0-1', recordId: b },
        { objectTypeId: '0-1', recordId: '99' },
      ],
    });
    expect(batch).toMatchObject({
      status: 207,
      body: { results: [{ recordId: b, recordListMemberships: [{ listId }] }], numErrors: 1 },
    });
    expect((await put(listId, 'remove', [b, c])).status).toBe(200);
    expect(await memberIds(listId)).toEqual([]);
    expect((await put('99', 'add', [a])).status).toBe(404);
  });

  it('pages its members by id or in the order in which they came', async () => {
    const listId = await create('Many');
    const ids = (await people(7)).sort((x, y) => Number(x) - Number(y));
    for (const id of ids.toReversed()) {
      portal.clock.advance(1_000);
      await put(listId, 'add', [id]);
    }
    const walk = async (path: string): Promise<string[]> => {
      const seen: string[] = [];
      let after = '';
      do {
        const { body } = await portal.call('GET', `${path}?limit=3${after === '' ? '' : `&after=${after}`}`);
        expect(body.total).toBe(7);
        seen.push(...body.results.map((one: { recordId: string }) => one.recordId));
        after = body.paging?.next.after ?? '';
      } while (after !== '');
      return seen;
    };
    expect(await walk(`${base}/${listId}/memberships`)).toEqual(ids);
    expect(await walk(`${base}/${listId}/memberships/join-order`)).toEqual(ids.toReversed());
    expect((await portal.call('GET', `${base}/${listId}/memberships?limit=251`)).status).toBe(400);
    const first = await portal.call('GET', `${base}/${listId}/memberships?limit=2`);
    await put(listId, 'remove', [ids[1]]);
    const second = await portal.call(
      'GET',
      `${base}/${listId}/memberships?limit=2&after=${first.body.paging.next.after}`,
    );
    expect(second.body.results.map((one: { recordId: string }) => one.recordId)).toEqual(ids.slice(2, 4));
    await put(listId, 'add', [ids[1]]);
    const copy = await create('Copy');
    expect((await put(copy, `add-from/${listId}`, undefined)).status).toBe(204);
    expect(await memberIds(copy)).toEqual(ids);
    expect((await portal.call('DELETE', `${base}/${copy}/memberships`)).status).toBe(204);
    expect(await memberIds(copy)).toEqual([]);
  });

  it('loses archived members until they are back, follows merged ones, and forgets erased ones', async () => {
    const listId = await create('Life');
    const [a = '', b = '', c = ''] = await people(3);
    await put(listId, 'add', [a, b]);
    await portal.call('DELETE', `/crm/v3/objects/contacts/${a}`);
    expect(await memberIds(listId)).toEqual([b]);
    await portal.control('/recycle-bin', { object: 'contacts', restore: [a] });
    expect(await memberIds(listId)).toHaveLength(2);
    const { id } = await portal.client.crm.contacts.basicApi.merge({
      primaryObjectId: c,
      objectIdToMerge: b,
    });
    expect(new Set(await memberIds(listId))).toEqual(new Set([a, id]));
    await portal.call('POST', '/crm/v3/objects/contacts/gdpr-delete', { objectId: id });
    expect(await memberIds(listId)).toEqual([a]);
  });

  const inBerlin = {
    filterBranchType: 'OR',
    filterBranches: [
      {
        filterBranchType: 'AND',
        filterBranches: [],
        filters: [
          {
            filterType: 'PROPERTY',
            property: 'city',
            operation: { operationType: 'MULTISTRING', operator: 'IS_EQUAL_TO', values: ['Berlin'] },
          },
        ],
      },
    ],
    filters: [],
  };

  it('that is DYNAMIC has whoever passes its filters, and takes nobody by hand', async () => {
    const listId = await create('In Berlin', { processingType: 'DYNAMIC', filterBranch: inBerlin });
    const a = await portal.create({ email: 'a@example.com', city: 'Berlin' });
    const b = await portal.create({ email: 'b@example.com', city: 'Bonn' });
    expect(await memberIds(listId)).toEqual([a]);
    await portal.call('PATCH', `/crm/v3/objects/contacts/${b}`, { properties: { city: 'berlin' } });
    expect(await memberIds(listId)).toEqual([a, b]);
    const refused = await put(listId, 'add', [b]);
    expect([refused.status, refused.body.category]).toEqual([400, 'VALIDATION_ERROR']);
    const read = await portal.call('GET', `${base}/${listId}?includeFilters=true`);
    expect(read.body.list.filterBranch.filterBranches[0].filters[0].property).toBe('city');
    const bare = await portal.call('POST', base, {
      name: 'None',
      objectTypeId: '0-1',
      processingType: 'DYNAMIC',
    });
    expect(bare.status).toBe(400);
  });

  it('that is a SNAPSHOT keeps who passed its filters then, and takes others by hand', async () => {
    const a = await portal.create({ email: 'a@example.com', city: 'Berlin' });
    const listId = await create('Was in Berlin', { processingType: 'SNAPSHOT', filterBranch: inBerlin });
    const b = await portal.create({ email: 'b@example.com', city: 'Berlin' });
    expect(await memberIds(listId)).toEqual([a]);
    await put(listId, 'add', [b]);
    expect(await memberIds(listId)).toEqual([a, b]);
  });

  it('is written with both scopes', async () => {
    const listId = await create('Mine');
    await portal.control('/portal', { withheldScopes: ['crm.lists.read'] });
    const { status, body } = await put(listId, 'add', []);
    expect([status, body.errors[0].context.requiredGranularScopes]).toEqual([
      403,
      ['crm.lists.read', 'crm.lists.write'],
    ]);
  });
});

describe('the nurture programs', () => {
  const shipped = new Set(
    [...readFileSync('config/lifecycle.yaml', 'utf8').matchAll(/program: '([^']+)'/g)].map(
      ([, name = '']) => name,
    ),
  );

  it('of the shipped lifecycle are lists that people can be put on', async () => {
    const { body } = await portal.call('POST', `${base}/search`, { query: 'Nurture', count: 500 });
    expect(new Set(body.lists.map((list: { name: string }) => list.name))).toEqual(shipped);
    expect(new Set(body.lists.map((list: { processingType: string }) => list.processingType))).toEqual(
      new Set(['MANUAL']),
    );
  });

  it('have workflows that listen to them, but for one, and one that is off', async () => {
    const names = new Map<string, string>();
    const { body } = await portal.call('POST', `${base}/search`, { count: 500 });
    for (const list of body.lists) names.set(list.listId, list.name);
    const flows: { id: string; isEnabled: boolean }[] = [];
    let after = '';
    do {
      const page = await portal.call(
        'GET',
        `/automation/v4/flows?limit=3${after === '' ? '' : `&after=${after}`}`,
      );
      flows.push(...page.body.results);
      after = page.body.paging?.next.after ?? '';
    } while (after !== '');
    const listened = new Map<string, boolean>();
    for (const { id } of flows) {
      const flow = (await portal.call('GET', `/automation/v4/flows/${id}`)).body;
      expect(flow).toMatchObject({ type: 'CONTACT_FLOW', enrollmentCriteria: { type: 'LIST_BASED' } });
      const [filter] = flow.enrollmentCriteria.listFilterBranch.filterBranches[0].filters;
      listened.set(names.get(filter.listId) ?? '', flow.isEnabled);
    }
    expect(new Set(listened.keys())).toEqual(
      new Set([...shipped].filter((name) => name !== 'Nurture: referral')),
    );
    expect([...listened].filter(([, isEnabled]) => !isEnabled)).toEqual([['Nurture: competitor', false]]);
    const batch = await portal.call('POST', '/automation/v4/flows/batch/read', {
      inputs: [{ flowId: flows[0]?.id, type: 'FLOW_ID' }],
    });
    expect(batch.body.results).toHaveLength(1);
    expect((await portal.call('GET', '/automation/v4/flows/1')).status).toBe(404);
  });
});
