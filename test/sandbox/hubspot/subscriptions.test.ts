import { afterEach, describe, expect, it } from 'vitest';
import { makeHubspotTokens } from '../../../src/sandbox/hubspot/system.ts';
import { type Portal, startPortal } from './portal.ts';

let portal: Portal;
afterEach(() => portal.close());

const v4 = '/communication-preferences/v4';

describe('subscriptions', () => {
  it('need their scope, in every version and for reading too; each token is told what it was granted', async () => {
    portal = await startPortal();
    const scope = 'communication_preferences.read_write';
    const info = async (tokenKey: string) =>
      portal.call('POST', '/oauth/v2/private-apps/get/access-token-info', { tokenKey });
    const { integration, person } = makeHubspotTokens(1);
    expect((await info(integration)).body.scopes).toContain(scope);
    expect((await info(person)).status).toBe(404);
    expect((await info('nobody')).status).toBe(404);
    await portal.control('/portal', { withheldScopes: [scope] });
    expect((await info(integration)).body.scopes).not.toContain(scope);
    for (const path of ['/communication-preferences/v3/definitions', `${v4}/definitions`]) {
      const refused = await portal.call('GET', path);
      expect([refused.status, refused.body.category]).toEqual([403, 'MISSING_SCOPES']);
      expect(refused.body.errors[0].context.requiredGranularScopes).toEqual([scope]);
      expect((await portal.call('GET', path, undefined, 'person')).status).toBe(200);
    }
  });

  it('v3 takes people off one type and never puts them on again', async () => {
    portal = await startPortal();
    const { client } = portal;
    const request = { emailAddress: 'a@example.org', subscriptionId: '71000002' };
    const statusOf = async () => {
      const { subscriptionStatuses } =
        await client.communicationPreferences.statusApi.getEmailStatus('a@example.org');
      return subscriptionStatuses.map(({ id, status }) => [id, String(status)]);
    };
    await client.communicationPreferences.statusApi.subscribe(request);
    expect(await statusOf()).toContainEqual(['71000002', 'SUBSCRIBED']);
    await client.communicationPreferences.statusApi.unsubscribe(request);
    expect(await statusOf()).toContainEqual(['71000002', 'NOT_SUBSCRIBED']);
    await expect(client.communicationPreferences.statusApi.subscribe(request)).rejects.toMatchObject({
      code: 400,
    });
  });

  it('v4 opts out of everything, which the contact shows; an empty list says that nobody did', async () => {
    portal = await startPortal();
    const id = await portal.create({ email: 'a@example.org' });
    const all = `${v4}/statuses/a@example.org/unsubscribe-all?channel=EMAIL`;
    expect((await portal.call('GET', all)).body.results).toEqual([]);
    portal.clock.advance(5_000);
    expect((await portal.call('POST', all, {}, 'person')).status).toBe(200);
    expect((await portal.call('GET', all)).body.results).toMatchObject([
      { status: 'UNSUBSCRIBED', wideStatusType: 'PORTAL_WIDE', subscriberIdString: 'a@example.org' },
    ]);
    const read = await portal.call(
      'GET',
      `/crm/v3/objects/contacts/${id}?propertiesWithHistory=hs_email_optout`,
    );
    expect(read.body.propertiesWithHistory.hs_email_optout).toMatchObject([
      { value: 'true', sourceType: 'CRM_UI' },
    ]);
    const types = await portal.call('GET', `${v4}/statuses/a@example.org?channel=EMAIL`);
    expect(new Set(types.body.results.map((one: { status: string }) => one.status))).toEqual(
      new Set(['UNSUBSCRIBED']),
    );
    const patched = await portal.call('PATCH', `/crm/v3/objects/contacts/${id}`, {
      properties: { hs_email_optout: 'false' },
    });
    expect(patched.status).toBe(400);
    await portal.call('PATCH', `/crm/v3/objects/contacts/${id}`, {
      properties: { email: 'new@example.org' },
    });
    expect(await portal.read(id, 'hs_email_optout')).toMatchObject({ hs_email_optout: 'false' });
  });
});

describe('the associations limit', () => {
  it('is 150 in ten seconds, beside the burst', async () => {
    portal = await startPortal();
    await portal.control('/limits', { burst: 1_000 });
    const path = '/crm/v4/associations/contacts/companies/labels';
    for (let at = 0; at < 150; at += 1) await portal.call('GET', path);
    expect((await portal.call('GET', path)).body.policyName).toBe('TEN_SECONDLY_ROLLING');
    expect((await portal.call('GET', '/crm/v3/owners')).status).toBe(200);
  });
});
