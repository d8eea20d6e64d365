import { Connection } from 'jsforce';
import { expect, it } from 'vitest';
import { workOnce } from '../../src/sync/work.ts';
import { withCrossedEdit } from './crossed-edit.ts';

const { simulated, settledBy, edit, tell, write, ledger, losing, passDeadline, link } = withCrossedEdit();

/** A colleague converts the lead; answers the contact that it became. */
const convert = async (): Promise<string> => {
  const { access } = simulated.sandbox;
  const salesforce = new Connection({ loginUrl: access.salesforce, version: '62.0' });
  await salesforce.login(access.salesforcePersonUsername, access.salesforcePersonPassword);
  const leadId = link().salesforce;
  const result = await salesforce.soap.convertLead({ leadId, convertedStatus: 'Closed - Converted' });
  await simulated.mark({ salesforce: leadId });
  return String(result.contactId);
};

/** What both sides show once all is done, the contact in the place of its lead. */
const inTheEnd = async (contact: string): Promise<readonly unknown[]> => {
  await passDeadline();
  await simulated.drain();
  const systems = simulated.connect();
  const call = { class: 'live', purpose: 'verify' } as const;
  const ours = await systems.hubspot.readMany('contacts', [link().hubspot], ['jobtitle'], call);
  const theirs = await systems.salesforce.readMany('Contact', [contact], ['Title'], call);
  return [ours.get(link().hubspot)?.fields.jobtitle, theirs.get(contact)?.fields.Title];
};

const crossed = { before: async () => edit('hubspot', 'by a person') };

it('an edit that a write came over is put back where the look that its signal asks for finds a converted lead', async () => {
  settledBy('prefer-hubspot', 'hubspot');
  await write('hubspot', crossed);
  await tell('hubspot', 'by a person');
  const contact = await convert();
  expect(await inTheEnd(contact)).toEqual(['by a person', 'by a person']);
  expect(await ledger()).toContainEqual(expect.objectContaining({ rule: 'crossed', to: '"by a person"' }));
});

it('so it is where its putting back has had no known outcome before', async () => {
  settledBy('prefer-hubspot', 'hubspot');
  await write('hubspot', crossed);
  await tell('hubspot', 'by a person');
  await workOnce(simulated.context(losing('hubspot')), 'live');
  const contact = await convert();
  expect(await inTheEnd(contact)).toEqual(['by a person', 'by a person']);
});
