import { expect, it } from 'vitest';
import { exitCode, exitCodeOfIdle } from '../../src/commands/exit.ts';

it.each([
  ['nothing failed or held, whatever is parked', { failed: 0, held: 0 }, exitCode.fine],
  ['something that no correction helps', { failed: 1, held: 0 }, exitCode.found],
  ['changes that a breaker holds', { failed: 0, held: 1 }, exitCode.found],
])('--until-idle with %s ends with its code', (_name, ends, code) => {
  expect(exitCodeOfIdle(ends)).toBe(code);
});
