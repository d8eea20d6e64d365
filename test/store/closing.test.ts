import { expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { pair } from './builders.ts';
import { withStore } from './postgres.ts';

const fixture = withStore();

it('has nothing to tell of sessions that the server ends while the store is closing', async () => {
  const troubles: unknown[] = [];
  // The last process stops the server right after it closed its store; here the two fall together, many times.
  for (let round = 0; round < 20; round += 1) {
    const store = await openStore({
      connectionString: fixture.connectionString,
      onTrouble: (trouble) => troubles.push(trouble),
    });
    await Promise.all(Array.from({ length: 8 }, () => store.engine.backlog(pair)));
    await Promise.all([store.close(), fixture.terminateSessions()]);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  fixture.trouble.splice(0);
  expect(troubles).toEqual([]);
});
