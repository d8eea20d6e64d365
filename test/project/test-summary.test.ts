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
    report(2, 0, 0, [
      {
        name: resolve('test/a.test.ts'),
        status: 'failed',
        message: 'no such module',
        assertionResults: [],
      },
    ]),
    { code: 1, stdout: 'Not loaded: test/a.test.ts\n  no such module\n2 passed, 1 failed, 0 skipped\n' },
  ],
  ['no report at all', null, { code: 1, stdout: '0 passed, 0 failed, 0 skipped\n' }],
])('%s', async (_case, given, wanted) => {
  expect(await summarise(given)).toEqual(wanted);
});

test('what failed is said before the last line, its beginning, its end and its place', async () => {
  const thrown = [
    'Error: never seen: two arrivals; said:',
    ...Array.from({ length: 40 }, (_, index) => `line ${index}`),
    '    at until (/x/node_modules/vitest/index.js:1:1)',
    '    at /x/test/e2e/start.test.ts:70:13',
    '    at /x/test/e2e/start.test.ts:192:5',
  ].join('\n');
  const assertionResults = [
    { status: 'passed', fullName: 'fine', failureMessages: [] },
    { status: 'failed', fullName: 'npm start goes on', failureMessages: [thrown] },
  ];
  const files = [{ name: resolve('test/e2e/start.test.ts'), status: 'failed', assertionResults }];
  const { stdout } = await summarise(report(1, 1, 0, files));
  const lines = stdout.trimEnd().split('\n');
  expect(lines.slice(0, 3)).toEqual([
    'Failed: test/e2e/start.test.ts: npm start goes on',
    '  Error: never seen: two arrivals; said:',
    '  line 0',
  ]);
  expect(lines.slice(-3)).toEqual([
    '  line 39',
    '      at /x/test/e2e/start.test.ts:70:13',
    '1 passed, 1 failed, 0 skipped',
  ]);
  expect(lines).toContain('  … 21 more lines');
});
