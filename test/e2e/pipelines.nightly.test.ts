import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { repositoryRoot } from '../../src/settings.ts';
import type { Person, PipelineIds, Values } from './harness/person.ts';
import { mirror, Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const secret = 'the app’s client secret';
const readyShape = z.object({ url: z.string() });
const typesShape = z.object({ New_Business: z.string(), Renewal: z.string() });

let stage: Stage;
let person: Person;
let config: string;
let renewals: PipelineIds;
let types: z.infer<typeof typesShape>;

type Row = Readonly<Record<string, unknown>>;

const find = async (system: 'hubspot' | 'salesforce', wanted: Row): Promise<Row> => {
  const type = system === 'hubspot' ? 'deals' : 'Opportunity';
  return until(
    `${type} ${JSON.stringify(wanted)}`,
    async () => {
      const records = await stage.sandbox.records(system, type);
      const rows = records.map((record) => ({ ...record, ...(record.properties as Row | undefined) }));
      return (
        rows.find((row: Row) => Object.entries(wanted).every(([name, value]) => row[name] === value)) ?? null
      );
    },
    30_000,
  );
};

/** How often the worker was refused a write. */
const refused = async (): Promise<number> => {
  const { calls } = await stage.sandbox.stats('hubspot');
  return calls.byStatus['400'] ?? 0;
};

beforeAll(async () => {
  stage = await Stage.open();
  person = await stage.person();
  renewals = await person.makePipeline('Renewals', 'Due', 'Offered', 'Renewed');
  const made = await stage.sandbox.control('salesforce', 'record-types', {
    object: 'Opportunity',
    types: [{ developerName: 'New_Business', default: true }, { developerName: 'Renewal' }],
  });
  types = typesShape.parse(made);
  config = join(stage.folder, 'config');
  await cp(join(repositoryRoot, mirror), config, { recursive: true });
  const file = join(config, 'mappings', 'deals.yaml');
  const { Due: due, Offered: offered, Renewed: renewed } = renewals.stages;
  const table = [
    'pipelines:',
    '  table:',
    `    - { pipeline: default, recordType: ${types.New_Business.slice(0, 15)}, also: { Needs Analysis: qualifiedtobuy },`,
    '        stages: { appointmentscheduled: Prospecting, qualifiedtobuy: Qualification, closedwon: Closed Won } }',
    `    - { pipeline: '${renewals.id}', recordType: ${types.Renewal},`,
    `        stages: { '${due}': Prospecting, '${offered}': Qualification, '${renewed}': Closed Won } }`,
    'fields:',
  ].join('\n');
  const text = await readFile(file, 'utf8');
  const row = /\n {2}- hubspot: dealstage\n(?: {4}.*\n)+/;
  expect(text).toMatch(row);
  await writeFile(file, text.replace(row, '\n').replace('\nfields:', `\n${table}`));
  const worker = stage.start(['run', '--config', config, '--data', stage.data, '--port', '0'], {
    env: { HUBSPOT_WEBHOOK_SECRET: secret },
  });
  const { url } = readyShape.parse(await worker.event('ready'));
  await stage.sandbox.control('hubspot', 'webhooks', { url: `${url}/webhooks/hubspot`, secret });
}, 60_000);
afterAll(async () => stage?.close());

describe('Objects: pipelines and record types', () => {
  const ids = { deal: '', opportunity: '' };
  const edit = async (values: Values): Promise<void> => person.edit('Opportunity', ids.opportunity, values);

  it('a deal is created with the record type of its pipeline, at its own stage', async () => {
    ids.deal = await person.createHubspot('deals', {
      ...{ dealname: 'Acme', pipeline: renewals.id, dealstage: String(renewals.stages.Offered) },
    });
    const there = await find('salesforce', {
      Name: 'Acme',
      RecordTypeId: types.Renewal,
      StageName: 'Qualification',
    });
    ids.opportunity = String(there.Id);
  });

  it('a stage that changes in Salesforce is that of the same pipeline, and is written alone', async () => {
    await edit({ StageName: 'Closed Won' });
    await find('hubspot', { id: ids.deal, pipeline: renewals.id, dealstage: renewals.stages.Renewed });
    await edit({ StageName: 'Prospecting' });
    await find('hubspot', { id: ids.deal, pipeline: renewals.id, dealstage: renewals.stages.Due });
  });

  it('a record type that changes in Salesforce, at a stage of the same name, moves the deal to the other pipeline', async () => {
    await edit({ RecordTypeId: types.New_Business });
    await find('hubspot', { id: ids.deal, pipeline: 'default', dealstage: 'appointmentscheduled' });
    await edit({ RecordTypeId: types.Renewal, StageName: 'Qualification' });
    await find('hubspot', { id: ids.deal, pipeline: renewals.id, dealstage: renewals.stages.Offered });
  });

  it('a pipeline that changes in HubSpot gives the opportunity its record type, with its stage', async () => {
    await person.editHubspot('deals', ids.deal, { pipeline: 'default', dealstage: 'closedwon' });
    await find('salesforce', {
      Id: ids.opportunity,
      RecordTypeId: types.New_Business,
      StageName: 'Closed Won',
    });
    await person.editHubspot('deals', ids.deal, {
      ...{ pipeline: renewals.id, dealstage: String(renewals.stages.Due) },
    });
    await find('salesforce', { Id: ids.opportunity, RecordTypeId: types.Renewal, StageName: 'Prospecting' });
  });

  it('HubSpot was never sent a pipeline without a stage of it, and what the table does not list stays and is named', async () => {
    expect(await refused()).toBe(0);
    await edit({ StageName: 'Negotiation/Review', NextStep: 'call' });
    await find('hubspot', { id: ids.deal, hs_next_step: 'call', dealstage: renewals.stages.Due });
    const folders = ['--json', '--config', config, '--data', stage.data];
    const { stdout } = await stage.tandem(['explain', `hubspot:deals/${ids.deal}`, 'StageName', ...folders]);
    expect(stdout).toContain('UNREADABLE_VALUE');
    expect(stdout).not.toContain('INVALID_OPTION');
    const check = await stage.tandem(['check', ...folders]);
    expect(check.code, check.stdout).toBe(0);
  });
});
