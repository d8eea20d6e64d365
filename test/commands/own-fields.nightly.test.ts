import { Client } from '@hubspot/api-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Stage } from '../e2e/harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(async () => stage?.close());

it('a worker goes on without own fields that are missing, status names those that something needs, and explain of an email tells its link once', {
  timeout: 240_000,
}, async () => {
  const { hubspot, hubspotPersonToken } = stage.sandbox.access;
  const colleague = new Client({ basePath: hubspot, accessToken: hubspotPersonToken });
  for (const name of ['tandem_request', 'tandem_sales_stage']) {
    await colleague.crm.properties.coreApi.archive('contacts', name);
  }
  await stage.sandbox.control('salesforce', 'rules', [
    { object: 'Lead', kind: 'hide', field: 'Tandem_Digest__c' },
    { object: 'Lead', kind: 'hide', field: 'Tandem_Quality__c' },
  ]);
  const person = await stage.person();
  await person.createContact({ email: 'ann@example.com', lastname: 'Ng', company: 'Acme' });
  await person.createLead({ Email: 'ann@example.com', LastName: 'Ng', Company: 'Acme' });
  const run = ['run', '--until-idle', '--config', 'config', '--data', stage.data, '--port', '0'];
  expect((await stage.tandem(run)).code).toBe(0);
  const { problems } = await stage.status();
  const told = problems.filter(({ fault }) => fault === 'config').map(({ cause }) => cause);
  expect(told).toEqual([
    'contacts.tandem_sales_stage is not there, contacts.tandem_request is not there, Lead.Tandem_Digest__c is not there',
  ]);
  const explained = await stage.tandem(['explain', 'ann@example.com', '--data', stage.data]);
  expect(explained.stdout.match(/^people: hubspot/gm)).toHaveLength(1);
});
