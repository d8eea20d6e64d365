import { describe, expect, it } from 'vitest';
import { answeredAt, type SlaWord, slaWord } from '../../../src/lifecycle/sla/word.ts';
import { newJourney } from '../../../src/lifecycle/stage/journey.ts';

describe('the word of the follow-up', () => {
  it.each<[string, number | null, number | null, number, SlaWord | null]>([
    ['nothing is due', null, null, 10, null],
    ['nothing is due, though there was a touch', null, 5, 10, null],
    ['before the time', 10, null, 9, 'waiting'],
    ['at the time', 10, null, 10, 'late'],
    ['after the time', 10, null, 11, 'late'],
    ['touched at the last moment, seen later', 10, 10, 99, 'on_time'],
    ['touched too late', 10, 11, 12, 'late'],
  ])('%s', (_, dueAt, touchedAt, now, word) => {
    expect(slaWord(dueAt, touchedAt, now)).toBe(word);
  });

  it('a touch is the answer, else the verdict on this hand-over and on no earlier one', () => {
    const answer = (touchedAt: number | null, verdictAt: number | null, handedAt: number | null) =>
      answeredAt({ ...newJourney('j', 0), touchedAt, verdictAt, handedAt });
    expect(answer(7, 8, 5)).toBe(7);
    expect(answer(null, 8, 5)).toBe(8);
    expect(answer(null, 4, 5)).toBeNull();
    expect(answer(null, 8, null)).toBeNull();
    expect(answer(null, null, 5)).toBeNull();
  });
});
