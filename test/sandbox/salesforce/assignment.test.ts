import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { base, type Org, startOrg } from './org.ts';

/** Lead assignment rules, statuses, and whom the company has: users, queues, hours. */
describe('Salesforce simulator: lead assignment', () => {
  let org: Org;
  let queue: string;
  let ben: string;
  let ana: string;
  beforeAll(async () => {
    org = await startOrg({ leads: 20 });
    queue = await idOf("Group WHERE DeveloperName = 'Inbound_Leads'");
    ben = await idOf("User WHERE Alias = 'bokoy'");
    ana = await idOf("User WHERE Alias = 'asouz'");
  });
  afterAll(() => org.close());
  beforeEach(async () => {
    await org.control('/assignment', []);
  });

  const rows = async (soql: string) => (await org.query(soql)).body.records;
  const idOf = async (from: string): Promise<string> => (await rows(`SELECT Id FROM ${from}`))[0].Id;
  const person = { LastName: 'Doe', Company: 'Acme' };
  const create = async (fields: Record<string, unknown>, header?: string) => {
    const headers = header === undefined ? {} : { 'Sforce-Auto-Assign': header };
    const answer = await org.call('POST', `${base}/sobjects/Lead`, { ...person, ...fields }, { headers });
    expect([answer.status, answer.text]).toEqual([201, answer.text]);
    return (await org.read(answer.body.id, 'OwnerId', 'CreatedDate', 'SystemModstamp', 'Id')) as {
      Id: string;
      OwnerId: string;
    };
  };

  it('lets the first entry that fits give the owner, and the default lead owner take the rest', async () => {
    const robin = await idOf("User WHERE Alias = 'rsell'");
    const { body } = await org.control('/assignment', {
      rules: [
        {
          name: 'Standard',
          entries: [
            { when: { Country: 'Germany' }, owner: queue },
            { when: { Country: ['Germany', 'Brazil'] }, owner: ana },
          ],
        },
        { name: 'Events', active: false, entries: [{ owner: ben }] },
      ],
    });
    expect((await create({ Country: 'Germany' })).OwnerId).toBe(queue);
    expect((await create({ Country: 'Brazil' }, 'TRUE')).OwnerId).toBe(ana);
    expect((await create({ Country: 'Chile' })).OwnerId).toBe(robin);
    expect((await create({ Country: 'Germany' }, body.Events)).OwnerId).toBe(ben);
    expect((await create({ Country: 'Germany', OwnerId: ben }, 'FALSE')).OwnerId).toBe(ben);
    // Whoever the caller names: the rule has the last word.
    expect((await create({ Country: 'Germany', OwnerId: ben })).OwnerId).toBe(queue);
    expect(await rows('SELECT Id, Name, Active FROM AssignmentRule ORDER BY Name')).toMatchObject([
      { Id: body.Events, Name: 'Events', Active: false },
      { Id: body.Standard, Name: 'Standard', Active: true },
    ]);
    const nobody = await org.call('POST', `${base}/sobjects/Lead`, person, {
      headers: { 'Sforce-Auto-Assign': '01Q000000000001AAA' },
    });
    expect(nobody.body[0].errorCode).toBe('INVALID_CROSS_REFERENCE_KEY');
    const nonsense = await org.call('POST', `${base}/sobjects/Lead`, person, {
      headers: { 'Sforce-Auto-Assign': 'perhaps' },
    });
    expect([nonsense.status, nonsense.body[0].errorCode]).toEqual([400, 'MALFORMED_ID']);
  });

  it('runs on updates too, in the same save', async () => {
    const { Id } = await create({ Country: 'Chile', OwnerId: ben });
    await org.control('/assignment', {
      rules: [{ name: 'Standard', entries: [{ when: { Country: 'Brazil' }, owner: ana }] }],
      defaultOwner: queue,
    });
    const patch = (body: unknown, header: string) =>
      org.call('PATCH', `${base}/sobjects/Lead/${Id}`, body, { headers: { 'Sforce-Auto-Assign': header } });
    await patch({ City: 'Lima' }, 'false');
    expect((await org.read(Id, 'OwnerId')).OwnerId).toBe(ben);
    await patch({ Country: 'Brazil' }, 'TRUE');
    expect((await org.read(Id, 'OwnerId')).OwnerId).toBe(ana);
    await patch({ Country: 'Peru' }, 'TRUE');
    expect((await org.read(Id, 'OwnerId')).OwnerId).toBe(queue);
    const history = await rows(
      `SELECT NewValue FROM LeadHistory WHERE LeadId = '${Id}' AND Field = 'Owner' ORDER BY Id`,
    );
    expect(history.map((row: { NewValue: string }) => row.NewValue)).toEqual([
      'Ana Souza',
      ana,
      'Inbound Leads',
      queue,
    ]);
  });

  it('leaves the owner alone without an active rule', async () => {
    await org.control('/assignment', {
      rules: [{ name: 'Old', active: false, entries: [{ owner: queue }] }],
    });
    expect((await create({ OwnerId: ben })).OwnerId).toBe(ben);
    expect((await create({ OwnerId: ben }, 'TRUE')).OwnerId).toBe(ben);
  });

  it('is set as a whole or not at all', async () => {
    const answers = [
      await org.control('/assignment', [{ owner: 'nobody' }]),
      await org.control('/assignment', { rules: [{ name: 'a', entries: [{ owner: 'nobody' }] }] }),
      await org.control('/assignment', { rules: [{ name: 'a' }, { name: 'b' }] }),
      await org.control('/assignment', { defaultOwner: await idOf('Lead LIMIT 1') }),
    ];
    expect(answers.map(({ status, body }) => [status, body.place])).toEqual([
      [400, '[0].owner'],
      [400, 'rules[0].entries[0].owner'],
      [400, 'rules'],
      [400, 'defaultOwner'],
    ]);
    expect(await rows('SELECT Id FROM AssignmentRule')).toEqual([]);
  });

  it('has the statuses of a new company', async () => {
    expect(
      await rows('SELECT ApiName, IsConverted, IsDefault FROM LeadStatus ORDER BY SortOrder'),
    ).toMatchObject([
      { ApiName: 'Open - Not Contacted', IsDefault: true, IsConverted: false },
      { ApiName: 'Working - Contacted', IsConverted: false },
      { ApiName: 'Closed - Converted', IsConverted: true },
      { ApiName: 'Closed - Not Converted', IsConverted: false },
    ]);
  });
});

