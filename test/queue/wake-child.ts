import { openWakeQueue } from '../../src/queue/bull-wake-queue.ts';
import type { WakeBackend } from '../../src/queue/wake-queue.ts';

// One process of a fleet: serves wakes on the backend of its first argument, and sends those that its second one lists. Each handler says on
// stdout what it takes, and stays in it until the process is told to go on; from then on it goes through at once.
const [backend = '{}', pairs = '[]'] = process.argv.slice(2);
const queue = await openWakeQueue({
  backend: JSON.parse(backend) as WakeBackend,
  onTrouble: ({ what, error }) => process.stderr.write(`${what}: ${String(error)}\n`),
});

const told = new Promise<void>((resolve) => process.stdin.once('data', () => resolve()));
await queue.serve(async (pair) => {
  process.stdout.write(`${pair}\n`);
  await told;
});
for (const pair of JSON.parse(pairs) as readonly string[]) queue.wake(pair, 'live');
