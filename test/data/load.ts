/**
 * Enters real people into a running sandbox and writes what is true of them:
 * bin/tandem-node test/data/load.ts --hubspot URL --salesforce URL --people N --out DIR [--seed N] [--data DIR]
 * Exit codes as in the contract: 2 wrong usage, 3 the data or a simulator is not there.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type LoadOptions, loadPeople } from './load-people.ts';
import { SandboxError } from './sandbox-records.ts';
import { defaultDataDir, hasData, missingData } from './sources.ts';
import { type TruthChunk, truthFile, writeTruth } from './truth.ts';

const usage = 'Usage: load.ts --hubspot URL --salesforce URL --people N --out DIR [--seed N] [--data DIR]';

const argumentShape = z.object({
  hubspot: z.url().transform((url) => url.replace(/\/+$/, '')),
  salesforce: z.url().transform((url) => url.replace(/\/+$/, '')),
  people: z.coerce.number().int().positive(),
  out: z.string().min(1),
  seed: z.coerce.number().int().default(1),
  data: z.string().min(1).default(defaultDataDir),
});

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const readArguments = (): z.infer<typeof argumentShape> | null => {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      options: { hubspot: text, salesforce: text, people: text, out: text, seed: text, data: text },
    });
    return argumentShape.parse(values);
  } catch (error) {
    const why =
      error instanceof z.ZodError
        ? error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('; ')
        : error instanceof Error
          ? error.message
          : String(error);
    say(`load: ${why}\n${usage}`);
    return null;
  }
};

/** Passes the chunks on and counts them, for the line at the end. */
async function* counted(options: LoadOptions, counts: Record<string, number>): AsyncGenerator<TruthChunk> {
  for await (const chunk of loadPeople(options)) {
    for (const { expect } of chunk.people) counts[expect] = (counts[expect] ?? 0) + 1;
    counts.apart = (counts.apart ?? 0) + chunk.apart.length;
    yield chunk;
  }
}

const main = async (): Promise<number> => {
  const options = readArguments();
  if (options === null) return 2;
  if (!hasData(options.data)) {
    say(`load: ${missingData(options.data)}`);
    return 3;
  }
  const counts: Record<string, number> = {};
  try {
    await writeTruth(options.out, counted({ ...options, dataDir: options.data }, counts));
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    say(`load: ${error.message}`);
    return 3;
  }
  process.stdout.write(
    `${JSON.stringify({ truth: truthFile(options.out), seed: options.seed, ...counts })}\n`,
  );
  return 0;
};

process.exitCode = await main();
