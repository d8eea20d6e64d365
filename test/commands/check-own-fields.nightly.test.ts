import { Client } from '@hubspot/api-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { Stage } from '../e2e/harness/stage.ts';

const checkShape = z.object({
  ok: z.boolean(),
  findings: z.array(z.object({ level: z.string(), file: z.string(), what: z.string(), why: z.string() })),
});

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(async () => stage?.close());

it('tandem check names the own fields that are missing in either system, one line for a property that leads and contacts both need, and an opt-out without its scope', {
  timeout: 120_000,
}, async () => {
  const { hubspot, hubspotPersonToken } = stage.sandbox.access;
  const colleague = new Client({ basePath: hubspot, accessToken: hubspotPersonToken });
  for (const name of ['tandem_request', 'tandem_sla', 'do_not_call']) {
    await colleague.crm.properties.coreApi.archive('contacts', name);
  }
  await stage.sandbox.control('salesforce', 'rules', [
    { object: 'Lead', kind: 'hide', field: 'Tandem_Digest__c' },
    { object: 'Lead', kind: 'hide', field: 'Tandem_Quality__c' },
    { object: 'Task', kind: 'hide', field: 'Tandem_Key__c' },
  ]);
  await stage.sandbox.control('hubspot', 'portal', {
    withheldScopes: ['communication_preferences.read_write'],
  });
  const { code, stdout } = await stage.tandem(['check', '--json', '--data', stage.data]);
  const { ok, findings } = checkShape.parse(JSON.parse(stdout));
  expect([code, ok]).toEqual([1, false]);
  const errors = findings.filter(({ level }) => level === 'error');
  expect(errors.map(({ what }) => what).sort()).toEqual([
    'HubSpot contacts.do_not_call is not there',
    'HubSpot contacts.hs_email_optout cannot be written',
    'HubSpot contacts.tandem_request is not there',
    'HubSpot contacts.tandem_sla is not there',
    'Salesforce Lead.Tandem_Digest__c is not there',
    'Salesforce Task.Tandem_Key__c is not there',
  ]);
  expect(errors.find(({ what }) => what.includes('tandem_request'))?.why).toMatch(
    /^'requests: act' needs it/,
  );
  const spare = findings.filter(({ what }) => what.includes('Tandem_Quality__c'));
  expect(spare.map(({ level }) => level)).toEqual(['note']);
});
