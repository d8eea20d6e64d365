/** Registers as a worker, claims one unit with a match key, prints the unit's key, and waits to be killed. */
import { setTimeout as delay } from 'node:timers/promises';
import { openStore } from '../../src/store/open-store.ts';

const [connectionString = '', exclusive = ''] = process.argv.slice(2);
const store = await openStore({ connectionString, onTrouble: () => undefined });
const worker = await store.registerWorker({ name: 'child', exclusive, onLost: () => undefined });
let units = await store.engine.claim('people', worker.id, 1, 60_000);
while (units.length === 0) {
  await delay(20);
  units = await store.engine.claim('people', worker.id, 1, 60_000);
}
for (const { key: unit, fence } of units) {
  await store.engine.lockKeys(worker.id, [{ unit, fence, key: 'email:a' }], 60_000);
  process.stdout.write(`${unit}\n`);
}
