import type { Judgement } from '../scoring/sales-ready.ts';
import type { ScoreLine } from '../scoring/score.ts';
import { cut, foreign } from './plain-text.ts';
import { dayText, knownZone, type WallClock } from './when.ts';

/** Length of a text property in HubSpot (https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide), in UTF-16 units. */
const propertyMax = 65_536;
const ruleMax = 120;

/** `+18`, `-20`, and `+0.4` for what has nearly faded. */
const pointsText = (points: number): string => {
  const rounded = Math.abs(points) >= 1 ? Math.round(points) : Math.round(points * 10) / 10;
  return `${rounded < 0 ? '-' : '+'}${Math.abs(rounded)}`;
};

const lineText = ({ rule, points, count, newestAt }: ScoreLine, clock: WallClock): string => {
  const often = count === null || count < 2 ? '' : `${count}x, `;
  const when = newestAt === null ? '' : ` (${often}last ${dayText(newestAt, clock)})`;
  return `${pointsText(points)} ${foreign(rule, ruleMax)}${when}`;
};

const readyText = ({ ready, askedOf, excluded, onlyOpens }: Judgement): string => {
  if (excluded !== null) return `Never handed over: ${foreign(excluded, ruleMax)}`;
  if (ready !== null) return `Sales-ready by ${foreign(ready.definition, ruleMax)}`;
  if (askedOf === null) return 'No definition of sales-ready is in force';
  const why = onlyOpens ? ': opened mails alone do not count' : '';
  return `Not sales-ready by ${foreign(askedOf, ruleMax)}${why}`;
};

/**
 * The text of `tandem_score_reasons`: the score, whether it is sales-ready, and every line with its points, those that weigh most first. Pure.
 * Points as of the judgement; whoever stores it writes it with the score and not more often.
 */
export const scoreReasons = (
  judgement: Judgement,
  { zone, now }: { readonly zone: string | null; readonly now: number },
  limit: number = propertyMax,
): string => {
  const { score } = judgement;
  const clock: WallClock = { zone: knownZone(zone), anchor: now };
  const lines = [...score.lines]
    .filter(({ points }) => points !== 0)
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points))
    .map((line) => lineText(line, clock));
  const head = `${score.score} of 100, fit ${score.fit}, engagement ${score.engagement}`;
  return cut([head, readyText(judgement), ...lines].join('\n'), limit);
};
