import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Portal, startPortal } from './portal.ts';

const contacts = '/crm/v3/objects/contacts';
let portal: Portal;
let id: string;
beforeAll(async () => {
  portal = await startPortal();
  id = await portal.create({ email: 'values@example.com' });
});
afterAll(() => portal.close());

const patch = (properties: Record<string, unknown>) =>
  portal.call('PATCH', `${contacts}/${id}`, { properties });

describe('values that are refused', () => {
  it.each([
    ['email', 'not an address', 'INVALID_EMAIL', 'Email address not an address is invalid'],
    ['email', 'a@b', 'INVALID_EMAIL', 'Email address a@b is invalid'],
    ['hs_lead_status', 'new', 'INVALID_OPTION', /^new was not one of the allowed options: \[NEW, OPEN, /],
    ['numemployees', '7', 'INVALID_OPTION', /^7 was not one of the allowed options/],
    ['hs_buying_role', 'CHAMPION;KING', 'INVALID_OPTION', /^KING was not/],
    ['hubspot_owner_id', '51430432', 'INVALID_OPTION', /^51430432 was not/],
    ['tandem_suppressed', 'maybe', 'INVALID_OPTION', /^maybe was not/],
    ['tandem_score', 'many', 'INVALID_INTEGER', 'many was not a valid number'],
    ['closedate', '1/1/1', 'INVALID_LONG', '1/1/1 was not a valid long.'],
    ['tandem_recontact_on', 'soon', 'INVALID_DATE', 'soon was not a valid date.'],
    ['tandem_recontact_on', '1635535865', 'INVALID_DATE', '1635535865 is at 22:18:55.865 UTC, not midnight!'],
    ['no_such_property', 'x', 'PROPERTY_DOESNT_EXIST', 'Property "no_such_property" does not exist'],
    [
      'createdate',
      '2020-01-01',
      'READ_ONLY_VALUE',
      '"createdate" is a read only property; its value cannot be set.',
    ],
    ['hs_additional_emails', 'b@example.com', 'READ_ONLY_VALUE', /read only/],
    ['message', 'x'.repeat(65_537), 'STRING_TOO_LONG', /65537 characters/],
  ])('%s %s: %s', async (name, value, error, message) => {
    const { status, body } = await patch({ [name]: value, city: 'must not land' });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      status: 'error',
      category: 'VALIDATION_ERROR',
      errors: [{ code: error, context: { propertyName: [name] } }],
    });
    const prefix = 'Property values were not valid: ';
    expect(body.message.startsWith(prefix)).toBe(true);
    const [entry, ...others] = JSON.parse(body.message.slice(prefix.length));
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ isValid: false, error, name, message: expect.stringMatching(message) });
    expect(await portal.read(id, 'city')).toMatchObject({ city: null });
  });

  it('lists every value that was refused', async () => {
    const { body } = await patch({ tandem_score: 'x', email: 'y' });
    expect(body.errors.map((error: { code: string }) => error.code)).toEqual([
      'INVALID_INTEGER',
      'INVALID_EMAIL',
    ]);
  });

  it('refuses the value of a unique property that another record has', async () => {
    await portal.create({ email: 'holder@example.com', tandem_salesforce_id: '00Q1' });
    const { status, body } = await patch({ tandem_salesforce_id: '00Q1' });
    expect([status, body.errors[0].code]).toEqual([400, 'CONFLICTING_UNIQUE_VALUE']);
  });

  it('refuses a body that is not JSON or not of the shape', async () => {
    for (const body of ['{', '{"properties":{"city":{"a":1}}}', '[]']) {
      expect((await portal.call('PATCH', `${contacts}/${id}`, body)).status).toBe(400);
    }
  });
});

describe('values that are taken, and how they are kept', () => {
  it.each([
    ['tandem_score', 15000, '15000'],
    ['tandem_score', '-1.50', '-1.50'],
    ['tandem_suppressed', true, 'true'],
    ['tandem_recontact_on', '2026-03-01', '2026-03-01'],
    ['tandem_recontact_on', '1772323200000', '2026-03-01'],
    ['closedate', '1772323200123', '2026-03-01T00:00:00.123Z'],
    ['closedate', '2026-03-01T03:30:17+02:00', '2026-03-01T01:30:17.000Z'],
    ['hubspot_owner_id', '41629780', '41629780'],
    ['hs_buying_role', 'CHAMPION;INFLUENCER', 'CHAMPION;INFLUENCER'],
    ['firstname', '  Zoë 李 ', '  Zoë 李 '],
    ['message', 'x'.repeat(65_536), 'x'.repeat(65_536)],
    ['firstname', null, null],
  ])('%s %s', async (name, value, kept) => {
    expect((await patch({ [name]: value })).status).toBe(200);
    expect((await portal.read(id, name))[name]).toBe(kept);
  });

  it('a leading semicolon appends options', async () => {
    await patch({ hs_buying_role: 'CHAMPION' });
    await patch({ hs_buying_role: ';INFLUENCER;CHAMPION' });
    expect(await portal.read(id, 'hs_buying_role')).toMatchObject({ hs_buying_role: 'CHAMPION;INFLUENCER' });
  });
});
