import { beforeEach, expect, it } from 'vitest';
import type { Base, MappedForm } from '../../src/model/state.ts';
import { contact, holder, makeBegin, makeMark, makeSettlement, pair } from './builders.ts';
import { storeUnderTest } from './contract.ts';

const fixture = storeUnderTest();
beforeEach(async () => fixture.reset());

/** A link between contact and Salesforce record `id`, with this base. */
const begin = async (id: string, type: string, base: Base): Promise<void> => {
  const { store } = fixture;
  await store.commitSignals([makeMark(contact(id))]);
  const [unit] = await store.claim(pair, holder, 1, 60_000, [id]);
  if (unit === undefined) throw new Error(`${id} could not be claimed`);
  const begun = { ...makeBegin({ hubspot: id, salesforce: `S${id}` }), base };
  await store.settle([
    makeSettlement(unit, { begin: { ...begun, types: { hubspot: 'contacts', salesforce: type } } }),
  ]);
};
const linkOf = async (id: string) =>
  (await fixture.store.linksOf(pair, 'hubspot', [id])).get(id) ?? { base: null, version: 0 };

const form = (type: string, api: string, city = 'City'): MappedForm => ({
  type,
  isOwn: type === 'Lead',
  fields: [
    { field: 'city', api: city },
    { field: 'jobtitle', api },
  ],
});
const strange = 'a\0b"\ud800';
const base: Base = {
  jobtitle: { hubspot: 'CEO', salesforce: 'CEO' },
  city: { hubspot: strange, salesforce: null },
};

it('forgets what is stored of a field that is another one now, of the links of that object, once', async () => {
  await begin('1', 'Lead', base);
  await begin('2', 'Contact', base);
  await begin('3', 'Lead', { city: { hubspot: 'Bonn', salesforce: 'Bonn' } });
  const adopt = async (lead: string) =>
    fixture.store.adoptFields(pair, [form('Lead', lead), form('Contact', 'Title')]);
  // What was mapped before is not known of a store that never noted it.
  expect(await adopt('Title')).toEqual([]);
  const before = await linkOf('1');
  expect(await adopt('Title')).toEqual([]);
  expect(await linkOf('1')).toEqual(before);

  expect(await adopt('Role__c')).toEqual([{ type: 'Lead', field: 'jobtitle', links: 1 }]);
  const after = await linkOf('1');
  expect(after.base).toEqual({ city: base.city });
  // Whoever plans with the base of before finds the link moved.
  expect(after.version).toBe(before.version + 1);
  expect((await linkOf('2')).base).toEqual(base);
  expect((await linkOf('3')).base).toEqual({ city: { hubspot: 'Bonn', salesforce: 'Bonn' } });
  expect(await adopt('Role__c')).toEqual([]);
  expect(await adopt('Title')).toEqual([{ type: 'Lead', field: 'jobtitle', links: 0 }]);
});

it('remembers of which field it was while it is not mapped', async () => {
  await begin('1', 'Lead', base);
  await fixture.store.adoptFields(pair, [form('Lead', 'Title')]);
  await fixture.store.adoptFields(pair, [{ ...form('Lead', 'Title'), fields: [] }]);
  expect(await fixture.store.adoptFields(pair, [form('Lead', 'Role__c')])).toEqual([
    { type: 'Lead', field: 'jobtitle', links: 1 },
  ]);
  expect((await linkOf('1')).base).toEqual({ city: base.city });
});

it('forgets several at once, and leaves an empty base where nothing is left', async () => {
  await begin('1', 'Lead', base);
  await fixture.store.adoptFields(pair, [form('Lead', 'Title')]);
  expect(await fixture.store.adoptFields(pair, [form('Lead', 'Role__c', 'Town__c')])).toHaveLength(2);
  expect((await linkOf('1')).base).toEqual({});
});
