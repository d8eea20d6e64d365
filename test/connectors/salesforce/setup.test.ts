import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reading, writing } from './harness.ts';
import { type LiveOrg, startLiveOrg } from './live-org.ts';

describe('what an administrator set up in Salesforce', () => {
  let org: LiveOrg;
  beforeAll(async () => {
    org = await startLiveOrg();
  });
  afterAll(() => org.close());

  it('owners: users, former ones too, and queues with what they can own', async () => {
    await org.control('/directory', {
      users: [{ alias: 'newbie', firstName: 'Nia', lastName: 'Newbie', email: 'Nia@Sandbox.example.com' }],
      queues: [{ name: 'Site queue', objects: ['Account', 'Lead'] }],
    });
    const owners = (await org.connector.owners?.(reading)) ?? [];
    const named = (name: string) => owners.find((owner) => owner.name === name);
    expect(named('Nia Newbie')).toMatchObject({
      kind: 'user',
      email: 'nia@sandbox.example.com',
      active: true,
      owns: null,
    });
    expect(named('Sam Former')).toMatchObject({ kind: 'user', active: false });
    expect(owners.filter(({ isTandem }) => isTandem === true).map(({ name }) => name)).toEqual([
      'Tandem Integration',
    ]);
    expect(named('Site queue')).toMatchObject({ kind: 'queue', owns: ['Account', 'Lead'] });
    expect(owners.find((owner) => owner.name === 'Inbound Leads')?.owns).toEqual(['Lead']);
  });

  it('owners: the zone and the manager of a user, where the profile lets them be seen', async () => {
    await org.control('/directory', {
      users: [
        { alias: 'boss', firstName: 'Bo', lastName: 'Boss' },
        { alias: 'worker', firstName: 'Wim', lastName: 'Worker', timeZone: 'Asia/Tokyo', manager: 'boss' },
      ],
    });
    const read = async () => (await org.connector.owners?.(reading)) ?? [];
    const owners = await read();
    const boss = owners.find(({ name }) => name === 'Bo Boss');
    expect(owners.find(({ name }) => name === 'Wim Worker')).toMatchObject({
      zone: 'Asia/Tokyo',
      manager: boss?.id,
    });
    await org.control('/rules', [{ object: 'User', kind: 'hide', field: 'ManagerId' }]);
    const hidden = (await read()).find(({ name }) => name === 'Wim Worker');
    expect(hidden).toMatchObject({ kind: 'user', active: true });
    expect(hidden).not.toHaveProperty('manager');
    await org.control('/rules', []);
  });

  it('assigns: whether a rule of leads is active', async () => {
    const assigns = async () => org.connector.assigns?.('Lead', reading);
    expect(await assigns()).toBe(false);
    const owners = (await org.connector.owners?.(reading)) ?? [];
    const entries = [{ owner: owners.find(({ kind, active }) => kind === 'user' && active)?.id ?? '' }];
    await org.control('/assignment', { rules: [{ name: 'Old', active: false, entries }] });
    expect(await assigns()).toBe(false);
    await org.control('/assignment', entries);
    expect(await assigns()).toBe(true);
    await org.control('/assignment', []);
  });

  it('absences: all-day events that say out of office and are on, and no other events', async () => {
    const owners = (await org.connector.owners?.(reading)) ?? [];
    const owner = owners.find(({ name }) => name === 'Nia Newbie')?.id ?? '';
    const allDay = (day: string, end: string, more: Record<string, string | boolean> = {}) =>
      org.create('Event', {
        ...{ Subject: 'Away', OwnerId: owner, IsAllDayEvent: true, ShowAs: 'OutOfOffice' },
        ...{ ActivityDate: day, EndDateTime: `${end}T00:00:00Z`, ...more },
      });
    await allDay('2026-11-28', '2026-12-04');
    await allDay('2026-12-20', '2026-12-21');
    await allDay('2026-11-01', '2026-11-02');
    await allDay('2026-11-30', '2026-11-30', { ShowAs: 'Busy' });
    const noon = Date.parse('2026-11-30T12:00:00Z');
    const absences = await org.connector.absences?.(noon, noon + 1_200_000, reading);
    expect(absences?.filter((each) => each.owner === owner)).toEqual([
      { owner, firstDay: '2026-11-28', lastDay: '2026-12-04' },
    ]);
  });

  it('an owner who left, or a queue of other objects, is refused; what they own stays theirs', async () => {
    const owners = (await org.connector.owners?.(reading)) ?? [];
    const idOf = (name: string) => owners.find((owner) => owner.name === name)?.id ?? '';
    const leaver = idOf('Ana Souza');
    const account = await org.create('Account', { Name: 'Acme', OwnerId: leaver });
    await org.control('/directory', { users: [{ alias: 'asouz', active: false }] });
    const give = async (type: string, id: string, owner: string, more: Record<string, string> = {}) =>
      (
        await org.connector.writeMany(
          type,
          [{ op: 'update', key: '1', id, fields: { ...more, OwnerId: owner } }],
          writing,
        )
      )[0];
    const other = await org.create('Account', { Name: 'Other' });
    expect(await give('Account', other, leaver)).toMatchObject({
      kind: 'refused',
      failure: { category: 'value', code: 'INACTIVE_OWNER_OR_USER', fields: ['OwnerId'] },
    });
    expect(await give('Account', other, idOf('Inbound Leads'))).toMatchObject({ kind: 'refused' });
    const [kept] = await org.connector.writeMany(
      'Account',
      [{ op: 'update', key: '2', id: account, fields: { Phone: '1' } }],
      writing,
    );
    expect(kept).toMatchObject({ kind: 'landed' });
    const lead = await org.create('Lead', { LastName: 'Doe', Company: 'Acme' });
    expect(await give('Lead', lead, idOf('Partner Leads'))).toMatchObject({ kind: 'landed' });
  });

  it('stages of deals and statuses of leads', async () => {
    const [deals] = (await org.connector.pipelines?.('Opportunity', reading)) ?? [];
    expect(deals?.stages).toHaveLength(10);
    expect(deals?.stages[0]).toMatchObject({ id: 'Prospecting', order: 0, closed: false, probability: 0.1 });
    expect(deals?.stages.filter((stage) => stage.won).map((stage) => stage.id)).toEqual(['Closed Won']);
    const [leads] = (await org.connector.pipelines?.('Lead', reading)) ?? [];
    expect(leads?.stages.filter((stage) => stage.converts).map((stage) => stage.id)).toEqual([
      'Closed - Converted',
    ]);
    expect(await org.connector.pipelines?.('Account', reading)).toEqual([]);
  });

  it('describes references, listed values, and record types once there are some', async () => {
    const before = await org.connector.describe('Opportunity', reading);
    expect(before.kinds).toEqual([]);
    expect(before.fields.has('RecordTypeId')).toBe(false);
    expect(before.fields.get('AccountId')?.references).toEqual({
      types: ['Account'],
      relationship: 'Account',
    });
    expect(before.fields.get('StageName')).toMatchObject({ options: null });
    expect(before.fields.get('StageName')?.choices?.map((choice) => choice.value)).toContain('Closed Lost');
    const lead = await org.connector.describe('Lead', reading);
    expect(lead.fields.get('OwnerId')?.references?.types).toEqual(['Group', 'User']);
    expect(lead.fields.get('Status')?.choices?.find((choice) => choice.isDefault)?.value).toBe(
      'Open - Not Contacted',
    );

    const types = [
      { developerName: 'New_Business', default: true },
      { developerName: 'Renewal', active: false },
    ];
    await org.control('/record-types', { object: 'Opportunity', types });
    const after = await org.connector.describe('Opportunity', reading);
    expect(after.kinds).toMatchObject([
      { name: 'New_Business', label: 'New Business', active: true, isDefault: true },
      { name: 'Renewal', active: false },
    ]);
    const [newBusiness, renewal] = after.kinds?.map((kind) => kind.id) ?? [];
    const deal = await org.create('Opportunity', {
      Name: 'D',
      StageName: 'Prospecting',
      CloseDate: '2026-12-01',
    });
    const read = await org.connector.readMany('Opportunity', [deal], ['RecordTypeId'], reading);
    expect(read.get(deal)?.fields.RecordTypeId).toBe(newBusiness);
    const change = (RecordTypeId: string) =>
      org.connector.writeMany(
        'Opportunity',
        [{ op: 'update', key: '1', id: deal, fields: { RecordTypeId } }],
        writing,
      );
    expect(await change(renewal ?? '')).toMatchObject([
      { kind: 'refused', failure: { code: 'INVALID_CROSS_REFERENCE_KEY', fields: ['RecordTypeId'] } },
    ]);
    await org.control('/record-types', { object: 'Opportunity', types: [{ developerName: 'Renewal' }] });
    expect(await change(renewal ?? '')).toMatchObject([{ kind: 'landed' }]);
  });
});
