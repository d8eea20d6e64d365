import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TieChange } from '../../../src/model/tie.ts';
import { failureOf, reading, writing } from './harness.ts';
import { type LiveOrg, startLiveOrg } from './live-org.ts';

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  await vi.waitUntil(holds, { timeout: 5_000, interval: 50 });
};

describe('contact roles as ties', () => {
  let org: LiveOrg;
  beforeAll(async () => {
    org = await startLiveOrg();
  });
  afterAll(() => org.close());

  const deal = () =>
    org.create('Opportunity', { Name: 'D', StageName: 'Prospecting', CloseDate: '2026-12-01' });
  const contact = (LastName = 'Doe') => org.create('Contact', { LastName });
  const ref = (type: string, id: string) => ({ system: 'salesforce', type, id }) as const;
  const tie = (from: string, to: string, label: string | null, primary = false): TieChange => ({
    op: 'tie',
    from: ref('Opportunity', from),
    to: ref('Contact', to),
    label,
    primary,
  });
  const write = async (...changes: TieChange[]) => (await org.connector.writeTies?.(changes, writing)) ?? [];
  const read = async (type: string, id: string, toType: string) =>
    (await org.connector.readTies?.(type, [id], toType, reading))
      ?.get(id)
      ?.map(({ to, labels, primary }) => [to.id, labels, primary]) ?? [];

  it('begins, changes and ends them; the same change twice is one tie', async () => {
    const [d, a, b] = [await deal(), await contact(), await contact()];
    expect(await write(tie(d, a, 'Decision Maker', true), tie(d, b, null))).toEqual([
      { kind: 'landed' },
      { kind: 'landed' },
    ]);
    await write(tie(d, a, 'Decision Maker', true));
    expect(await read('Opportunity', d, 'Contact')).toEqual([
      [a, ['Decision Maker'], true],
      [b, [], false],
    ]);
    // A new primary takes the mark off the old one.
    await write(tie(d, b, 'Influencer', true));
    expect(await read('Opportunity', d, 'Contact')).toEqual([
      [a, ['Decision Maker'], false],
      [b, ['Influencer'], true],
    ]);
    expect(await read('Contact', b, 'Opportunity')).toEqual([[d, ['Influencer'], true]]);
    await write({ op: 'untie', from: ref('Contact', a), to: ref('Opportunity', d) });
    expect(await read('Opportunity', d, 'Contact')).toEqual([[b, ['Influencer'], true]]);
    // A tie that is gone already is no failure.
    expect(await write({ op: 'untie', from: ref('Contact', a), to: ref('Opportunity', d) })).toEqual([
      { kind: 'landed' },
    ]);
  });

  it('changes the roles that it is told of and no others, and leaves a contact one of them', async () => {
    const [d, a, b] = [await deal(), await contact(), await contact()];
    const relabel = (to: string, add: string[], remove: string[], primary?: boolean): TieChange => ({
      ...{ op: 'relabel', from: ref('Opportunity', d), to: ref('Contact', to), add, remove },
      ...(primary === undefined ? {} : { primary }),
    });
    const listed = ['Decision Maker', 'Economic Buyer'];
    await write(relabel(a, ['Decision Maker'], [], true), relabel(b, [], listed));
    expect(await read('Opportunity', d, 'Contact')).toEqual([
      [a, ['Decision Maker'], true],
      [b, [], false],
    ]);
    await write(relabel(a, ['Economic Buyer'], ['Decision Maker']));
    expect(await read('Opportunity', d, 'Contact')).toContainEqual([a, ['Economic Buyer'], true]);
    await org.create('OpportunityContactRole', { OpportunityId: d, ContactId: b, Role: 'Influencer' });
    await org.create('OpportunityContactRole', { OpportunityId: d, ContactId: a, Role: 'Decision Maker' });
    await write(relabel(a, [], listed, false), relabel(b, ['Decision Maker'], ['Economic Buyer'], true));
    expect(await read('Opportunity', d, 'Contact')).toEqual([
      [a, [], false],
      [b, ['Decision Maker', 'Influencer'], true],
    ]);
    expect(await write(relabel(b, ['Decision Maker'], ['Economic Buyer'], true))).toEqual([
      { kind: 'landed' },
    ]);
  });

  it('tells whose roles changed since a moment, removed ones and those of deleted contacts among them', async () => {
    const [one, two, three, four] = [await deal(), await deal(), await deal(), await deal()];
    const [a, gone] = [await contact(), await contact()];
    for (const d of [one, two, four]) await write(tie(d, a, null));
    await write(tie(three, gone, null));
    const first = await org.connector.tiesChangedSince?.('Opportunity', 'Contact', 0, reading);
    expect(first?.ids).toEqual(expect.arrayContaining([one, two, three, four]));
    // Stamps are whole seconds: what comes in the next one is told apart.
    const since = (first?.until ?? 0) + 1_000;
    await until(async () => (await org.connector.now(reading)) >= since);
    await write({ op: 'untie', from: ref('Opportunity', one), to: ref('Contact', a) });
    await write(tie(two, a, 'Influencer'));
    await org.person.sobject('Contact').destroy(gone);
    const next = await org.connector.tiesChangedSince?.('Opportunity', 'Contact', since, reading);
    expect(new Set(next?.ids)).toEqual(new Set([one, two, three]));
    const last = await org.connector.tiesChangedSince?.(
      'Opportunity',
      'Contact',
      (next?.until ?? 0) + 1_000,
      reading,
    );
    expect(last).toEqual({ ids: [], until: (next?.until ?? 0) + 1_000 });
  });

  it('names the roles of the company’s list', async () => {
    const labels = await org.connector.tieLabels?.('Opportunity', 'Contact', reading);
    expect(labels).toContain('Decision Maker');
  });

  it('gives each change its own outcome, and does not know one whose answer is lost', async () => {
    const [d, a, gone] = [await deal(), await contact(), await contact()];
    await org.person.sobject('Contact').destroy(gone);
    const toAccount: TieChange = { ...tie(d, a, null), to: ref('Account', '001000000000001AAA') };
    expect(await write(tie(d, gone, null), toAccount, tie(d, a, null))).toMatchObject([
      { kind: 'refused', failure: { code: 'ENTITY_IS_DELETED' } },
      { kind: 'refused', failure: { category: 'schema' } },
      { kind: 'landed' },
    ]);
    const match = { path: '/composite/sobjects$', caller: 'integration' };
    await org.control('/faults', [{ match, effect: { drop: 'after', times: 1 } }]);
    const other = await contact();
    expect(await write(tie(d, other, null))).toMatchObject([{ kind: 'unknown' }]);
    // It had landed; the next try finds it there.
    expect(await write(tie(d, other, null))).toEqual([{ kind: 'landed' }]);
    expect((await read('Opportunity', d, 'Contact')).length).toBe(2);
  });

  it('knows ties between deals and contacts alone', async () => {
    const call = org.connector.readTies?.('Account', ['001000000000001AAA'], 'Contact', reading);
    expect(await failureOf(call ?? Promise.resolve())).toMatchObject({
      category: 'schema',
      code: 'NO_SUCH_TIE',
    });
  });
});

describe('deletions', () => {
  let org: LiveOrg;
  beforeAll(async () => {
    org = await startLiveOrg();
  });
  afterAll(() => org.close());

  it('lists what was deleted, erased and merged away, and says when the log does not reach back', async () => {
    const since = await org.connector.now(reading);
    const make = () => org.create('Contact', { LastName: 'Doe' });
    const [deleted, erased, merged, master] = [await make(), await make(), await make(), await make()];
    await org.person.sobject('Contact').destroy(deleted);
    await org.control('/erase', { ids: [erased] });
    const request = { masterRecord: { type: 'Contact', Id: master } as never, recordToMergeIds: [merged] };
    await org.person.soap.merge(request);
    const page = await org.connector.deletionsSince?.('Contact', since, reading);
    expect(page?.complete).toBe(true);
    expect(new Set(page?.records.map(({ id }) => id))).toEqual(new Set([deleted, erased, merged]));
    expect(page?.covered).toBeLessThanOrEqual(since + 120_000);
    const old = await org.connector.deletionsSince?.('Contact', since - 20 * 24 * 60 * 60_000, reading);
    expect(old).toMatchObject({ complete: false });
  });
});
