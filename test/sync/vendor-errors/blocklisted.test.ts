import { beforeEach, describe, expect, it } from 'vitest';
import { pair, withSimulators } from '../simulated.ts';

/** What becomes of an address that HubSpot takes from nobody, since whoever had it was deleted there for privacy; Tandem never knew them. */
const simulated = withSimulators();
const { fixture } = simulated;
const erased = 'erased@example.com';

const hubspot = async (path: string, body: unknown): Promise<void> => {
  const { access } = simulated.sandbox;
  const response = await fetch(`${access.hubspot}/crm/v3/objects/contacts/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access.hubspotPersonToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
};
const contacts = async (): Promise<string> =>
  (await fetch(`${simulated.sandbox.access.hubspot}/_sandbox/records/contacts`)).text();
const parked = async () =>
  fixture.query<{ field: string; code: string; category: string; next: string; words: string }>(
    `select field, failure ->> 'code' as code, failure ->> 'category' as category, next_step as next,
       failure ->> 'message' as words from tandem.parked`,
  );
const told = {
  ...{ field: 'email', code: 'BLOCKLISTED_EMAIL', category: 'value' },
  next: expect.stringContaining('HubSpot takes this one from nobody any more'),
  words: expect.not.stringContaining(erased),
};

beforeEach(async () => {
  await fixture.query('delete from tandem.parked');
});

describe('An address of somebody who was deleted for privacy in HubSpot', () => {
  it('on a linked record: the address is parked by name, everything else goes on', async () => {
    await hubspot('gdpr-delete', { objectId: erased, idProperty: 'email' });
    const [ids] = await simulated.people([{ email: 'ann@example.com', lastname: 'Ng', company: 'Acme' }]);
    if (ids === undefined) throw new Error('nobody was linked');
    await simulated.editLead(ids.salesforce, { Email: erased, Title: 'Chief' });
    await simulated.mark({ salesforce: ids.salesforce });
    await simulated.drain();
    expect(await parked()).toEqual([told]);
    const titles = { hubspot: 'jobtitle', salesforce: 'Title' };
    expect(await simulated.values(ids, titles)).toEqual({ hubspot: 'Chief', salesforce: 'Chief' });
    // Another change of the record does not send it again; another address does.
    await simulated.editLead(ids.salesforce, { Email: 'ann.ng@example.com' });
    await simulated.mark({ salesforce: ids.salesforce });
    await simulated.drain();
    expect(await parked()).toEqual([]);
    expect(await contacts()).toContain('ann.ng@example.com');
  });

  it('on a lead without a contact: nobody is created, with or without the address', async () => {
    const before = (await contacts()).length;
    const lead = { LastName: 'Lee', Company: 'Acme', Email: erased };
    const made = await (await simulated.asPerson()).sobject('Lead').create(lead);
    await simulated.mark({ salesforce: made.id ?? '' });
    await simulated.drain();
    expect((await contacts()).length).toBe(before);
    expect(await parked()).toEqual([told]);
    expect(await simulated.context().store.backlog(pair.name)).toMatchObject({ dirty: 0, openIntents: 0 });
  });

  it('is known by HubSpot’s words, whatever its code for it', async () => {
    const [ids] = await simulated.people([{ email: 'bob@example.com', lastname: 'Om', company: 'Acme' }]);
    if (ids === undefined) throw new Error('nobody was linked');
    const message = `Property values were not valid: ${JSON.stringify([
      { isValid: false, message: 'email has been GDPR blacklisted', error: 'INVALID_EMAIL', name: 'email' },
    ])}`;
    await simulated.control('hubspot', 'faults', [
      {
        match: { path: '/batch/update$' },
        effect: { status: 400, body: { status: 'error', category: 'VALIDATION_ERROR', message } },
      },
    ]);
    await simulated.editLead(ids.salesforce, { Email: 'bob.om@example.com' });
    await simulated.mark({ salesforce: ids.salesforce });
    await simulated.drain();
    await simulated.control('hubspot', 'faults', []);
    expect(await parked()).toEqual([{ ...told, words: expect.any(String) }]);
  });
});
