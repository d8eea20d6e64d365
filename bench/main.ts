/**
 * `npm run bench [-- NAME…] [--json] [--write]`: runs benchmarks; without a name all of them. Each writes its section of
 * bench/RESULTS.md; one that is named does so with --write alone. With --json
 * stdout holds one line of JSON per figure and nothing else. Exit codes as in the contract: 2 wrong usage, 1 a run that failed.
 */
import { parseArgs } from 'node:util';
import { runAlign } from './align/align.ts';
import { runCost } from './cost/cost.ts';
import { type Benchmark, type Figure, meetsTarget } from './figure.ts';
import { runLatency } from './latency/latency.ts';
import { runLifecycle } from './lifecycle/lifecycle.ts';
import { runMemory } from './memory/memory.ts';
import { runNoop } from './noop/noop.ts';
import { runPeers } from './peers/peers.ts';
import { writeResults } from './results.ts';
import { runReviews } from './reviews/reviews.ts';
import { runSaturation } from './saturation/saturation.ts';
import { runScoring } from './scoring/scoring.ts';

const benchmarks: Readonly<Record<string, Benchmark>> = {
  align: runAlign,
  noop: runNoop,
  cost: runCost,
  latency: runLatency,
  lifecycle: runLifecycle,
  saturation: runSaturation,
  memory: runMemory,
  peers: runPeers,
  reviews: runReviews,
  scoring: runScoring,
};

const usage = `Usage: npm run bench [-- NAME...] [--json] [--write]   (NAME: ${Object.keys(benchmarks).join(', ')})`;

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const plainLine = (figure: Figure): string => {
  const met = meetsTarget(figure);
  const verdict = met === null ? '' : met ? '  met' : '  MISSED';
  return `${figure.name}: ${figure.ours} against ${figure.theirs} (${figure.against}) ${figure.unit}${verdict}`;
};

const readArguments = () => {
  try {
    return parseArgs({
      options: { json: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
  } catch (error) {
    say(`bench: ${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return null;
  }
};

const main = async (): Promise<number> => {
  const parsed = readArguments();
  if (!parsed) return 2;
  const names = parsed.positionals.length > 0 ? parsed.positionals : Object.keys(benchmarks);
  const unknown = names.find((name) => !Object.hasOwn(benchmarks, name));
  if (unknown !== undefined) {
    say(`bench: there is no benchmark '${unknown}'\n${usage}`);
    return 2;
  }
  const isWritten = parsed.values.write || parsed.positionals.length === 0;
  for (const benchmark of names) {
    const run = benchmarks[benchmark];
    if (!run) continue;
    const figures: Figure[] = [];
    const notes: string[] = [];
    const note = (line: string): void => {
      notes.push(line);
      say(line);
    };
    for await (const figure of run(note)) {
      figures.push(figure);
      process.stdout.write(`${parsed.values.json ? JSON.stringify(figure) : plainLine(figure)}\n`);
    }
    // One by one: what an hour has measured is kept where the next benchmark fails.
    if (isWritten) writeResults({ benchmark, figures, notes });
  }
  return 0;
};

process.exitCode = await main();
