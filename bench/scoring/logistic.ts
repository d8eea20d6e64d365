/** A row of 0 and 1 as the places of its ones, and what became of it. */
export interface Row {
  readonly ones: readonly number[];
  readonly won: boolean;
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** Enough for the loss to stand still on some thousands of rows. */
const rounds = 2_000;
const rate = 2;

/** Logistic regression by plain gradient descent, with a ridge; answers the log-odds of a row. The rival: what any statistics package does. */
export const fitLogistic = (
  rows: readonly Row[],
  columns: number,
  ridge = 0.001,
): ((ones: readonly number[]) => number) => {
  const weights = new Float64Array(columns);
  let bias = 0;
  const logOdds = (ones: readonly number[]): number =>
    ones.reduce((sum, column) => sum + (weights[column] ?? 0), bias);
  for (let round = 0; round < rounds; round += 1) {
    const gradient = new Float64Array(columns);
    let biasGradient = 0;
    for (const { ones, won } of rows) {
      const error = sigmoid(logOdds(ones)) - Number(won);
      biasGradient += error;
      for (const column of ones) gradient[column] = (gradient[column] ?? 0) + error;
    }
    bias -= (rate * biasGradient) / rows.length;
    for (let column = 0; column < columns; column += 1) {
      const weight = weights[column] ?? 0;
      weights[column] = weight - rate * ((gradient[column] ?? 0) / rows.length + ridge * weight);
    }
  }
  return logOdds;
};

/** Turns a score into a chance by one logistic curve through the known half (Platt scaling), by Newton's method. */
export const fitChance = (known: readonly { score: number; won: boolean }[]): ((score: number) => number) => {
  let [intercept, slope] = [0, 0];
  for (let round = 0; round < 50; round += 1) {
    let [g0, g1, h00, h01, h11] = [0, 0, 1e-9, 0, 1e-9];
    for (const { score, won } of known) {
      const scaled = score / 100;
      const chance = sigmoid(intercept + slope * scaled);
      const weight = chance * (1 - chance);
      g0 += chance - Number(won);
      g1 += (chance - Number(won)) * scaled;
      h00 += weight;
      h01 += weight * scaled;
      h11 += weight * scaled * scaled;
    }
    const determinant = h00 * h11 - h01 * h01;
    if (Math.abs(determinant) < 1e-12) break;
    intercept -= (h11 * g0 - h01 * g1) / determinant;
    slope -= (h00 * g1 - h01 * g0) / determinant;
  }
  return (score) => sigmoid(intercept + (slope * score) / 100);
};
