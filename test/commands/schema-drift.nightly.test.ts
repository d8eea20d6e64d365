import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Child } from '../e2e/harness/child.ts';
import type { Person } from '../e2e/harness/person.ts';
import { Stage } from '../e2e/harness/stage.ts';
import { until } from '../e2e/harness/until.ts';

/** What an admin does to the schema under a running worker, and what of it is noticed, paused, told and mended. */
describe('Failures: a schema that changes under the worker', () => {
  let stage: Stage;
  let person: Person;
  let worker: Child;
  let ann = '';
  const rules = async (...rules: readonly unknown[]): Promise<unknown> =>
    stage.sandbox.control('salesforce', 'rules', rules);
  const leadOf = async (): Promise<Readonly<Record<string, unknown>>> =>
    (await stage.sandbox.records('salesforce', 'Lead')).find((lead) => lead.HubSpot_Id__c === ann) ?? {};
  const untilLead = async (values: Readonly<Record<string, unknown>>): Promise<void> => {
    await until(
      `a lead with ${Object.keys(values).join()}`,
      async () => {
        const lead = await leadOf();
        return Object.entries(values).every(([name, value]) => lead[name] === value) ? true : null;
      },
      30_000,
    );
  };
  const edit = async (values: Record<string, string>): Promise<void> =>
    person.editContacts([{ id: ann, values }]);
  const line = async (event: string, scope: string): Promise<void> => {
    await worker.line(event, (each) => each.event === event && each.scope === scope, 30_000);
  };

  beforeAll(async () => {
    stage = await Stage.open();
    person = await stage.person();
    ann = await person.createContact({ email: 'ann@example.com', lastname: 'Ng', company: 'Acme' });
    worker = stage.start(['run', '--config', 'config/presets/mirror', '--data', stage.data, '--port', '0'], {
      env: { TANDEM_SCHEMA_SECONDS: '1' },
    });
    await worker.event('alignment-done');
    await untilLead({ LastName: 'Ng' });
  });
  afterAll(async () => stage?.close());

  it('pauses a field that was renamed or hidden alone, and catches up by itself when it is back', async () => {
    await rules({ object: 'Lead', kind: 'hide', field: 'Title' });
    await line('schema-paused', 'people.jobtitle');
    await edit({ jobtitle: 'Pilot', city: 'Bonn' });
    await untilLead({ City: 'Bonn', Title: null });
    const status = await stage.status();
    expect(status.paused).toMatchObject([{ scope: 'people.jobtitle', by: 'schema' }]);
    expect(status.problems).toMatchObject([
      {
        fault: 'salesforce',
        next: expect.stringMatching(/admin of Salesforce.*create the field and give access/s),
      },
    ]);
    expect((await stage.verify()).unexplained).toBe(0);
    expect((await stage.ask('resume', 'all')).code).toBe(1);
    await rules();
    await line('schema-resumed', 'people.jobtitle');
    await untilLead({ Title: 'Pilot' });
    expect(await stage.status()).toMatchObject({ paused: [], problems: [] });
  });

  it('pauses the mapping when it is a field by which records are found, and loses nothing meanwhile', async () => {
    await rules({ object: 'Lead', kind: 'hide', field: 'Email' });
    await line('schema-paused', 'people');
    const before = await stage.sandbox.writes();
    await edit({ jobtitle: 'Captain' });
    expect((await stage.status()).paused).toMatchObject([{ scope: 'people', by: 'schema' }]);
    // A restart in this state is no reason to end: the mapping was fine, the system has changed.
    await worker.stop();
    worker = stage.start(['run', '--config', 'config/presets/mirror', '--data', stage.data, '--port', '0'], {
      env: { TANDEM_SCHEMA_SECONDS: '1' },
    });
    await worker.event('elected');
    expect(await stage.sandbox.writes()).toEqual(before);
    await rules();
    await line('schema-resumed', 'people');
    await untilLead({ Title: 'Captain' });
  });

  it('sends what was refused for a right once more when the right is given', async () => {
    await rules({ object: 'Lead', kind: 'readonly', field: 'City' });
    await line('schema-paused', 'people.city');
    await edit({ city: 'Athens', jobtitle: 'Admiral' });
    await untilLead({ Title: 'Admiral', City: 'Bonn' });
    await rules();
    await untilLead({ City: 'Athens' });
  });
});
