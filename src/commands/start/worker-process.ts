import { z } from 'zod';
import { exitCodeOf, sayError } from '../exit.ts';
import { roles } from '../run/roles.ts';
import { runCommand } from '../run.ts';
import { childInput } from './child.ts';

/** A little longer than `run` gives itself to finish. */
const finishMs = 14_000;

const input = z.object({ config: z.string(), data: z.string(), port: z.int() });

/**
 * The worker of the demonstration: `tandem run`, with one thing more. When the process that started it is gone without a
 * word (SIGKILL), it stops as after SIGTERM, so that no worker is left behind.
 */
const main = async (): Promise<void> => {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), finishMs).unref();
  });
  try {
    process.exitCode = await runCommand({
      ...input.parse(childInput()),
      untilIdle: false,
      join: false,
      role: new Set(roles),
    });
  } catch (error) {
    sayError(error);
    process.exitCode = exitCodeOf(error);
  }
  process.channel?.unref();
};

await main();
