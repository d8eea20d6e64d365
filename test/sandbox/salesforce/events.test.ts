import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base, type Org, startOrg } from './org.ts';

/** Meetings and absences. */
describe('Salesforce simulator: events', () => {
  let org: Org;
  beforeAll(async () => {
    org = await startOrg();
  });
  afterAll(() => org.close());

  const get = async (type: string, id: string) =>
    (await org.call('GET', `${base}/sobjects/${type}/${id}`)).body;
  const meeting = (fields: Record<string, unknown> = {}) =>
    org.create('Event', {
      Subject: 'Demo',
      StartDateTime: '2026-11-26T09:30:00Z',
      DurationInMinutes: 45,
      ...fields,
    });

  it('works out from a start and an end or a duration what is not said', async () => {
    const times = {
      StartDateTime: '2026-11-26T09:30:00.000+0000',
      ActivityDateTime: '2026-11-26T09:30:00.000+0000',
      EndDateTime: '2026-11-26T10:15:00.000+0000',
      DurationInMinutes: 45,
      ActivityDate: '2026-11-26',
      EndDate: '2026-11-26',
    };
    expect(await get('Event', await meeting())).toMatchObject({
      ...times,
      ShowAs: 'Busy',
      EventSubtype: 'Event',
      GroupEventType: '0',
      IsAllDayEvent: false,
    });
    const byEnd = await org.create('Event', {
      ActivityDateTime: '2026-11-26T09:30:00Z',
      EndDateTime: '2026-11-26T10:15:00Z',
    });
    expect(await get('Event', byEnd)).toMatchObject(times);
    await org.call('PATCH', `${base}/sobjects/Event/${byEnd}`, { StartDateTime: '2026-11-27T09:30:00Z' });
    expect(await get('Event', byEnd)).toMatchObject({
      EndDateTime: '2026-11-27T10:15:00.000+0000',
      ActivityDate: '2026-11-27',
    });
    await org.call('PATCH', `${base}/sobjects/Event/${byEnd}`, { Subject: 'Other' });
    expect((await get('Event', byEnd)).DurationInMinutes).toBe(45);
  });

  it('lasts whole days where it is all-day', async () => {
    const oneDay = await org.create('Event', { IsAllDayEvent: true, ActivityDate: '2026-12-24' });
    expect(await get('Event', oneDay)).toMatchObject({
      StartDateTime: '2026-12-24T00:00:00.000+0000',
      EndDateTime: '2026-12-24T00:00:00.000+0000',
      DurationInMinutes: 1_440,
      ActivityDate: '2026-12-24',
    });
    const away = await org.create('Event', {
      Subject: 'On holiday',
      IsAllDayEvent: true,
      ShowAs: 'OutOfOffice',
      StartDateTime: '2026-12-21T08:00:00Z',
      EndDateTime: '2026-12-24T17:00:00Z',
    });
    expect(await get('Event', away)).toMatchObject({
      StartDateTime: '2026-12-21T00:00:00.000+0000',
      EndDateTime: '2026-12-24T00:00:00.000+0000',
      EndDate: '2026-12-24',
      DurationInMinutes: 4 * 1_440,
    });
  });

  it.each([
    ['no time', {}, 'REQUIRED_FIELD_MISSING', ['ActivityDateTime']],
    ['no end', { StartDateTime: '2026-11-26T09:00:00Z' }, 'REQUIRED_FIELD_MISSING', ['DurationInMinutes']],
    ['no day', { IsAllDayEvent: true }, 'REQUIRED_FIELD_MISSING', ['ActivityDate']],
    [
      'two starts',
      {
        StartDateTime: '2026-11-26T09:00:00Z',
        ActivityDateTime: '2026-11-26T10:00:00Z',
        DurationInMinutes: 5,
      },
      'FIELD_INTEGRITY_EXCEPTION',
      ['StartDateTime', 'ActivityDateTime'],
    ],
    [
      'two ends',
      { StartDateTime: '2026-11-26T09:00:00Z', EndDateTime: '2026-11-26T10:00:00Z', DurationInMinutes: 5 },
      'FIELD_INTEGRITY_EXCEPTION',
      ['DurationInMinutes', 'EndDateTime'],
    ],
    [
      'an end before the start',
      { StartDateTime: '2026-11-26T09:00:00Z', EndDateTime: '2026-11-26T08:00:00Z' },
      'FIELD_INTEGRITY_EXCEPTION',
      ['EndDateTime'],
    ],
    [
      'more than 14 days',
      { StartDateTime: '2026-11-26T09:00:00Z', EndDateTime: '2026-12-26T08:00:00Z' },
      'FIELD_INTEGRITY_EXCEPTION',
      ['EndDateTime'],
    ],
    [
      'a queue as owner',
      { StartDateTime: '2026-11-26T09:00:00Z', DurationInMinutes: 5, OwnerId: '00GSb0000000001' },
      'MALFORMED_ID',
      ['OwnerId'],
    ],
  ])('refuses %s', async (_what, fields, code, names) => {
    const { status, body } = await org.call('POST', `${base}/sobjects/Event`, fields);
    expect([status, body[0].errorCode, body[0].fields]).toEqual([400, code, names]);
  });

  it('is of people and records as a task is, and counts as the last activity', async () => {
    const account = await org.create('Account', { Name: 'Acme' });
    const contact = await org.create('Contact', { LastName: 'Okafor', AccountId: account });
    const lead = await org.lead();
    const ofLead = await meeting({ WhoId: lead });
    const ofContact = await meeting({ WhoId: contact });
    expect((await get('Lead', lead)).LastActivityDate).toBe('2026-11-26');
    expect((await get('Account', account)).LastActivityDate).toBe('2026-11-26');
    expect((await get('Event', ofContact)).AccountId).toBe(account);
    const both = await org.call('POST', `${base}/sobjects/Event`, {
      WhoId: lead,
      WhatId: account,
      StartDateTime: '2026-11-26T09:00:00Z',
      DurationInMinutes: 5,
    });
    expect(both.body[0].errorCode).toBe('FIELD_INTEGRITY_EXCEPTION');
    const { contactId, opportunityId } = await org.connection.soap.convertLead({
      leadId: lead,
      convertedStatus: 'Closed - Converted',
    });
    expect(await get('Event', ofLead)).toMatchObject({ WhoId: contactId, WhatId: opportunityId });
    const { body } = await org.query(
      `SELECT (SELECT Id FROM Events), (SELECT Id FROM Tasks) FROM Contact WHERE Id = '${contactId}'`,
    );
    expect(body.records).toMatchObject([{ Events: { records: [{ Id: ofLead }] }, Tasks: null }]);
  });
});