describe('Salesforce simulator: people and hours', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg({ leads: 20 });
  });
  afterAll(() => org.close());

  const rows = async (soql: string) => (await org.query(soql)).body.records;

  it('has reps in many zones, some of whom have left, and their manager', async () => {
    const reps = await rows(
      "SELECT Name, TimeZoneSidKey, LocaleSidKey, IsActive, UserType, Email, Manager.Name FROM User WHERE Manager.Alias = 'gmens' ORDER BY Id",
    );
    expect(new Set(reps.map((rep: { TimeZoneSidKey: string }) => rep.TimeZoneSidKey)).size).toBeGreaterThan(
      8,
    );
    expect(reps.filter((rep: { IsActive: boolean }) => !rep.IsActive)).toHaveLength(3);
    for (const { TimeZoneSidKey } of reps) {
      expect(
        new Intl.DateTimeFormat('en', { timeZone: TimeZoneSidKey }).resolvedOptions().timeZone,
      ).toBeTruthy();
    }
    expect(reps.find((rep: { Name: string }) => rep.Name === 'Ana Souza')).toMatchObject({
      TimeZoneSidKey: 'America/Sao_Paulo',
      LocaleSidKey: 'pt_BR',
      UserType: 'Standard',
      Email: 'ana.souza@sandbox.example.com',
      Manager: { Name: 'Grace Mensah' },
    });
  });

  it('has queues with members, one of them for the leads that nobody can take', async () => {
    const [inbound] = await rows(
      "SELECT Name, (SELECT UserOrGroupId FROM GroupMembers), (SELECT SobjectType FROM QueueSobjects) FROM Group WHERE Type = 'Queue' AND DeveloperName = 'Inbound_Leads'",
    );
    const members = inbound.GroupMembers.records.map((row: { UserOrGroupId: string }) => row.UserOrGroupId);
    expect(
      (await rows(`SELECT Name FROM User WHERE Id IN ('${members.join("','")}') ORDER BY Name`)).map(
        (row: { Name: string }) => row.Name,
      ),
    ).toEqual(['Hugo Lindqvist', 'Kim Closer', 'Priya Nair']);
    // The id that config/routing.yaml names.
    expect(await rows("SELECT Name FROM Group WHERE Id = '00GSb0000000003MAA'")).toMatchObject([
      { Name: 'Unrouted Leads' },
    ]);
    const { body } = await org.control('/directory', {
      users: [{ alias: 'newbi', timeZone: 'Asia/Tokyo', manager: 'gmens' }],
      queues: [{ name: 'APAC', objects: ['Lead'], members: ['newbi'] }],
    });
    expect(
      await rows(`SELECT UserOrGroupId, GroupId FROM GroupMember WHERE GroupId = '${body.APAC}'`),
    ).toMatchObject([{ UserOrGroupId: body.newbi, GroupId: body.APAC }]);
  });

  it('has business hours by zone, which can be changed, and holidays', async () => {
    const [americas] = await rows(
      "SELECT Id, TimeZoneSidKey, MondayStartTime, MondayEndTime, SundayStartTime FROM BusinessHours WHERE Name = 'Americas Sales' AND IsActive = true",
    );
    expect(americas).toMatchObject({
      TimeZoneSidKey: 'America/New_York',
      MondayStartTime: '08:30:00.000Z',
      MondayEndTime: '18:00:00.000Z',
      SundayStartTime: null,
    });
    const at = `${base}/sobjects/BusinessHours/${americas.Id}`;
    expect((await org.call('PATCH', at, { FridayEndTime: '15:00' })).status).toBe(204);
    expect((await org.call('GET', at)).body.FridayEndTime).toBe('15:00:00.000Z');
    expect((await org.call('PATCH', at, { FridayEndTime: '25:00' })).body[0].errorCode).toBe(
      'JSON_PARSER_ERROR',
    );
    expect((await org.call('DELETE', at)).status).toBe(403);
    expect(
      await rows(
        "SELECT RecurrenceDayOfMonth, RecurrenceMonthOfYear FROM Holiday WHERE Name = 'Christmas Day'",
      ),
    ).toMatchObject([{ RecurrenceDayOfMonth: 25, RecurrenceMonthOfYear: 'December' }]);
  });

  it('has campaigns that run, with the statuses of a new one', async () => {
    expect(
      await rows(
        'SELECT Name, NumberOfLeads, (SELECT Label FROM CampaignMemberStatuses ORDER BY SortOrder) FROM Campaign WHERE IsActive = true AND EndDate >= TODAY ORDER BY Id',
      ),
    ).toMatchObject([
      { Name: 'Demo requests', NumberOfLeads: 0 },
      {
        Name: 'Autumn webinar',
        CampaignMemberStatuses: { records: [{ Label: 'Sent' }, { Label: 'Responded' }] },
      },
    ]);
  });

  it('shows who is away as an event of theirs', async () => {
    expect(
      await rows(
        "SELECT Owner.Name, StartDateTime, EndDateTime, IsAllDayEvent FROM Event WHERE ShowAs = 'OutOfOffice' AND ActivityDate <= TODAY",
      ),
    ).toMatchObject([
      {
        Owner: { Name: 'Finn Larsen' },
        StartDateTime: '2026-11-23T00:00:00.000+0000',
        EndDateTime: '2026-11-29T00:00:00.000+0000',
        IsAllDayEvent: true,
      },
    ]);
  });
});
