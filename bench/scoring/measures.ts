/** One judged lead of the unseen half: what the score said and what became of it. */
export interface Outcome {
  readonly score: number;
  readonly won: boolean;
}

const byScore = (outcomes: readonly Outcome[]): readonly Outcome[] =>
  [...outcomes].sort((a, b) => b.score - a.score);

/** The groups of equal scores, best first, with how many there are and how many of them were won. */
const tiesOf = (outcomes: readonly Outcome[]): readonly { score: number; count: number; won: number }[] => {
  const ties: { score: number; count: number; won: number }[] = [];
  for (const { score, won } of byScore(outcomes)) {
    const last = ties.at(-1);
    if (last?.score === score) {
      last.count += 1;
      last.won += Number(won);
    } else ties.push({ score, count: 1, won: Number(won) });
  }
  return ties;
};

/** The chance that a won lead has a higher score than a lost one, equal ones counted half: 0.5 is by chance, 1 is perfect. */
export const areaUnderCurve = (outcomes: readonly Outcome[]): number => {
  let [wonAbove, pairs] = [0, 0];
  for (const { count, won } of tiesOf(outcomes)) {
    const lost = count - won;
    pairs += lost * (wonAbove + won / 2);
    wonAbove += won;
  }
  return pairs / (wonAbove * (outcomes.length - wonAbove));
};

/** The share of won leads among the best `share` of them; of those with one score at the border, as many as are needed, by their mean. */
export const precisionAtTop = (outcomes: readonly Outcome[], share: number): number => {
  const wanted = Math.round(outcomes.length * share);
  let [taken, won] = [0, 0];
  for (const tie of tiesOf(outcomes)) {
    const part = Math.min(tie.count, wanted - taken);
    taken += part;
    won += (tie.won * part) / tie.count;
    if (taken === wanted) break;
  }
  return won / wanted;
};

/** Mean distance between what was foretold and what happened, over ten groups of equal size by the foretold chance. */
export const calibrationError = (
  outcomes: readonly Outcome[],
  chanceOf: (score: number) => number,
  groups = 10,
): number => {
  const sorted = byScore(outcomes);
  let error = 0;
  for (let group = 0; group < groups; group += 1) {
    const members = sorted.slice(
      Math.floor((group * sorted.length) / groups),
      Math.floor(((group + 1) * sorted.length) / groups),
    );
    if (members.length === 0) continue;
    const foretold = members.reduce((sum, { score }) => sum + chanceOf(score), 0);
    const happened = members.filter(({ won }) => won).length;
    error += Math.abs(foretold - happened);
  }
  return error / sorted.length;
};
