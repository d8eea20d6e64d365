import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineTiming } from '../../src/sync/engine.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

type Row = Readonly<Record<string, unknown>>;

describe('Objects: associations without live signals', () => {
  let stage: Stage;
  let person: Person;
  const worker = { stop: async (): Promise<unknown> => undefined };
  let begin: () => Promise<void>;

  const inHubspot = async (type: string): Promise<readonly Row[]> =>
    (await stage.sandbox.records('hubspot', type)).map(({ id, properties }) => ({
      ...(properties as Row),
      id,
    }));
  const find = async (type: string, wanted: Row): Promise<Row> =>
    until(
      `${type} ${JSON.stringify(wanted)}`,
      async () => {
        const rows = /^[A-Z]/.test(type)
          ? await stage.sandbox.records('salesforce', type)
          : await inHubspot(type);
        return (
          rows.find((row) => Object.entries(wanted).every(([name, value]) => row[name] === value)) ?? null
        );
      },
      30_000,
    );

  const untilQuiet = async (): Promise<void> => {
    await until(
      'nothing to do',
      async () => {
        const { backlog, inFlight } = await stage.status();
        return backlog === 0 && inFlight === 0 ? true : null;
      },
      30_000,
    );
  };

  beforeAll(async () => {
    stage = await Stage.open();
    person = await stage.person();
    const config = join(stage.folder, 'config');
    await mkdir(join(config, 'mappings'), { recursive: true });
    const mirror = 'config/presets/mirror/mappings';
    for (const file of [`${mirror}/companies.yaml`, `${mirror}/deals.yaml`, 'config/objects/contacts.yaml']) {
      await copyFile(file, join(config, 'mappings', basename(file)));
    }
    for (const name of ['acme', 'globex']) {
      await person.createHubspot('companies', { name, domain: `${name}.example` });
    }
    const contact = await person.createContact({ email: 'ann@elsewhere.example', lastname: 'Ng' });
    const deal = await person.createHubspot('deals', {
      ...{ dealname: 'Big one', dealstage: 'qualifiedtobuy', pipeline: 'default' },
    });
    const acme = await find('companies', { domain: 'acme.example' });
    await person.setPrimaryCompany(contact, String(acme.id));
    await person.setPrimaryCompany(deal, String(acme.id), 'deals');
    begin = async () => {
      const child = stage.start(['run', '--config', config, '--data', stage.data, '--port', '0'], {
        env: { TANDEM_POLL_SECONDS: '1', TANDEM_SALESFORCE_STREAM: 'off' },
      });
      worker.stop = async () => child.stop();
      for (let aligned = 0; aligned < 3; aligned += 1) await child.event('alignment-done');
    };
    await begin();
  }, 120_000);
  afterAll(async () => stage?.close());

  it('a contact and a deal that move to another company take their counterparts along, though no stamp moves', async () => {
    const account = await find('Account', { Website: 'acme.example' });
    const there = await find('Contact', { LastName: 'Ng', AccountId: account.Id });
    await find('Opportunity', { Name: 'Big one', AccountId: account.Id });
    await untilQuiet();
    // Behind the overlap of the polls, which reaches back from the newest change: they would see the association beside.
    await sleep(engineTiming.overlapMs.hubspot + 5_000);
    await person.createContact({ email: 'bob@elsewhere.example', lastname: 'Later' });
    await person.createHubspot('deals', {
      ...{ dealname: 'Later', dealstage: 'qualifiedtobuy', pipeline: 'default' },
    });
    await find('Contact', { LastName: 'Later' });
    await find('Opportunity', { Name: 'Later' });
    await untilQuiet();
    const globex = await find('companies', { domain: 'globex.example' });
    const before = await find('contacts', { lastname: 'Ng' });
    await person.setPrimaryCompany(String(before.id), String(globex.id));
    const deal = await find('deals', { dealname: 'Big one' });
    await person.setPrimaryCompany(String(deal.id), String(globex.id), 'deals');
    expect(await find('contacts', { lastname: 'Ng' })).toMatchObject({
      lastmodifieddate: before.lastmodifieddate,
      associatedcompanyid: String(globex.id),
    });
    await find('Contact', { Id: there.Id, AccountId: globex.tandem_salesforce_id });
    await find('Opportunity', { Name: 'Big one', AccountId: globex.tandem_salesforce_id });
    for (const record of [`hubspot:contacts/${before.id}`, `hubspot:deals/${deal.id}`]) {
      const { json } = await stage.ask('explain', record);
      expect(JSON.stringify(json)).toContain('association sweep of hubspot');
    }
  });

  it('and the other way: an account that is changed in Salesforce moves the association', async () => {
    const acme = await find('companies', { domain: 'acme.example' });
    const there = await find('Contact', { LastName: 'Ng' });
    await person.edit('Contact', String(there.Id), { AccountId: String(acme.tandem_salesforce_id) });
    await find('contacts', { lastname: 'Ng', associatedcompanyid: acme.id });
  });

  it('what was changed while no worker ran is found when one does, also where it is what it was before Tandem changed it', async () => {
    await worker.stop();
    const globex = await find('companies', { domain: 'globex.example' });
    const contact = await find('contacts', { lastname: 'Ng' });
    await person.setPrimaryCompany(String(contact.id), String(globex.id));
    await begin();
    await find('Contact', { LastName: 'Ng', AccountId: globex.tandem_salesforce_id });
    expect((await stage.status()).problems).toEqual([]);
  });
});
