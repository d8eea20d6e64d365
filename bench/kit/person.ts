import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@hubspot/api-client';
import { Connection } from 'jsforce';
import type { System } from '../../src/model/system.ts';
import type { LinkedIds } from './people.ts';
import type { Sandbox } from './sandbox.ts';

const hubspotBatch = 100;
const salesforceBatch = 200;

/** HubSpot's search shows a change up to 3 s after it was made; then everybody who looks sees all of them. */
export const searchLagMs = 3_500;

const chunks = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

/** Values that nobody had before, so that each edit is a change; each its own, or the breaker for mass changes would rightly hold them. */
const titleOf = (tag: string, index: number): string => `Planner ${index}, ${tag}`;
const townOf = (tag: string, index: number): string => `Town ${index} of ${tag}`;

const editContacts = async (
  { access }: Sandbox,
  people: readonly LinkedIds[],
  tag: string,
): Promise<void> => {
  const client = new Client({ accessToken: access.hubspotPersonToken, basePath: access.hubspot });
  for (const [at, batch] of chunks(people, hubspotBatch).entries()) {
    await client.crm.contacts.batchApi.update({
      inputs: batch.map(({ hubspot }, index) => ({
        id: hubspot,
        properties: {
          jobtitle: titleOf(tag, at * hubspotBatch + index),
          city: townOf(tag, at * hubspotBatch + index),
        },
      })),
    });
  }
};

const editLeads = async ({ access }: Sandbox, people: readonly LinkedIds[], tag: string): Promise<void> => {
  const connection = new Connection({ loginUrl: access.salesforce });
  await connection.login(access.salesforcePersonUsername, access.salesforcePersonPassword);
  for (const [at, batch] of chunks(people, salesforceBatch).entries()) {
    const results = await connection.sobject('Lead').update(
      batch.map(({ salesforce }, index) => ({
        Id: salesforce,
        Title: titleOf(tag, at * salesforceBatch + index),
        City: townOf(tag, at * salesforceBatch + index),
      })),
    );
    const refused = results.filter(({ success }) => !success).length;
    if (refused > 0) throw new Error(`Salesforce refused ${refused} of the person's ${batch.length} edits`);
  }
};

/** The person gives each of these people a new title and town, each its own, in batches, through the vendor's own client. */
export const editAsPerson = async (
  sandbox: Sandbox,
  system: System,
  people: readonly LinkedIds[],
  tag: string,
): Promise<void> => {
  if (system === 'hubspot') await editContacts(sandbox, people, tag);
  else await editLeads(sandbox, people, tag);
};

/** The person enters a company and a deal in HubSpot: until something of an object is told, a worker cannot know that it is. */
export const enterCompanyAndDeal = async ({ access }: Sandbox): Promise<void> => {
  const client = new Client({ accessToken: access.hubspotPersonToken, basePath: access.hubspot });
  await client.crm.companies.basicApi.create({
    properties: { name: 'Benchmark', domain: 'benchmark.example' },
    associations: [],
  });
  await client.crm.deals.basicApi.create({
    properties: { dealname: 'Benchmark', pipeline: 'default', dealstage: 'appointmentscheduled' },
    associations: [],
  });
};

/** Waits until every reader of changes can see what was edited. */
export const untilVisible = async (): Promise<void> => {
  await sleep(searchLagMs);
};
