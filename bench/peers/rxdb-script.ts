import { systems } from '../../src/model/system.ts';
import { openPeople } from './rxdb-people.ts';
import { replicateSide } from './rxdb-replicate.ts';
import { runScript } from './script.ts';

/** A run that has not come to rest by then gives up; the next one begins where it got to. */
const restWithinMs = 60_000;

/** RxDB between the two systems: one collection, replicated with each of them, until a whole round brings nothing new. */
await runScript(async (sides, dataDir) => {
  const people = await openPeople(dataDir);
  const replications = systems.map((system) => replicateSide(system, sides[system], people));
  let events = 0;
  const count = (): void => {
    events += 1;
  };
  for (const { received$, sent$, error$ } of replications) {
    received$.subscribe(count);
    sent$.subscribe(count);
    error$.subscribe(count);
  }
  const deadline = performance.now() + restWithinMs;
  let before = -1;
  while (events !== before && performance.now() < deadline) {
    before = events;
    for (const replication of replications) {
      replication.reSync();
      await replication.awaitInSync();
    }
    // What the second one brought has to get to the first one.
    for (const replication of replications) await replication.awaitInSync();
  }
  return events === before;
});
