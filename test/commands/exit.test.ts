import { expect, it } from 'vitest';
import { exitCode, exitCodeOf, exitCodeOfIdle, orOffline } from '../../src/commands/exit.ts';
import { CallFailed } from '../../src/model/failure.ts';

it.each([
  ['nothing failed or held, whatever is parked', { failed: 0, held: 0 }, exitCode.fine],
  ['something that no correction helps', { failed: 1, held: 0 }, exitCode.found],
  ['changes that a breaker holds', { failed: 0, held: 1 }, exitCode.found],
])('--until-idle with %s ends with its code', (_name, ends, code) => {
  expect(exitCodeOfIdle(ends)).toBe(code);
});

it('a call that failed is told with the way without the systems; anything else stays what it is', () => {
  const failure = {
    category: 'unavailable',
    system: 'hubspot',
    code: 'ECONNREFUSED',
    message: 'away',
  } as const;
  const error = orOffline(new CallFailed({ ...failure, fields: [] }), 'the files alone are checked');
  expect(exitCodeOf(error)).toBe(exitCode.unreachable);
  expect(error).toMatchObject({
    message: 'hubspot: ECONNREFUSED: away',
    next: expect.stringMatching(
      /^Check that HubSpot is up.* Or add --offline, and the files alone are checked\.$/,
    ),
  });
  const defect = new Error('a defect');
  expect(orOffline(defect, 'nothing')).toBe(defect);
});
