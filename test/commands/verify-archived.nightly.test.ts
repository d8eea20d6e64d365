import { afterAll, beforeAll, expect, it } from 'vitest';
import { Stage } from '../e2e/harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(async () => stage?.close());

it('explains an archived contact’s lead before and after the worker has found the deletion, without webhooks', async () => {
  const person = await stage.person();
  const id = await person.createContact({ email: 'gone@example.com', lastname: 'Gone', company: 'Example' });
  await stage.untilIdle();
  const { hubspot, hubspotPersonToken } = stage.sandbox.access;
  const answer = await fetch(`${hubspot}/crm/v3/objects/contacts/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${hubspotPersonToken}` },
  });
  expect(answer.status).toBe(204);
  const common = { object: 'people', field: null };
  expect(await stage.verify()).toMatchObject({
    unexplained: 0,
    items: [{ ...common, hubspotId: id, why: 'pending: archived in HubSpot, not looked at yet' }],
  });
  await stage.untilIdle();
  expect(await stage.verify()).toMatchObject({
    unexplained: 0,
    items: [{ ...common, hubspotId: null, why: expect.stringContaining('link ended: ') }],
  });
});
