import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reading } from './harness.ts';
import { type LiveOrg, startLiveOrg } from './live-org.ts';

describe('users of Salesforce behind whom nobody is', () => {
  let org: LiveOrg;
  beforeAll(async () => {
    org = await startLiveOrg();
  });
  afterAll(() => org.close());

  const users = async () => (await org.connector.owners?.(reading)) ?? [];
  const userCalled = async (name: string) => (await users()).find((user) => user.name === name);

  it('are told from people by their type', async () => {
    const machines = (await users()).filter(({ isMachine }) => isMachine === true);
    expect(machines.map(({ name }) => name)).toEqual(['Automated Process', 'Platform Integration User']);
  });

  it('are named as who changed a record last, and in its history, as people are', async () => {
    const id = await org.create('Lead', { LastName: 'Doe', Company: 'Acme' });
    const edit = (by: string, fields: Readonly<Record<string, string>>) =>
      org.control('/edits', { by, type: 'Lead', records: [{ Id: id, ...fields }] });
    const changedBy = async () =>
      (await org.connector.readMany('Lead', [id], [], reading)).get(id)?.lastModifiedBy;
    const [ana, machine] = [await userCalled('Ana Souza'), await userCalled('Automated Process')];
    await edit('asouz', { Status: 'Working - Contacted' });
    expect(await changedBy()).toBe(ana?.id);
    await edit('autoproc', { Title: 'CTO' });
    expect(await changedBy()).toBe(machine?.id);
    const history = (await org.connector.history('Lead', [id], ['Status', 'Title'], reading)).get(id);
    expect([history?.Status?.[0]?.sourceId, history?.Title?.[0]?.sourceId]).toEqual([ana?.id, machine?.id]);
  });

  it('are taken for people where the profile hides what kind of user somebody is', async () => {
    await org.control('/rules', [{ object: 'User', kind: 'hide', field: 'UserType' }]);
    expect(await userCalled('Automated Process')).toMatchObject({ kind: 'user', active: true });
    expect((await users()).some(({ isMachine }) => isMachine === true)).toBe(false);
    await org.control('/rules', []);
  });
});
