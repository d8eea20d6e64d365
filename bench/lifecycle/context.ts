import { setTimeout as sleep } from 'node:timers/promises';
import { activeLifecycle, makeContext } from '../../src/commands/run/lifecycle.ts';
import { composeSystems } from '../../src/compose.ts';
import type { LifecycleContext } from '../../src/lifecycle/run/context.ts';
import { lookOnce } from '../../src/lifecycle/run/look-pass.ts';
import { makeLog } from '../../src/log.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import { journeySignals } from '../../src/model/journeys.ts';
import { parseSettings, repositoryRoot, requireConnections } from '../../src/settings.ts';
import type { Store } from '../../src/store/open-store.ts';
import type { Sandbox } from '../kit/sandbox.ts';

/** The lifecycle of the shipped configuration in this process, as a worker has it, on a store and before both simulators. */
export const lifecycleOf = async (sandbox: Sandbox, store: Store): Promise<LifecycleContext> => {
  const config = `${repositoryRoot}config`;
  const mappings = loadMappings(config);
  const active = await activeLifecycle(config, mappings);
  if (active === null) throw new Error('the shipped configuration has no lifecycle');
  const log = makeLog(process.stderr, 'warn');
  const connections = requireConnections(parseSettings(sandbox.env));
  return makeContext({
    ...{ active, mappings, log, opened: { store }, systems: composeSystems(connections, store.budget, log) },
    ...{ wake: () => undefined, webhook: null, mail: null, pollMs: 15_000 },
    signal: new AbortController().signal,
  });
};

/** Has everybody looked at for the first time, so that each has a journey as it is in life. @throws Error where some have none after a minute */
export const firstLooks = async (
  context: LifecycleContext,
  { engine }: Pick<Store, 'engine'>,
  contacts: readonly string[],
): Promise<void> => {
  const { store, pair } = context;
  await engine.commitSignals(
    contacts.map((id) => ({
      ...{ pair: journeySignals, class: 'live', stamp: null, cause: 'bench' },
      ref: { system: 'hubspot', type: pair.types.hubspot, id },
    })),
  );
  const deadline = performance.now() + 60_000;
  while ((await store.journeys(contacts)).size < contacts.length) {
    if (performance.now() > deadline) throw new Error('not everybody has a journey');
    if ((await lookOnce(context)) === 0) await sleep(50);
  }
};
