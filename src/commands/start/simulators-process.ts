import { z } from 'zod';
import { UsageError } from '../../model/failure.ts';
import type { Simulator, SimulatorOptions } from '../../sandbox/core/simulator.ts';
import { createHubspotSimulator } from '../../sandbox/hubspot/simulator.ts';
import { createSalesforceSimulator } from '../../sandbox/salesforce/simulator.ts';
import { accessTo } from '../../sandbox/start.ts';
import { childInput } from './child.ts';
import { readSavedSandbox, writeSavedSandbox } from './saved-sandbox.ts';
import type { SimulatorsMessage } from './simulators.ts';

const input = z.object({
  file: z.string(),
  goOn: z.boolean(),
  seed: z.int(),
  contacts: z.int(),
  leads: z.int(),
  hubspotPort: z.int(),
  salesforcePort: z.int(),
});
const order = z.enum(['save', 'end']);

const tell = (message: SimulatorsMessage): void => {
  process.send?.(message);
};

/** Takes the port that is wished for, or a free one where it is taken. */
const onPort = async <T extends Simulator>(
  start: (options: SimulatorOptions) => Promise<T>,
  options: SimulatorOptions,
): Promise<T> => {
  try {
    return await start(options);
  } catch (error) {
    if (!(error instanceof UsageError) || options.port === 0) throw error;
    return start({ ...options, port: 0 });
  }
};

/**
 * Both simulators in a process of their own, so that the worker reaches them over HTTP alone and its memory is its own.
 * `save` writes their state, `end` ends them, and so does the end of the process that started this one.
 */
const main = async (): Promise<void> => {
  process.once('disconnect', () => process.exit(1));
  const { file, goOn, hubspotPort, salesforcePort, ...start } = input.parse(childInput());
  const saved = goOn ? await readSavedSandbox(file) : null;
  const seed = saved?.seed ?? start.seed;
  const options = { ...start, seed };
  const hubspot = await onPort(createHubspotSimulator, {
    ...options,
    port: hubspotPort,
    ...(saved ? { state: saved.hubspot } : {}),
  });
  const salesforce = await onPort(createSalesforceSimulator, {
    ...options,
    port: salesforcePort,
    ...(saved ? { state: saved.salesforce } : {}),
  });
  process.on('message', (message) => {
    const asked = order.parse(message);
    if (asked === 'end') process.exit(0);
    const states = { hubspot: hubspot.exportState(), salesforce: salesforce.exportState() };
    writeSavedSandbox(file, { seed, ...states }).then(
      () => tell({ kind: 'saved', error: null }),
      (error: unknown) => tell({ kind: 'saved', error: String(error) }),
    );
  });
  tell({ kind: 'ready', access: accessTo(hubspot, salesforce) });
};

await main();
