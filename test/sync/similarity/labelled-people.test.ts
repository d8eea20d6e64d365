import { beforeAll, describe, expect, it } from 'vitest';
import { byEqualFields, bySimilarity, measure, type Ranker } from '../../../bench/reviews/measure.ts';
import { peopleMapping } from '../../../bench/reviews/people.ts';
import { makeQuestions, type Question, rightId, withoutInvented } from '../../../bench/reviews/questions.ts';
import { hasFebrl, readFebrl } from '../../data/febrl.ts';
import { randomOf } from '../../data/random.ts';

const present = hasFebrl();
if (!present) {
  process.stderr.write(
    'Skipped in labelled-people.test.ts: the labelled people are not there. Next: put the data folder beside the repository (../shared/data/febrl).\n',
  );
}

const reversed =
  (ranker: Ranker): Ranker =>
  (question) =>
    ranker(question).map(({ id, place }) => ({ id, place: question.candidates.length - place }));

const atRandom: Ranker = ({ record, candidates }) => {
  const random = randomOf('order', JSON.stringify(record.fields));
  return candidates
    .map(({ ref: { id } }) => ({ id, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ id }, index) => ({ id, place: index + 1 }));
};

const allEqual: Ranker = ({ candidates }) => candidates.map(({ ref: { id } }) => ({ id, place: 1 }));

/** Below this the ranking has become worse; a ranking that is broken is far below. Measured: `npm run bench -- reviews`. */
const floor = 0.9;
const floorAmongReal = 0.98;

describe.skipIf(!present)("FEBRL's labelled people: the right candidate is ranked first", () => {
  const pair = peopleMapping(false);
  let questions: readonly Question[] = [];

  beforeAll(() => {
    questions = makeQuestions(pair, readFebrl('dataset3'));
  });

  it('asks what is worth asking: several candidates each, the right one once, nearly always found by a match key', () => {
    expect(questions.length).toBeGreaterThan(1_000);
    for (const { candidates } of questions) {
      expect(candidates.length).toBeGreaterThan(2);
      expect(candidates.filter(({ ref }) => ref.id === rightId)).toHaveLength(1);
    }
    expect(questions.filter(({ found }) => found).length / questions.length).toBeGreaterThan(0.95);
  });

  it('among lookalikes, a household and a namesake, with the fields of the shipped mapping', () => {
    const ours = measure(questions, bySimilarity(pair));
    expect(ours.first).toBeGreaterThan(floor);
    expect(ours.firstThree).toBeGreaterThan(0.99);
    expect(ours.first).toBeGreaterThan(measure(questions, byEqualFields(pair)).first + 0.05);
  });

  it('among real people alone', () => {
    expect(measure(withoutInvented(questions), bySimilarity(pair)).first).toBeGreaterThan(floorAmongReal);
  });

  it.each<[string, Ranker, number]>([
    ['a random order', atRandom, 0.2],
    ['no order at all', allEqual, 0.2],
    ['the worst first', reversed(bySimilarity(pair)), 0.01],
  ])('would tell %s', (_name, ranker, most) => {
    expect(measure(questions, ranker).first).toBeLessThan(most);
  });
});
