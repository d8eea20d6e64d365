import { type FebrlSet, febrlSets, hasFebrl, readFebrl } from '../../test/data/febrl.ts';
import { type Figure, makeFigure, rounded } from '../figure.ts';
import { byEqualFields, bySimilarity, type Measured, measure } from './measure.ts';
import { peopleMapping } from './people.ts';
import { makeQuestions, type Question, withoutInvented } from './questions.ts';

const shown = ({ first, firstThree }: Measured) => ({
  first: rounded(first, 4),
  firstThree: rounded(firstThree, 4),
});

const detailOf = (questions: readonly Question[], ours: Measured, theirs: Measured) => {
  const sizes = questions.map(({ candidates }) => candidates.length);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / questions.length;
  return {
    questions: questions.length,
    candidates: rounded(mean(sizes), 1),
    foundByMatchKeys: rounded(mean(questions.map(({ found }) => Number(found))), 3),
    similarity: shown(ours),
    equalFields: shown(theirs),
    byChance: rounded(mean(sizes.map((size) => 1 / size)), 3),
  };
};

/** How often the right candidate of FEBRL's labelled people is ranked first, beside counting equal fields. */
export async function* runReviews(say: (line: string) => void): AsyncGenerator<Figure> {
  if (!hasFebrl()) {
    say('reviews: not measured, the labelled people (../shared/data/febrl) are not there');
    return;
  }
  say(
    "reviews: FEBRL's labelled duplicates, each among those who share a match key, lookalikes, a household and a namesake",
  );
  for (const set of Object.keys(febrlSets) as FebrlSet[]) {
    for (const withBirthday of [false, true]) {
      const pair = peopleMapping(withBirthday);
      const questions = makeQuestions(pair, readFebrl(set));
      const began = performance.now();
      const ours = measure(questions, bySimilarity(pair));
      const milliseconds = (performance.now() - began) / questions.length;
      const theirs = measure(questions, byEqualFields(pair));
      yield makeFigure({
        name: `reviews.${set}${withBirthday ? '.birthday' : ''}`,
        against: 'equal fields',
        ours: rounded(ours.first * 100),
        theirs: rounded(theirs.first * 100),
        better: 'higher',
        unit: '% of right candidates ranked first',
        detail: {
          ...detailOf(questions, ours, theirs),
          withoutInvented: {
            similarity: shown(measure(withoutInvented(questions), bySimilarity(pair))),
            equalFields: shown(measure(withoutInvented(questions), byEqualFields(pair))),
          },
          millisecondsEach: rounded(milliseconds),
        },
      });
    }
  }
}
