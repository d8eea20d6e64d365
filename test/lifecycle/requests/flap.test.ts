import { describe, expect, it } from 'vitest';
import { withRecent } from '../../../src/lifecycle/requests/flap.ts';
import type { SeenRequest } from '../../../src/lifecycle/requests/request.ts';

const minute = 60_000;
const text = (detail = 'Nurture: budget') => ({ word: 'Enroll in program', detail });
const seen = (recent: SeenRequest['recent'], state: SeenRequest['state'] = 'answered'): SeenRequest => ({
  ...text(),
  ...{ key: 'k', stamp: 0, number: 1, state, plan: { kind: 'say', text: '' } },
  recent: recent ?? [],
});
/** Asks at these moments, one after the other; answers how many were counted where it was too often. */
const askAt = (times: readonly number[], detailOf: (at: number) => string = () => 'same') =>
  times.reduce<{ last: SeenRequest | undefined; tooMany: number | null }>(
    ({ last }, at) => {
      const { recent, tooMany } = withRecent(last, text(detailOf(at)), at);
      return { last: seen(recent), tooMany };
    },
    { last: undefined, tooMany: null },
  ).tooMany;

describe('a request that comes back', () => {
  it('five times in ten minutes may be a person, the sixth time is none', () => {
    expect(askAt([0, 1, 2, 3, 4].map((at) => at * minute))).toBe(null);
    expect(askAt([0, 1, 2, 3, 4, 5].map((at) => at * minute))).toBe(6);
    expect(askAt([0, 1, 2, 3, 4, 10].map((at) => at * minute))).toBe(null);
  });

  it('in other words is counted as well, with more patience', () => {
    const times = Array.from({ length: 21 }, (_, at) => at * 1_000);
    expect(askAt(times.slice(0, 20), String)).toBe(null);
    expect(askAt(times, String)).toBe(21);
  });

  it('begins anew once somebody took away what was stopped', () => {
    const many = Array.from({ length: 6 }, () => ({ ...text(), at: 0 }));
    expect(withRecent(seen(many, 'stopped'), text('other'), 1)).toEqual({
      recent: [{ ...text('other'), at: 1 }],
      tooMany: null,
    });
  });
});
