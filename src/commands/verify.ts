import { asSeen, composeSystems } from '../compose.ts';
import { makeLog } from '../log.ts';
import { loadMappings } from '../mapping/load.ts';
import { bothSides } from '../model/system.ts';
import { loadSettings, requireConnections } from '../settings.ts';
import type { LookAt } from '../sync/gone.ts';
import { pausedParts, withoutFields } from '../sync/pauses.ts';
import { type VerifyReport, verifyPair } from '../sync/verify.ts';
import { exitCode } from './exit.ts';
import { openStoreOrEmpty } from './open-store.ts';
import { assertOwnAccounts } from './own-accounts.ts';
import { learnOwners } from './run/owners.ts';

export interface VerifyOptions {
  readonly config: string;
  readonly data: string;
  readonly json: boolean;
}

/** Differences shown in plain form; all of them are in the JSON. */
const shownMax = 50;

const sum = (reports: readonly VerifyReport[]): VerifyReport => ({
  records: reports.reduce((total, report) => total + report.records, 0),
  fields: reports.reduce((total, report) => total + report.fields, 0),
  drift: reports.reduce((total, report) => total + report.drift, 0),
  unexplained: reports.reduce((total, report) => total + report.unexplained, 0),
  items: reports.flatMap((report) => report.items),
});

const plain = (report: VerifyReport): string => {
  const counts = new Map<string, number>();
  for (const item of report.items) counts.set(item.why, (counts.get(item.why) ?? 0) + 1);
  const reasons = [...counts].sort(([, a], [, b]) => b - a).map(([why, count]) => `  ${count}  ${why}`);
  const open = report.items
    .filter((item) => item.why === 'unexplained')
    .slice(0, shownMax)
    .map(
      (item) =>
        `  hubspot ${item.hubspotId ?? '-'}  salesforce ${item.salesforceId ?? '-'}  ${item.field ?? 'no counterpart'}`,
    );
  return [
    `${report.records} records, ${report.fields} fields compared: ${report.drift} differences, ${report.unexplained} unexplained.`,
    ...reasons,
    ...(open.length > 0 ? ['Unexplained:', ...open] : []),
    '',
  ].join('\n');
};

/** Compares both systems; exit code 1 when a difference has nothing that accounts for it. */
export const verifyCommand = async (options: VerifyOptions): Promise<number> => {
  const settings = loadSettings();
  const mappings = loadMappings(options.config);
  const connections = requireConnections(settings);
  const log = makeLog(process.stderr, settings.logLevel === 'info' ? 'warn' : settings.logLevel);
  const meaning = 'no link is known, and nothing accounts for a difference. Check --data.';
  const opened = await openStoreOrEmpty(settings, options.data, log, meaning);
  const { connectors } = composeSystems(connections, opened.store.budget, log);
  try {
    const reports: VerifyReport[] = [];
    await assertOwnAccounts(opened.store.operator, connectors);
    await learnOwners(connectors, mappings);
    const pauses = await opened.store.operator.pauses();
    for (const mapped of mappings.pairs) {
      // A field that a system does not have any more cannot be read; status says so.
      const pair = withoutFields(mapped, pausedParts(mapped, pauses).fields);
      const store = {
        linksOf: opened.store.engine.linksOf.bind(opened.store.engine),
        cursor: opened.store.engine.cursor.bind(opened.store.engine),
        handedAmong: opened.store.engine.handedAmong.bind(opened.store.engine),
        standingOf: opened.store.status.standingOf,
      };
      const call = { class: 'sweep', purpose: 'verify' } as const;
      const parts = { pair, pairs: mappings.pairs, known: mappings.references, store };
      const seen = bothSides((system) => asSeen(connectors[system], parts));
      const lookAt: LookAt = async (gone) =>
        opened.store.engine.commitSignals(
          gone.map(({ ref, fate }) => ({
            ...{ pair: pair.name, ref, class: 'sweep' as const, stamp: null },
            cause: `verify found it ${fate}`,
          })),
        );
      const found = await verifyPair({ pair, systems: seen, store, call, lookAt });
      await opened.store.operator.noteVerified({ ...found, pair: pair.name });
      reports.push(found);
    }
    const report = sum(reports);
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : plain(report));
    return report.unexplained === 0 ? exitCode.fine : exitCode.found;
  } finally {
    await Promise.all([connectors.hubspot.close(), connectors.salesforce.close()]);
    await opened.close();
  }
};
