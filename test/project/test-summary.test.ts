import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';

const tandemNode = resolve(import.meta.dirname, '../../bin/tandem-node');
const folder = mkdtempSync(join(tmpdir(), 'tandem-summary-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const summarise = (report: object | null): Promise<{ code: number; stdout: string }> => {
  const file = join(folder, report === null ? 'none.json' : 'report.json');
  if (report !== null) writeFileSync(file, JSON.stringify(report));
  return promisify(execFile)(tandemNode, ['scripts/test-summary.ts', file]).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
  );
};

const report = (passed: number, failed: number, pending: number, files: object[] = []): object => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: pending,
  numTodoTests: 0,
  testResults: files,
});

test.each([
  ['all passed', report(3, 0, 1), { code: 0, stdout: '3 passed, 0 failed, 1 skipped\n' }],
  ['one failed', report(2, 1, 0), { code: 1, stdout: '2 passed, 1 failed, 0 skipped\n' }],
  ['no test ran', report(0, 0, 5), { code: 1, stdout: '0 passed, 0 failed, 5 skipped\n' }],
  [
    'a file that cannot be loaded',
    report(2, 0, 0, [{ status: 'failed', assertionResults: [] }]),
    { code: 1, stdout: '2 passed, 1 failed, 0 skipped\n' },
  ],
  ['no report at all', null, { code: 1, stdout: '0 passed, 0 failed, 0 skipped\n' }],
])('%s', async (_case, given, wanted) => {
  expect(await summarise(given)).toEqual(wanted);
});
