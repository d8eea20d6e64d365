import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base, type Org, startOrg } from './org.ts';

/** Leads by LastName, so that a query's answer reads as a list of letters. */
const people = [
  {
    LastName: 'a',
    Company: 'Acme',
    Email: 'a@x.example',
    NumberOfEmployees: 5,
    Tandem_Recontact_On__c: '2026-11-25',
  },
  {
    LastName: 'b',
    Company: 'ACME',
    Title: 'CTO',
    NumberOfEmployees: 50,
    DoNotCall: true,
    Tandem_Due_At__c: '2026-11-25T12:00:00Z',
  },
  {
    LastName: 'c',
    Company: "O'Neil \\ 50%_x",
    Title: 'cto',
    Status: 'Working - Contacted',
    Tandem_Recontact_On__c: '2026-11-24',
  },
  {
    LastName: 'd',
    Company: 'Beta',
    Email: 'D@x.example',
    AnnualRevenue: 10.4,
    Tandem_Due_At__c: '2026-10-01T00:00:00Z',
  },
];

describe('SOQL', () => {
  let org: Org;
  let ids: string[];
  beforeAll(async () => {
    org = await startOrg();
    await org.control('/schema', {
      objects: [
        {
          name: 'Lead',
          fields: [
            { name: 'Topics__c', type: 'multipicklist', picklist: ['x', 'y', 'z'] },
            { name: 'Code__c', type: 'string', length: 20, externalId: true, caseSensitive: true },
          ],
        },
      ],
    });
    const extra = [
      { Topics__c: 'y;x', Code__c: 'Ab' },
      { Topics__c: 'z', Code__c: 'ab' },
      {},
      { HubSpot_Id__c: 'H1' },
    ];
    const records = people.map((one, at) => ({ ...one, ...extra[at] }));
    ids = (await org.control('/records/Lead', { records })).body.ids;
  });
  afterAll(() => org.close());

  const letters = async (where: string, rest = 'ORDER BY LastName'): Promise<string> => {
    const { status, body, text } = await org.query(`SELECT LastName FROM Lead WHERE ${where} ${rest}`);
    if (status !== 200) throw new Error(text);
    return body.records.map((record: { LastName: string }) => record.LastName).join('');
  };

  it.each([
    ["Company = 'acme'", 'ab'],
    ["Company != 'acme'", 'cd'],
    ["Company <> 'acme'", 'cd'],
    ["Title = 'CTO'", 'bc'],
    ["Title != 'cto'", 'ad'],
    ['Title = null', 'ad'],
    ["Title = ''", 'ad'],
    ['Title != null', 'bc'],
    ["Title IN ('CTO', 'CEO')", 'bc'],
    ["Title NOT IN ('CTO')", 'ad'],
    ["Email = 'A@X.example'", 'a'],
    ["Email IN ('a@x.example', 'd@x.example')", 'ad'],
    ["Company LIKE 'a%'", 'ab'],
    ["Company LIKE '_cm_'", 'ab'],
    ["NOT Company LIKE 'a%'", 'cd'],
    ["(NOT Company LIKE 'a%') AND Title = null", 'd'],
    ["Company = 'O\\'Neil \\\\ 50%_x'", 'c'],
    ["Company LIKE '%50\\%\\_x'", 'c'],
    ["Company LIKE '%50\\%\\_y'", ''],
    ["Company > 'acme'", 'cd'],
    ["Company <= 'Beta'", 'abd'],
    ['NumberOfEmployees > 5', 'b'],
    ['NumberOfEmployees >= 5', 'ab'],
    ['NumberOfEmployees < 50.5', 'ab'],
    ['NumberOfEmployees = null', 'cd'],
    ['AnnualRevenue = 10', 'd'],
    ['DoNotCall = true', 'b'],
    ['DoNotCall = false', 'acd'],
    ['IsConverted = FALSE', 'abcd'],
    ["Status = 'working - contacted'", 'c'],
    ['Tandem_Recontact_On__c = TODAY', 'a'],
    ['Tandem_Recontact_On__c = YESTERDAY', 'c'],
    ['Tandem_Recontact_On__c < 2026-11-25', 'c'],
    ['Tandem_Recontact_On__c = LAST_N_DAYS:1', 'ac'],
    ['Tandem_Recontact_On__c != TODAY', 'bcd'],
    ['Tandem_Due_At__c = 2026-11-25T12:00:00Z', 'b'],
    ['Tandem_Due_At__c = 2026-11-25T13:00:00+01:00', 'b'],
    ['Tandem_Due_At__c < TODAY', 'd'],
    ['Tandem_Due_At__c = LAST_MONTH', 'd'],
    ['Tandem_Due_At__c = THIS_QUARTER', 'bd'],
    ['Tandem_Due_At__c >= 2026-11-25T12:00:01.000Z', ''],
    ['CreatedDate = TODAY', 'abcd'],
    ["Topics__c INCLUDES ('x;y')", 'a'],
    ["Topics__c INCLUDES ('x', 'z')", 'ab'],
    ["Topics__c EXCLUDES ('x')", 'bcd'],
    ["Topics__c = 'x;y'", 'a'],
    ["Code__c = 'Ab'", 'a'],
    ["HubSpot_Id__c = 'h1'", 'd'],
    ["Owner.Name = 'robin seller'", 'abcd'],
    ["Owner.Type = 'Queue'", ''],
    ["CreatedBy.Username LIKE 'robin%'", 'abcd'],
    ["(Company = 'acme' AND Title = 'CTO') OR LastName = 'd'", 'bd'],
    ["Company = 'acme' AND (Title = 'CTO' OR Email != null)", 'ab'],
    ["NOT (Company = 'acme' OR LastName = 'd')", 'c'],
    ["NOT Company = 'acme' AND Title = 'CTO'", 'c'],
    ["Id IN (SELECT Id FROM Lead WHERE Title = 'CTO')", 'bc'],
    ["Id NOT IN (SELECT Id FROM Lead WHERE Title = 'CTO')", 'ad'],
    ["Name = 'A'", 'a'],
  ])('%s', async (where, expected) => {
    expect(await letters(where)).toBe(expected);
  });

  it('takes ids of 15 and 18 characters and compares them by range', async () => {
    const [a = '', b = '', c = ''] = ids;
    expect(await letters(`Id = '${a.slice(0, 15)}'`)).toBe('a');
    expect(await letters(`Id IN ('${a}', '${b.slice(0, 15)}', '00QSb0000zzzzzzAAA')`)).toBe('ab');
    expect(await letters(`Id > '${b}'`, 'ORDER BY Id')).toBe('cd');
    expect(await letters(`Id >= '${b}' AND Id < '${c}'`, 'ORDER BY Id')).toBe('b');
  });

  it('sees object aliases, any case of names, and line breaks', async () => {
    const { body } = await org.query("select id, L.lastname\nfrom lead L where l.company = 'Beta'");
    expect(body.records[0]).toMatchObject({ LastName: 'd', Id: ids[3] });
  });

  it.each([
    ['ORDER BY LastName DESC', 'dcba'],
    ['ORDER BY Title, LastName', 'adbc'],
    ['ORDER BY Title NULLS LAST, LastName DESC', 'cbda'],
    ['ORDER BY NumberOfEmployees DESC NULLS LAST, LastName', 'bacd'],
    ['ORDER BY SystemModstamp, Id', 'abcd'],
    ['ORDER BY LastName LIMIT 2', 'ab'],
    ['ORDER BY LastName LIMIT 2 OFFSET 1', 'bc'],
    ['ORDER BY Id LIMIT 1 OFFSET 3', 'd'],
    ['LIMIT 0', ''],
  ])('%s', async (rest, expected) => {
    expect(await letters('Id != null', rest)).toBe(expected);
  });

  it('shows records as the REST API does', async () => {
    const { body } = await org.query(
      "SELECT Id, Owner.Name, Owner.Type, CreatedBy.Email, CreatedDate, AnnualRevenue, ConvertedAccount.Name FROM Lead WHERE LastName = 'd'",
    );
    const ownerUrl = `${base}/sobjects/User/${body.records[0].Owner.attributes.url.split('/').at(-1)}`;
    expect(body).toEqual({
      totalSize: 1,
      done: true,
      records: [
        {
          attributes: { type: 'Lead', url: `${base}/sobjects/Lead/${ids[3]}` },
          Id: ids[3],
          CreatedDate: '2026-11-25T12:00:00.000+0000',
          AnnualRevenue: 10,
          Owner: { attributes: { type: 'Name', url: ownerUrl }, Name: 'Robin Seller', Type: 'User' },
          CreatedBy: {
            attributes: { type: 'User', url: ownerUrl },
            Email: 'robin.seller@sandbox.example.com',
          },
          ConvertedAccount: null,
        },
      ],
    });
  });

  it('counts and groups', async () => {
    expect((await org.query("SELECT COUNT() FROM Lead WHERE Company = 'acme'")).body).toEqual({
      totalSize: 2,
      done: true,
      records: [],
    });
    const attributes = { type: 'AggregateResult' };
    const folded = await org.query('SELECT COUNT(Id), MAX(NumberOfEmployees) most, COUNT(Email) FROM Lead');
    expect(folded.body.records).toEqual([{ attributes, expr0: 4, most: 50, expr1: 2 }]);
    const grouped = await org.query('SELECT Status, COUNT(Id) n FROM Lead GROUP BY Status');
    expect(grouped.body.records).toEqual([
      { attributes, Status: 'Open - Not Contacted', n: 3 },
      { attributes, Status: 'Working - Contacted', n: 1 },
    ]);
  });

  it('selects all fields by FIELDS, for few rows', async () => {
    const { body } = await org.query('SELECT FIELDS(ALL) FROM Lead ORDER BY Id LIMIT 1');
    expect(body.records[0]).toMatchObject({
      Id: ids[0],
      HubSpot_Id__c: null,
      IsDeleted: false,
      Address: null,
    });
    expect((await org.query('SELECT FIELDS(ALL) FROM Lead')).body[0].errorCode).toBe('MALFORMED_QUERY');
  });

  it.each([
    ['SELECT Id FROM Lead WHERE Nope = 1', 'INVALID_FIELD', "No such column 'Nope' on entity 'Lead'."],
    ['SELECT Id, Nope FROM Lead', 'INVALID_FIELD', 'ERROR at Row:1:Column:12'],
    ['SELECT Id FROM Lead WHERE Boss.Name = null', 'INVALID_FIELD', "Didn't understand relationship 'Boss'"],
    ['SELECT Id FROM Nope__c', 'INVALID_TYPE', "sObject type 'Nope__c' is not supported."],
    ['SELECT Id FROM Lead WHERE Description = null', 'INVALID_FIELD', 'can not be filtered in a query call'],
    ['SELECT Id FROM Lead ORDER BY Description', 'MALFORMED_QUERY', 'can not be sorted in a query call'],
    ['SELECT Id FROM Lead WHERE Email = 5', 'INVALID_FIELD', 'must be of type string and should be enclosed'],
    ["SELECT Id FROM Lead WHERE CreatedDate > '2020-01-01'", 'INVALID_FIELD', 'must be of type dateTime'],
    ['SELECT Id FROM Lead WHERE CreatedDate > 2020-01-01', 'INVALID_FIELD', 'must be of type dateTime'],
    ["SELECT Id FROM Lead WHERE NumberOfEmployees = '5'", 'INVALID_FIELD', 'must be of type int'],
    ["SELECT Id FROM Lead WHERE Id = 'nope'", 'INVALID_QUERY_FILTER_OPERATOR', 'invalid ID field: nope'],
    ["SELECT Id FROM Lead WHERE Company = 'a\\q'", 'MALFORMED_QUERY', 'Illegal character sequence'],
    ["SELECT Id FROM Lead WHERE Company = 'a", 'MALFORMED_QUERY', 'ERROR at Row:1:Column:37'],
    ["SELECT Id FROM Lead WHERE Company == 'a'", 'MALFORMED_QUERY', "unexpected token: '='"],
    ["SELECT Id FROM Lead WHERE Title = 'a' AND City = 'b' OR City = 'c'", 'MALFORMED_QUERY', "token: 'OR'"],
    ['SELECT Id, Id FROM Lead', 'INVALID_FIELD', 'duplicate field selected: Id'],
    ['SELECT Id FROM Lead OFFSET 2001', 'NUMBER_OUTSIDE_VALID_RANGE', 'Maximum SOQL offset allowed is 2000'],
    ['SELECT Status, COUNT(Id) FROM Lead', 'MALFORMED_QUERY', 'Field must be grouped or aggregated: Status'],
    ['SELECT COUNT(Id) FROM Lead LIMIT 1', 'MALFORMED_QUERY', 'cannot also use LIMIT'],
    ['', 'MALFORMED_QUERY', 'A query string has to be specified'],
  ])('refuses %s', async (soql, code, message) => {
    const { status, body } = await org.query(soql);
    expect(status).toBe(400);
    expect(body[0].errorCode).toBe(code);
    expect(body[0].message).toContain(message);
  });

  it('points at the row and column of a name', async () => {
    const { body } = await org.query('SELECT Id, FullName FROM Account');
    expect(body[0].message).toBe(
      "\nSELECT Id, FullName FROM Account\n           ^\nERROR at Row:1:Column:12\nNo such column 'FullName' on entity 'Account'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.",
    );
  });
});
