import { expect, it } from 'vitest';
import { lookFor, noRecord } from '../../src/commands/find-record.ts';
import { makeMemoryPermitStore } from '../../src/connectors/budget/memory-permit-store.ts';
import { makeLog } from '../../src/log.ts';
import { formatRef } from '../../src/model/system.ts';
import { parseSettings } from '../../src/settings.ts';
import { mirrorMappings } from '../mirror.ts';

type Context = Parameters<typeof lookFor>[0];
type Link = Awaited<ReturnType<Context['store']['operator']['linksHolding']>>[number];

const lead = (last: string): string => `00Q00000000000${last}AAA`;
const linkTo = (salesforce: string): Link => ({ pair: 'people', ids: { hubspot: '7', salesforce } });

/** A store in which these links hold every address; no credentials are set, so that it alone can answer. */
const contextWith = (links: readonly Link[]): Context => ({
  settings: parseSettings({ HUBSPOT_ACCESS_TOKEN: 'token' }),
  mappings: mirrorMappings,
  log: makeLog(process.stderr, 'silent'),
  store: { budget: makeMemoryPermitStore(() => 0), operator: { linksHolding: async () => links } },
});

it('a record that several links lead to is found once', async () => {
  const found = await lookFor(contextWith([linkTo(lead('1')), linkTo(lead('2'))]), 'ann@example.com');
  expect(found.refs.map(formatRef)).toEqual([
    'hubspot:contacts/7',
    `salesforce:Lead/${lead('1')}`,
    `salesforce:Lead/${lead('2')}`,
  ]);
});

it('a linked contact is named as one, and a HubSpot record as its address has it', async () => {
  const contact = '003000000000001AAA';
  const found = await lookFor(contextWith([linkTo(contact)]), 'ann@example.com');
  expect(found.refs.map(formatRef)).toEqual(['hubspot:contacts/7', `salesforce:Contact/${contact}`]);
  const named = async (text: string) => (await lookFor(contextWith([]), text)).refs.map(formatRef);
  for (const type of ['contacts', 'contact', '0-1'])
    expect(await named(`hubspot:${type}/7`)).toEqual(['hubspot:contacts/7']);
  expect(await named('hubspot:company/7')).toEqual(['hubspot:companies/7']);
  expect(await named('hubspot:p_projects/7')).toEqual(['hubspot:p_projects/7']);
});

it('who is found nowhere without credentials may well be in a system: it says what is missing, and what to do', async () => {
  const { what, next } = noRecord(await lookFor(contextWith([]), 'ann@example.com'));
  expect(what).toMatch(
    /^The store knows no such record, and the systems were not asked: no credentials are set \(SALESFORCE_CLIENT_ID /,
  );
  expect(next).toMatch(/^Set them in the environment or in \.env/);
});

it('what is no record is told how a company is named', async () => {
  await expect(lookFor(contextWith([]), 'acme.example')).rejects.toMatchObject({
    next: expect.stringContaining('a company is hubspot:companies/ID'),
  });
});
