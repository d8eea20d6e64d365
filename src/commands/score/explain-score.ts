import type { StoredScore } from '../../lifecycle/run/stored-scores.ts';
import type { ScoringModel } from '../../lifecycle/scoring/model.ts';
import { type Judgement, judge } from '../../lifecycle/scoring/sales-ready.ts';
import type { ScoreLine } from '../../lifecycle/scoring/score.ts';
import { iso } from '../with-store.ts';

/** A stored person's judgement by a model, at a moment. */
export const judgementBy = (
  { person, by }: StoredScore,
  index: number,
  model: ScoringModel,
  now: number,
): Judgement => {
  const { tally, earned } = by[index] ?? { tally: {}, earned: null };
  return judge(person, tally, model, now, earned ?? tally);
};

const time = (at: number | null): string | null => (at === null ? null : iso(at));

/** The score of a person as JSON: every line, and why they are ready or not. */
export const scoreJson = ({ row }: StoredScore, judgement: Judgement, version: string) => {
  const { score, ready, askedOf, excluded, onlyOpens } = judgement;
  return {
    contactId: row.contactId,
    /** Of scoring.yaml. */
    version,
    stage: row.stage,
    score: score.score,
    fit: score.fit,
    engagement: score.engagement,
    fitPoints: score.fitPoints,
    engagementPoints: score.engagementPoints,
    newestAt: time(score.newestAt),
    ready: ready?.definition ?? null,
    askedOf,
    excluded,
    onlyOpens,
    lines: score.lines.map(({ newestAt, ...line }) => ({ ...line, newestAt: time(newestAt) })),
  };
};

const number = (points: number): string => `${points < 0 ? '' : '+'}${Number(points.toFixed(1))}`;

const lineWords = ({ kind, rule, points, count, newestAt }: ScoreLine): string => {
  const often = count === null ? '' : ` (${count} ${count === 1 ? 'time' : 'times'}, last ${time(newestAt)})`;
  return `  ${number(points).padStart(6)}  ${kind.padEnd(10)}  ${rule}${often}`;
};

/** Why somebody is ready by a definition, or not. */
export const readyWords = ({ ready, askedOf, excluded, onlyOpens }: Judgement): string => {
  if (excluded !== null) return `never handed over: ${excluded}`;
  if (ready !== null) return `sales-ready by ${ready.definition}`;
  if (onlyOpens) return `not sales-ready by ${askedOf}: only opened mails would make it so`;
  return askedOf === null ? 'not sales-ready: no definition holds yet' : `not sales-ready by ${askedOf}`;
};

/** The score of a person in words, line by line. */
export const scoreWords = ({ row }: StoredScore, judgement: Judgement, version: string): string => {
  const { score } = judgement;
  return [
    `hubspot:contacts/${row.contactId}: score ${score.score}, fit ${score.fit}, engagement ${score.engagement}; ${readyWords(judgement)} (scoring.yaml ${version})`,
    ...score.lines.map(lineWords),
    ...(score.lines.length === 0 ? ['  no rule fires'] : []),
  ].join('\n');
};
