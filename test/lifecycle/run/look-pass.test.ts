import { describe, expect, it } from 'vitest';
import { areTogether, withOwner } from '../../../src/lifecycle/run/look-pass.ts';
import { type Journey, newJourney } from '../../../src/lifecycle/stage/journey.ts';
import { workClasses } from '../../../src/model/budget.ts';

const handed: Journey = { ...newJourney('j', 1), stage: 'working', turn: 1, handedAt: 5, owner: '005A' };

describe('a lead that a colleague passes on in Salesforce', () => {
  it("is the colleague's at once, with nothing else changed", () => {
    expect(withOwner(handed, '005B')).toEqual({ ...handed, owner: '005B' });
  });
  it.each([
    ['the same owner', handed, '005A'],
    ['nobody that is a person', handed, null],
    ['a hand-off that is not complete', { ...handed, handedAt: null }, '005B'],
    ['somebody who is back in nurture', { ...handed, stage: 'nurture' as const }, '005B'],
  ])('%s changes nothing', (_, journey, owner) => {
    expect(withOwner(journey, owner)).toBe(journey);
  });
});

describe('a round', () => {
  it('has those who ask for contact beside all who changed, and neither beside what is only listed', () => {
    const together = workClasses.map((a) => workClasses.filter((b) => areTogether(a, b)));
    expect(together).toEqual([['consent', 'live'], ['consent', 'live'], ['sweep'], ['backfill']]);
  });
});
