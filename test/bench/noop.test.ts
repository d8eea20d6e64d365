import { expect, it } from 'vitest';
import { measureNoop } from '../../bench/noop/noop.ts';
import { withStore } from '../store/postgres.ts';

const fixture = withStore();

it('the benchmark noop, with few people: both ways in, on the real store, every record counted', async () => {
  const figures = [];
  for await (const figure of measureNoop(fixture.connectionString, fixture.store, 50)) figures.push(figure);
  // The run itself throws when a record that equals its base becomes dirty.
  expect(figures.map(({ name, detail }) => [name, detail.records])).toEqual([
    ['noop.poll', 80],
    ['noop.live', 80],
  ]);
});
