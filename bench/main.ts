/**
 * `npm run bench [-- NAME…] [--json] [--write]`: runs benchmarks; without a name all of them, and writes bench/RESULTS.md, which --write does for
 * those that are named, and says which they were. With --json
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
  const figures: Figure[] = [];
  const notes: string[] = [];
  const note = (line: string): void => {
    notes.push(line);
    say(line);
  };
  for (const name of names) {
    const run = benchmarks[name];
    if (!run) continue;
    for await (const figure of run(note)) {
      figures.push(figure);
      process.stdout.write(`${parsed.values.json ? JSON.stringify(figure) : plainLine(figure)}\n`);
    }
  }
  const isAll = parsed.positionals.length === 0;
  if (isAll) writeResults(figures, notes);
  else if (parsed.values.write) writeResults(figures, [`Only these were run: ${names.join(', ')}`, ...notes]);
  return 0;
};

process.exitCode = await main();
