import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { composeSystems } from '../compose.ts';
import { type WeeklyReport, weeklyReport } from '../lifecycle/report/weekly.ts';
import { UsageError } from '../model/failure.ts';
import { bothSides, systems } from '../model/system.ts';
import { requireConnections } from '../settings.ts';
import { exitCode } from './exit.ts';
import { weeklyJson } from './report/json.ts';
import type { RecordHomes } from './report/links.ts';
import { weeklyMarkdown } from './report/markdown.ts';
import { weeklyPage } from './report/page.ts';
import { readWeekly } from './report/read-weekly.ts';
import { dealsTable, leadsTable, tableFilesOf } from './report/tables.ts';
import { activeLifecycle } from './run/lifecycle.ts';
import { answer, type CommandContext, type StoreOptions, withExistingStore } from './with-store.ts';

export interface ReportOptions extends StoreOptions {
  /** As 2026-W48; absent: the last one that is over, or the present one where nothing happened before it. */
  readonly week?: string;
  readonly out?: string;
  /** Markdown instead of the page. */
  readonly markdown: boolean;
  /** Ask neither system where its records are seen. */
  readonly offline: boolean;
}

/** Where both systems show records; one that is not connected or does not answer is left out, for the figures are in the store. */
const recordHomes = async ({ settings, store, log }: CommandContext): Promise<RecordHomes> => {
  let parts: ReturnType<typeof composeSystems>;
  try {
    parts = composeSystems(requireConnections(settings), store.budget, log);
  } catch (error) {
    if (error instanceof UsageError) return { hubspot: null, salesforce: null };
    throw error;
  }
  const { connectors } = parts;
  const call = { class: 'sweep', purpose: 'describe' } as const;
  try {
    const found = await Promise.allSettled(systems.map(async (system) => connectors[system].site(call)));
    return bothSides((system) => {
      const each = found[systems.indexOf(system)];
      return each?.status === 'fulfilled' ? each.value : null;
    });
  } finally {
    await Promise.all(systems.map(async (system) => connectors[system].close()));
  }
};

/** Writes the page with the tables to which it leads, or the Markdown alone; answers where the tables are. */
const writeReport = async (
  report: WeeklyReport,
  homes: RecordHomes,
  file: string,
  isMarkdown: boolean,
): Promise<readonly string[]> => {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true });
  if (isMarkdown) {
    await writeFile(file, weeklyMarkdown(report, homes));
    return [];
  }
  const files = tableFilesOf(basename(file, extname(file)));
  const tables = { leads: join(folder, files.leads), deals: join(folder, files.deals) };
  await Promise.all([
    writeFile(file, weeklyPage(report, homes, files)),
    writeFile(tables.leads, leadsTable(report, homes)),
    writeFile(tables.deals, dealsTable(report, homes)),
  ]);
  return [tables.leads, tables.deals];
};

/** `report weekly`: one page for the weekly review of sales and marketing, and the same as JSON. @throws UsageError */
export const reportCommand = async (options: ReportOptions): Promise<number> =>
  withExistingStore(options, async (context) => {
    const active = await activeLifecycle(options.config, context.mappings);
    if (active === null) {
      throw new UsageError(
        'This configuration has no lifecycle: there is nothing to report.',
        'Name a folder that has lifecycle.yaml with --config.',
      );
    }
    // One after the other: a week that is none is told before anybody is asked, and no call is under way when the store closes.
    const input = await readWeekly(context.store, active, options.week);
    const homes = options.offline ? { hubspot: null, salesforce: null } : await recordHomes(context);
    const report = weeklyReport(input);
    const ending = options.markdown ? 'md' : 'html';
    const file = options.out ?? join(options.data, 'reports', `weekly-${report.week.name}.${ending}`);
    const tables = await writeReport(report, homes, file, options.markdown);
    const beside = tables.length === 0 ? '' : `\nIts leads and deals, each once: ${tables.join(', ')}`;
    answer(
      options,
      { file, tables, ...weeklyJson(report) },
      `The report of ${report.week.name}: ${file}${beside}`,
    );
    return exitCode.fine;
  });
