import { createHash } from 'node:crypto';
import type { VirtualCompany } from './company.ts';
import { refusals } from './consents.ts';
import { roleType } from './deal-parts.ts';
import { dealTypes } from './deals.ts';
import { firmTypes } from './firms.ts';
import { editable } from './scenario.ts';

/** What both systems hold of people, sorted: values alone, without ids and times. */
export const agreedOf = (company: VirtualCompany): readonly string[] => {
  const names = [...editable, ...Object.values(refusals), { hubspot: 'email', salesforce: 'Email' }];
  const told = (record: Readonly<Record<string, unknown>>, side: 'hubspot' | 'salesforce'): string =>
    names.map((name) => `${name[side]}=${String(record[name[side]] ?? '')}`).join(' ');
  const contacts = company
    .records('hubspot', 'contacts')
    .map(
      ({ properties, archived }) =>
        `contact ${archived === true ? 'archived ' : ''}${told(properties as Record<string, unknown>, 'hubspot')}`,
    );
  const leads = company
    .records('salesforce', 'Lead')
    .map((lead) => `lead ${lead.IsDeleted === true ? 'deleted ' : ''}${told(lead, 'salesforce')}`);
  return [...contacts, ...leads].sort();
};

/** Digest of every call and of what both systems hold. */
export const digestOf = (company: VirtualCompany): string => {
  const hash = createHash('sha256');
  for (const { at, method, path, status } of company.passed)
    hash.update(`${at} ${method} ${path} ${status}\n`);
  for (const [system, type] of [
    ['hubspot', 'contacts'],
    ['salesforce', 'Lead'],
    ['salesforce', 'Contact'],
    ['hubspot', firmTypes.hubspot],
    ['salesforce', firmTypes.salesforce],
    ['hubspot', dealTypes.hubspot],
    ['salesforce', dealTypes.salesforce],
    ['salesforce', roleType],
  ] as const) {
    hash.update(JSON.stringify(company.records(system, type)));
  }
  return hash.digest('hex').slice(0, 16);
};
