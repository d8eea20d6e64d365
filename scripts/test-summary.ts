/**
 * Ends a CI run with one plain line, `N passed, N failed, N skipped`, from Vitest's JSON report, and with exit code 1
 * where something failed or nothing ran. Before it, a few lines for each test that failed: of a long run often only the end
 * is kept, and the test that failed first is not in it. Usage: bin/tandem-node scripts/test-summary.ts REPORT.json
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { z } from 'zod';

const report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number().default(0),
  testResults: z.array(
    z.object({
      name: z.string().default(''),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.string().default(''),
          failureMessages: z.array(z.string()).default([]),
        }),
      ),
    }),
  ),
});

/** What was wrong is at the beginning; where a story tells what happened, the last of it. */
const firstLinesMax = 8;
const lastLinesMax = 12;
const lineMax = 300;

/** The beginning and the end of what was thrown, and the place in the test that it came from. */
const shortened = (message: string): readonly string[] => {
  const lines = message.split('\n').map((line) => line.slice(0, lineMax));
  const place = lines.find((line) => /^\s+at .*\/test\//.test(line) || /^\s+at .*\.test\.ts/.test(line));
  const said = lines.filter((line) => !/^\s+at /.test(line));
  const last = said.slice(firstLinesMax).slice(-lastLinesMax);
  const leftOut = said.length - firstLinesMax - last.length;
  return [
    ...said.slice(0, firstLinesMax),
    ...(leftOut > 0 ? [`… ${leftOut} more lines`] : []),
    ...last,
    ...(place === undefined ? [] : [place]),
  ];
};

const file = process.argv[2] ?? '';

interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly string[];
}

const summarize = (): Summary => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // Vitest ended before it could write its report: nothing is known to have run.
    return { passed: 0, failed: 0, skipped: 0, failures: [] };
  }
  const counts = report.parse(JSON.parse(text));
  // A file that cannot even be loaded has no test that failed; it counts as one.
  const broken = counts.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  );
  const failedTests = counts.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map((result) => ({ name, ...result })),
  );
  return {
    passed: counts.numPassedTests,
    failed: counts.numFailedTests + broken.length,
    skipped: counts.numPendingTests + counts.numTodoTests,
    failures: [
      ...failedTests.flatMap(({ name, fullName, failureMessages }) => [
        `Failed: ${relative('', name)}: ${fullName}`,
        ...failureMessages.flatMap(shortened).map((line) => `  ${line}`),
      ]),
      ...broken.flatMap(({ name, message }) => [
        `Not loaded: ${relative('', name)}`,
        ...shortened(message).map((line) => `  ${line}`),
      ]),
    ],
  };
};

const { passed, failed, skipped, failures } = summarize();
for (const line of failures) console.log(line);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
