import { beforeEach, expect, it } from 'vitest';
import { contact, holder, makeBegin, makeMark, makeSettlement, pair } from './builders.ts';
import { storeUnderTest } from './contract.ts';

const fixture = storeUnderTest();
beforeEach(() => fixture.reset());

const hourMs = 3_600_000;

const endLink = async (hubspot: string, salesforce: string, cause: string): Promise<void> => {
  const { store } = fixture;
  await store.commitSignals([makeMark(contact(hubspot))]);
  const [unit] = await store.claim(pair, holder, 1, 60_000);
  if (unit === undefined) throw new Error('nothing claimed');
  const { begun } = await store.settle([makeSettlement(unit, { begin: makeBegin({ hubspot, salesforce }) })]);
  const link = begun.get(unit.key);
  await store.commitSignals([makeMark(contact(hubspot))]);
  const [linked] = await store.claim(pair, holder, 1, 60_000);
  if (linked === undefined || link === undefined) throw new Error('nothing linked');
  await store.settle([makeSettlement(linked, { end: { linkId: link.id, cause } })]);
};

it('marks whom the archive may still have, once a day, and nobody else', async () => {
  const look = () => fixture.store.lookAtTombstones?.(pair, 'contacts', 'archive');
  await endLink('1', '00Q1', 'deleted in HubSpot');
  await endLink('2', '00Q2', 'deleted in Salesforce');
  expect(await look()).toBe(0);
  await fixture.age('tombstones', 25 * hourMs);
  expect([await look(), await look()]).toEqual([1, 0]);
  const [unit] = await fixture.store.claim(pair, holder, 10, 60_000);
  expect(unit?.dirty).toMatchObject([{ ref: contact('1'), cause: 'archive', class: 'sweep' }]);
  await fixture.age('tombstones', 25 * hourMs);
  expect(await look()).toBe(1);
});
