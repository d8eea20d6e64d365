import { expect, it } from 'vitest';
import { contact, holder, lead, makeBegin, makeMark, makeSettlement, pair } from './builders.ts';
import { withStore } from './postgres.ts';

const fixture = withStore();

it('tells a link once, by whichever of its records it is asked, and by both together', async () => {
  const { engine, operator } = fixture.store;
  await engine.commitSignals([makeMark(contact('1'))]);
  const [unit] = await engine.claim(pair, holder, 10, 60_000);
  if (!unit) throw new Error('nothing to claim');
  await engine.settle([makeSettlement(unit, { begin: makeBegin({ hubspot: '1', salesforce: '00Q1' }) })]);
  for (const asked of [[contact('1')], [lead('00Q1')], [contact('1'), lead('00Q1')]]) {
    const { links } = await operator.life(asked);
    expect(links.map(({ ids }) => ids)).toEqual([{ hubspot: '1', salesforce: '00Q1' }]);
  }
  expect((await operator.life([contact('2')])).links).toEqual([]);
});

it('tells what a record waits for as long as it does', async () => {
  const { engine, operator } = fixture.store;
  const ref = { system: 'hubspot', type: 'deals', id: '900' } as const;
  const waits = { pair: 'deals', ref, of: pair } as const;
  await engine.awaitLinks([
    { ...waits, id: '1', toType: 'Contact' },
    { ...waits, id: '2' },
  ]);
  const { awaited } = await operator.life([ref]);
  expect(awaited.map(({ id, of, toType }) => [id, of, toType]).sort()).toEqual([
    ['1', pair, 'Contact'],
    ['2', pair, undefined],
  ]);
});
