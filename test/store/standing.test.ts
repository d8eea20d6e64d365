import { beforeEach, expect, it } from 'vitest';
import type { ClaimedUnit } from '../../src/model/state.ts';
import { contact, holder, lead, makeIntent, makeMark, makeParked, makeSettlement, pair } from './builders.ts';
import { storeUnderTest } from './contract.ts';

const fixture = storeUnderTest();
beforeEach(() => fixture.reset());

const claimOne = async (id: string): Promise<ClaimedUnit> => {
  await fixture.store.commitSignals([makeMark(contact(id))]);
  const [unit] = await fixture.store.claim(pair, holder, 1, 60_000);
  if (unit === undefined) throw new Error('nothing claimed');
  return unit;
};

it('tells problems by their age, which new words do not change', async () => {
  const { store } = fixture;
  const problem = {
    key: 'hubspot:unavailable',
    what: 'HubSpot is away',
    cause: 'ECONNREFUSED',
    fault: 'hubspot',
    next: 'wait',
  } as const;
  await store.raiseProblem(problem);
  const [first] = await fixture.problems();
  await store.raiseProblem({ ...problem, what: 'HubSpot is still away' });
  await store.raiseProblem({ ...problem, key: 'config:x' });
  expect(await fixture.problems()).toEqual([
    { ...problem, what: 'HubSpot is still away', since: first?.since },
    { ...problem, key: 'config:x', since: expect.any(Number) },
  ]);
  await store.clearProblem('hubspot:unavailable');
  expect((await fixture.problems()).map(({ key }) => key)).toEqual(['config:x']);
});

it('tells how a unit stands: dirty on either side, asked, parked, or with a write under way', async () => {
  const { store } = fixture;
  const one = await claimOne('1');
  const review = { pair, unit: one.key, ref: contact('1'), cause: 'two candidates', candidates: [lead('a')] };
  await store.settle([makeSettlement(one, { park: [makeParked(one, { field: null })], review })]);
  const two = await claimOne('2');
  await store.openIntents(
    [makeIntent(two, { source: contact('2') })],
    new Map([[two.key, two.fence]]),
    20_000,
    1_000,
  );
  await store.settle([makeSettlement(two)]);
  await store.commitSignals([makeMark(lead('00Q3'))]);
  const standing = await fixture.standingOf(pair, [
    { unit: one.key, refs: [contact('1')] },
    { unit: two.key, refs: [contact('2')] },
    { unit: 'link:x', refs: [contact('3'), lead('00Q3')] },
    { unit: 'link:y', refs: [contact('4'), lead('00Q4')] },
  ]);
  expect(Object.fromEntries(standing)).toEqual({
    [one.key]: {
      dirty: false,
      review: 'two candidates',
      parked: [{ system: 'salesforce', field: null, code: 'STRING_TOO_LONG' }],
    },
    [two.key]: { dirty: true, review: null, parked: [] },
    'link:x': { dirty: true, review: null, parked: [] },
    'link:y': { dirty: false, review: null, parked: [] },
  });
});
