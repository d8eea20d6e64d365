import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startCommandFor } from '../../../src/commands/status/how-to-start.ts';
import { noWorkerProblems } from '../../../src/commands/status/no-worker.ts';

const folder = mkdtempSync(join(tmpdir(), 'tandem-how-'));
afterAll(() => rmSync(folder, { recursive: true }));

const nextIn = (dataDir: string): string | undefined => {
  const gone = { host: 'here', pid: 1, seenAt: 0, isStopped: true };
  const due = { rows: 1, since: 0, now: 1 };
  return noWorkerProblems([], gone, due, startCommandFor(dataDir))[0]?.next;
};

it('a demonstration that was stopped is started as one, another data folder by a worker', () => {
  const demo = join(folder, 'demo');
  mkdirSync(demo);
  expect(nextIn(demo)).toMatch(/^Start it: bin\/tandem run\. /);
  writeFileSync(join(demo, 'demo.env'), '');
  expect(nextIn(demo)).toContain(`Start it: npm start -- --data ${folder}. `);
  expect(nextIn(folder)).toMatch(/^Start it: bin\/tandem run\. /);
});
