import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take longest, the longest first. In a fresh clone Vitest knows no durations and goes by the size of a file, which
 * says little: a story of two minutes that begins last has the machine for itself while all others are done.
 */
const longest = [
  'test/faults/virtual.test.ts',
  'test/commands/outage.test.ts',
  'test/e2e/kill.test.ts',
  'test/e2e/align.test.ts',
  'test/commands/bad-input.test.ts',
  'test/e2e/start.test.ts',
  'test/e2e/disjoint.test.ts',
  'test/e2e/stream.test.ts',
  'test/e2e/hubspot-webhooks.test.ts',
  'test/faults/broken.test.ts',
  'test/commands/daily-limit.test.ts',
];

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = longest.findIndex((file) => moduleId.endsWith(file));
  return rank < 0 ? longest.length : rank;
};

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Vitest's own order, but for the longest files, which come first in their project. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...(await super.sort(files))].sort(
      (a, b) =>
        a.project.config.sequence.groupOrder - b.project.config.sequence.groupOrder ||
        compareText(a.project.name, b.project.name) ||
        rankOf(a) - rankOf(b),
    );
  }
}
