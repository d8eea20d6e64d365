import { Client } from '@hubspot/api-client';
import { Connection } from 'jsforce';
import type { LinkedIds } from '../kit/people.ts';
import type { Sandbox } from '../kit/sandbox.ts';
import { traceFields } from './trace.ts';

/** The client's own retries, as its documentation shows them; jsforce repeats reads by itself. */
const hubspotRetries = 3;
/** What failed in spite of them is tried again so often, as a queue of jobs would. */
const roundsMax = 3;

/** Kind to the rival: it is told who was edited, and needs no call to find out. */
const syncOne = async (hubspot: Client, salesforce: Connection, ids: LinkedIds): Promise<void> => {
  const names = traceFields.map((field) => field.hubspot);
  const contact = await hubspot.crm.contacts.basicApi.getById(ids.hubspot, [...names, 'lastmodifieddate']);
  const lead = await salesforce.sobject('Lead').retrieve(ids.salesforce);
  const contactAt = Date.parse(String(contact.properties.lastmodifieddate));
  const leadAt = Date.parse(String(lead.SystemModstamp));
  const differing = traceFields.filter(
    (field) => (contact.properties[field.hubspot] || null) !== (lead[field.salesforce] ?? null),
  );
  if (differing.length === 0) return;
  if (contactAt > leadAt) {
    const values = differing.map((field) => [field.salesforce, contact.properties[field.hubspot] || null]);
    await salesforce.sobject('Lead').update({ Id: ids.salesforce, ...Object.fromEntries(values) });
  } else {
    const values = differing.map((field) => [field.hubspot, String(lead[field.salesforce] ?? '')]);
    await hubspot.crm.contacts.basicApi.update(ids.hubspot, { properties: Object.fromEntries(values) });
  }
};

/**
 * A plain worker: both records are read, the one that was modified last wins whole, blanks included. No base, no memory. Answers how
 * many records it gave up.
 */
export const runNewestWins = async ({ access }: Sandbox, people: readonly LinkedIds[]): Promise<number> => {
  const hubspot = new Client({
    accessToken: access.hubspotToken,
    basePath: access.hubspot,
    numberOfApiCallRetries: hubspotRetries,
  });
  const salesforce = new Connection({ loginUrl: access.salesforce });
  await salesforce.login(access.salesforceUsername, access.salesforcePassword);
  let left = people;
  for (let round = 0; round < roundsMax && left.length > 0; round += 1) {
    const failed: LinkedIds[] = [];
    for (const ids of left) await syncOne(hubspot, salesforce, ids).catch(() => failed.push(ids));
    left = failed;
  }
  return left.length;
};
