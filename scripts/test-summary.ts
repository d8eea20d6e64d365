/**
 * Ends a CI run with one plain line, `N passed, N failed, N skipped`, from Vitest's JSON report, and with exit code 1
 * where something failed or nothing ran. Usage: bin/tandem-node scripts/test-summary.ts REPORT.json
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number().default(0),
  testResults: z.array(
    z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) }),
  ),
});

const file = process.argv[2] ?? '';

const count = (): { passed: number; failed: number; skipped: number } => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // Vitest ended before it could write its report: nothing is known to have run.
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const counts = report.parse(JSON.parse(text));
  // A file that cannot even be loaded has no test that failed; it counts as one.
  const broken = counts.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  );
  return {
    passed: counts.numPassedTests,
    failed: counts.numFailedTests + broken.length,
    skipped: counts.numPendingTests + counts.numTodoTests,
  };
};

const { passed, failed, skipped } = count();
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
