import { beforeEach, expect, it } from 'vitest';
import { contact, holder, makeBegin, makeMark, makeParked, makeSettlement, pair } from './builders.ts';
import { storeUnderTest } from './contract.ts';

const fixture = storeUnderTest();
beforeEach(() => fixture.reset());

/** A link that begins with these values; `ended`: and ends by this cause. */
const link = async (hubspot: string, jobtitle: string | null, ended?: string): Promise<void> => {
  const { store } = fixture;
  await store.commitSignals([makeMark(contact(hubspot))]);
  const [unit] = await store.claim(pair, holder, 1, 60_000);
  if (unit === undefined) throw new Error('nothing claimed');
  const base = jobtitle === null ? {} : { jobtitle: { hubspot: jobtitle, salesforce: jobtitle } };
  const begin = { ...makeBegin({ hubspot, salesforce: `00Q${hubspot}` }), base };
  const { begun } = await store.settle([makeSettlement(unit, { begin })]);
  const made = begun.get(unit.key);
  if (ended === undefined) return;
  await store.commitSignals([makeMark(contact(hubspot))]);
  const [linked] = await store.claim(pair, holder, 1, 60_000);
  if (linked === undefined || made === undefined) throw new Error('nothing linked');
  await store.settle([makeSettlement(linked, { end: { linkId: made.id, cause: ended } })]);
};

it('tells page by page of whom something is kept: links, tombstones with values, refusals', async () => {
  const { store } = fixture;
  await link('11', 'live');
  await link('12', null);
  await link('13', 'archived', 'deleted in HubSpot');
  await link('14', 'left alone', 'deleted in Salesforce');
  await link('15', null, 'erased in HubSpot');
  await store.commitSignals([makeMark(contact('16'))]);
  const [alone] = await store.claim(pair, holder, 1, 60_000);
  if (alone === undefined) throw new Error('nothing claimed');
  await store.settle([makeSettlement(alone, { park: [makeParked(alone)] })]);
  const first = await store.keptAfter(pair, 'contacts', '', 3);
  expect(first).toEqual(['11', '12', '13']);
  expect(await store.keptAfter(pair, 'contacts', '13', 3)).toEqual(['14', '16']);
  expect(await store.keptAfter(pair, 'contacts', '16', 3)).toEqual([]);
  // Of an object that is no person only what is linked.
  expect(await store.keptAfter(pair, 'companies', '', 9)).toEqual(['11', '12']);
  expect(await store.keptAfter('companies', 'contacts', '', 9)).toEqual([]);
  expect(await store.keptCount(pair, 'contacts')).toBe(5);
});
