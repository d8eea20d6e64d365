import { z } from 'zod';
import type { Sides } from '../../model/system.ts';
import type { SandboxAccess } from '../../sandbox/start.ts';

/** How the worker stands. */
export interface Figures {
  /** Age of the oldest change that waits, seconds. */
  readonly lagSeconds: number;
  /** Changes that wait, and writes under way. */
  readonly queue: number;
  /** Linked people. */
  readonly links: number;
  /** Links of all other pairs. */
  readonly otherLinks: number;
  readonly reviews: number;
  readonly refused: number;
  /** The worker's calls since the simulators started, as they count them. */
  readonly calls: Sides<number>;
}

const stats = z.object({
  calls: z.object({ byCaller: z.object({ integration: z.number() }) }),
  records: z.record(z.string(), z.number()),
});

const timeoutMs = 3_000;

const ask = async (url: string): Promise<string> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
};

/** Sum of a metric over its labels, or those that contain `label`, from the Prometheus text format. */
const sumOf = (metrics: string, name: string, label = ''): number =>
  metrics
    .split('\n')
    .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);

/** Asks the worker's metrics and the simulators' counters. Rejects when one of them does not answer. */
export const readFigures = async (
  workerUrl: string,
  access: SandboxAccess,
  pair: string,
): Promise<Figures> => {
  const [metrics, hubspot, salesforce] = await Promise.all([
    ask(`${workerUrl}/metrics`),
    ask(`${access.hubspot}/_sandbox/stats`),
    ask(`${access.salesforce}/_sandbox/stats`),
  ]);
  const of = (name: string): number => sumOf(metrics, `tandem_${name}`);
  const links = sumOf(metrics, 'tandem_links', `pair="${pair}"`);
  const left = stats.parse(JSON.parse(hubspot));
  const right = stats.parse(JSON.parse(salesforce));
  return {
    lagSeconds: of('oldest_dirty_seconds'),
    queue: of('dirty_rows'),
    links,
    otherLinks: of('links') - links,
    reviews: of('reviews'),
    refused: of('parked'),
    calls: {
      hubspot: left.calls.byCaller.integration,
      salesforce: right.calls.byCaller.integration,
    },
  };
};

/** Records of the story's types that both systems hold. Rejects when one of them does not answer. */
export const countRecords = async (access: SandboxAccess, types: Sides<string>): Promise<Sides<number>> => {
  const [hubspot, salesforce] = await Promise.all(
    (
      [
        ['hubspot', access.hubspot],
        ['salesforce', access.salesforce],
      ] as const
    ).map(async ([system, url]) => {
      const { records } = stats.parse(JSON.parse(await ask(`${url}/_sandbox/stats`)));
      return records[types[system]] ?? 0;
    }),
  );
  return { hubspot: hubspot ?? 0, salesforce: salesforce ?? 0 };
};
