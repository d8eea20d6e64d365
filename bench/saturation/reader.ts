/**
 * One of several processes that drain a backlog of single-record reads through the worker's own gate and connector, as fast as the
 * budget in the store lets it. Arguments: how many seconds to go on, and ids of contacts. Prints `reading`, then `read`.
 */
import { composeSystems } from '../../src/compose.ts';
import { makeLog } from '../../src/log.ts';
import { CallFailed } from '../../src/model/failure.ts';
import { loadSettings, requireConnections } from '../../src/settings.ts';
import { openStore } from '../../src/store/open-store.ts';

/** Calls under way at once in this process: four processes have more than the limit lets through at the simulators' latency. */
const atOnce = 4;

const log = makeLog();
const settings = loadSettings();
const [seconds = '', ...ids] = process.argv.slice(2);
const store = await openStore({
  connectionString: settings.databaseUrl ?? '',
  onTrouble: ({ what }) => log.warn({ event: 'trouble', what }),
});
const { connectors } = composeSystems(requireConnections(settings), store.budget, log);
const context = { class: 'live', purpose: 'read' } as const;
const counts = { records: 0, throttled: 0 };

const readUntil = async (endsAt: number, lane: number): Promise<void> => {
  for (let next = lane; performance.now() < endsAt; next += atOnce) {
    const id = ids[next % ids.length] ?? '';
    try {
      counts.records += (await connectors.hubspot.readMany('contacts', [id], ['email'], context)).size;
    } catch (error) {
      // The gate has paused the lane; the record stays in the backlog.
      if (!(error instanceof CallFailed) || error.failure.category !== 'throttled') throw error;
      counts.throttled += 1;
    }
  }
};

log.info({ event: 'reading' });
const endsAt = performance.now() + Number(seconds) * 1_000;
await Promise.all(Array.from({ length: atOnce }, async (_, lane) => readUntil(endsAt, lane)));
log.info({ event: 'read', ...counts });
await Promise.all([connectors.hubspot.close(), connectors.salesforce.close()]);
await store.close();
