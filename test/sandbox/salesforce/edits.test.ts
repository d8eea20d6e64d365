import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Org, startOrg } from './org.ts';

describe('Salesforce simulator: everybody edits', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg({ leads: 1 });
  });
  afterAll(() => org.close());

  const rows = async (soql: string) => (await org.query(soql)).body.records;

  it('has the users of the org itself, behind whom nobody is', async () => {
    expect(
      await rows("SELECT Name, IsActive, UserType FROM User WHERE UserType != 'Standard' ORDER BY Id"),
    ).toMatchObject([
      { Name: 'Automated Process', IsActive: true, UserType: 'AutomatedProcess' },
      { Name: 'Platform Integration User', IsActive: true, UserType: 'CloudIntegrationUser' },
    ]);
  });

  it('makes and changes records under the name of whoever does it, history included', async () => {
    const [{ Id: ana }, { Id: machine }] = [
      ...(await rows("SELECT Id FROM User WHERE Alias = 'asouz'")),
      ...(await rows("SELECT Id FROM User WHERE Alias = 'autoproc'")),
    ];
    const { body } = await org.control('/edits', {
      by: 'asouz',
      type: 'Lead',
      records: [{ LastName: 'Doe', Company: 'Acme' }],
    });
    const [id] = body.ids;
    await org.control('/edits', {
      by: 'autoproc',
      type: 'Lead',
      records: [{ Id: id, Status: 'Working - Contacted' }],
    });
    expect(await org.read(id, 'CreatedById', 'LastModifiedById', 'OwnerId', 'Status')).toMatchObject({
      ...{ CreatedById: ana, LastModifiedById: machine, OwnerId: ana, Status: 'Working - Contacted' },
    });
    expect(
      await rows(
        `SELECT Field, CreatedById, CreatedBy.UserType FROM LeadHistory WHERE LeadId = '${id}' AND Field = 'Status'`,
      ),
    ).toMatchObject([{ CreatedById: machine, CreatedBy: { UserType: 'AutomatedProcess' } }]);
  });

  it('takes all of an edit or nothing, and says which row is wrong', async () => {
    const before = (await rows('SELECT Id FROM Lead')).length;
    const refused = async (payload: unknown): Promise<unknown> => {
      const { status, text } = await org.control('/edits', payload);
      return [status, text];
    };
    const records = [{ LastName: 'Doe', Company: 'Acme' }, { LastName: 'Roe' }];
    expect(await refused({ by: 'asouz', type: 'Lead', records })).toEqual([
      400,
      expect.stringContaining('records[1]'),
    ]);
    expect(await refused({ by: 'nobody', type: 'Lead', records })).toEqual([
      400,
      expect.stringContaining('there is no user nobody'),
    ]);
    expect(
      await refused({ by: 'asouz', type: 'Lead', records: [{ Id: '00QSb0000000999MAA', Title: 'x' }] }),
    ).toEqual([400, expect.stringContaining('records[0]')]);
    expect(await rows('SELECT Id FROM Lead')).toHaveLength(before);
  });
});
