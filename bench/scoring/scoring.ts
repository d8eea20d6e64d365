import { isInShare } from '../../src/lifecycle/scoring/sales-ready.ts';
import { type Figure, makeFigure, rounded } from '../figure.ts';
import { type DataSet, hasScoringData, readDataSets } from './data.ts';
import { fitChance, fitLogistic } from './logistic.ts';
import { areaUnderCurve, calibrationError, type Outcome, precisionAtTop } from './measures.ts';
import { binsOf, scorecardOf, tandemScore } from './scorecard.ts';

/** Foretold and real share of wins may differ by so much on average; beyond, a chance shown to a person would mislead. */
const calibrationErrorMax = 0.05;

interface Measured {
  readonly area: number;
  readonly top10: number;
  readonly top20: number;
}

const measure = (outcomes: readonly Outcome[]): Measured => ({
  area: areaUnderCurve(outcomes),
  top10: precisionAtTop(outcomes, 0.1),
  top20: precisionAtTop(outcomes, 0.2),
});

function* figuresOf({ name, leads, leftOut }: DataSet): Generator<Figure> {
  // By the person, so that no run and no order of the file changes who is unseen.
  const known = leads.filter(({ id }) => isInShare('bench', id, 50));
  const unseen = leads.filter(({ id }) => !isInShare('bench', id, 50));
  const bins = binsOf(known);
  const model = scorecardOf(known, bins);
  const began = performance.now();
  const scored: readonly Outcome[] = unseen.map((lead) => ({
    score: tandemScore(lead, model),
    won: lead.won,
  }));
  const microseconds = ((performance.now() - began) * 1_000) / unseen.length;
  const onesOf = (lead: (typeof leads)[number]): readonly number[] =>
    bins.flatMap(({ holds }, column) => (holds(lead) ? [column] : []));
  const logOdds = fitLogistic(
    known.map((lead) => ({ ones: onesOf(lead), won: lead.won })),
    bins.length,
  );
  const ours = measure(scored);
  const theirs = measure(unseen.map((lead) => ({ score: logOdds(onesOf(lead)), won: lead.won })));
  const wonShare = unseen.filter(({ won }) => won).length / unseen.length;
  const common = { against: 'logistic regression', better: 'higher' } as const;
  yield makeFigure({
    ...common,
    name: `scoring.${name}.auc`,
    ours: rounded(ours.area, 4),
    theirs: rounded(theirs.area, 4),
    unit: 'area under the curve on the unseen half (0.5 by chance)',
    detail: {
      known: known.length,
      unseen: unseen.length,
      rules: bins.length,
      microsecondsEach: rounded(microseconds, 1),
      leftOut,
    },
  });
  for (const [key, share] of [
    ['top10', 10],
    ['top20', 20],
  ] as const) {
    yield makeFigure({
      ...common,
      name: `scoring.${name}.${key}`,
      ours: rounded(ours[key] * 100),
      theirs: rounded(theirs[key] * 100),
      unit: `% won among the best ${share}% of the unseen half`,
      detail: { wonOfAll: rounded(wonShare * 100), lift: rounded(ours[key] / wonShare) },
    });
  }
  const chanceOf = fitChance(known.map((lead) => ({ score: tandemScore(lead, model), won: lead.won })));
  yield makeFigure({
    name: `scoring.${name}.calibration`,
    against: 'target',
    ours: rounded(calibrationError(scored, chanceOf), 4),
    theirs: calibrationErrorMax,
    better: 'lower',
    unit: 'mean distance of foretold and real share, ten groups of the unseen half',
    detail: {
      chanceAt: Object.fromEntries([20, 50, 80].map((score) => [score, rounded(chanceOf(score), 3)])),
    },
  });
}

/** The scoring code on real leads: points from one half, measured on the other, beside a logistic regression on the same conditions. */
export async function* runScoring(say: (line: string) => void): AsyncGenerator<Figure> {
  if (!hasScoringData()) {
    say('scoring: not measured, the real leads (../shared/data/x_education, olist_funnel) are not there');
    return;
  }
  say('scoring: X Education (B2C) and Olist (B2B), points from a half of the people, measured on the other');
  for (const set of readDataSets()) yield* figuresOf(set);
}
