import { fingerprintOf } from './fingerprint.ts';
import { foldedText, uncountedText } from './fold.ts';
import type { DigestInput } from './input.ts';
import { stepLines } from './next-step.ts';
import { cut, foreign } from './plain-text.ts';
import { queueWords, routeWords } from './route-words.ts';
import { latelyText, type Told, tell } from './telling.ts';
import { formOf, triggerWords } from './trigger-words.ts';
import { turnEntries } from './turn-lines.ts';
import { dayText, fullMomentText, momentText } from './when.ts';
import { whoLines } from './who.ts';
import { whyNowLine } from './why-now.ts';

/** What the worker's own `Tandem_Digest__c` holds, in UTF-16 units; an org's field may be made for more or less. */
export const digestMaxDefault = 32_000;
const definitionMax = 60;
/** So much of what they did lately is said again under 'why now'. */
const latelyMax = 3;

/** The fixed layout: every digest has these five parts, in this order. */
export const headings = [
  'Why now',
  'What they did, newest first',
  'Who and company',
  'Earlier turns and what the last rep said',
  'Say or send this',
] as const;

interface Parts {
  readonly whyNow: readonly string[];
  /** The newest lines of what they did, as many as could fit at the most. */
  readonly activities: readonly string[];
  /** How many activities each line of what they did stands for, those that are not made included. */
  readonly counts: readonly number[];
  readonly uncounted: readonly string[];
  readonly who: readonly string[];
  readonly turns: readonly (readonly string[])[];
  readonly step: readonly string[];
  readonly foot: string;
}

const whyNowLines = (input: DigestInput, told: Told): readonly string[] => {
  const { trigger, journey, route, queueWithoutTasks } = input;
  const { clock } = told;
  const when = trigger.kind === 'recontact' ? dayText(trigger.at, clock) : momentText(trigger.at, clock);
  const form = formOf(trigger);
  const words = `${triggerWords(trigger)} ${when}`;
  const definition = foreign(journey.definition ?? '', definitionMax);
  return [
    form === null || words.includes(form) ? words : `${words}, form ${form}`,
    ...told.lately.slice(0, latelyMax).map(latelyText),
    ...(definition === '' || trigger.kind === 'ready' ? [] : [`Sales-ready by ${definition}`]),
    ...(journey.turn > 1 ? [`Turn ${journey.turn}: sales had them before`] : []),
    ...[routeWords(route), queueWords(queueWithoutTasks)].filter((line) => line !== null),
  ];
};

/** No line of what they did is shorter: words, and a time. */
const lineMin = 16;

const partsOf = (input: DigestInput, told: Told, limit: number): Parts => ({
  whyNow: whyNowLines(input, told),
  // Whoever reads ten thousand pages is no reason to find words for each of them.
  activities: told.folded.lines
    .slice(0, Math.ceil(limit / lineMin))
    .map((line) => foldedText(line, told.clock)),
  counts: told.folded.lines.map(({ count }) => count),
  uncounted: uncountedText(told.folded),
  who: whoLines(input),
  turns: turnEntries(input.earlier, told.clock),
  step: stepLines(input, told),
  foot: `Times: ${told.clock.zone}. Last news: ${fullMomentText(told.clock.anchor, told.clock)}.`,
});

const many = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;

/** Foreign text never begins a line, so that no text of a form can pass for a heading. */
const section = (heading: string, lines: readonly string[], none: string): string =>
  [heading, ...(lines.length === 0 ? [none] : lines).map((line) => `- ${line}`)].join('\n');

/** The digest with so many of the newest lines of what they did, and of the newest turns; what is left out is counted. */
const layOut = (parts: Parts, shownLines: number, shownTurns: number): string => {
  const hidden = parts.counts.slice(shownLines);
  const hiddenCount = hidden.reduce((sum, count) => sum + count, 0);
  const hiddenTurns = parts.turns.length - shownTurns;
  const did = [
    ...parts.activities.slice(0, shownLines),
    ...(hidden.length === 0
      ? []
      : [
          `Left out: ${many(hidden.length, 'older line', 'older lines')} (${many(hiddenCount, 'activity', 'activities')})`,
        ]),
    ...parts.uncounted,
  ];
  const turns = [
    ...parts.turns.slice(0, shownTurns).flat(),
    ...(hiddenTurns === 0 ? [] : [`Left out: ${many(hiddenTurns, 'older turn', 'older turns')}`]),
  ];
  return [
    section(headings[0], parts.whyNow, 'Not known'),
    section(headings[1], did, 'Nothing is known'),
    section(headings[2], parts.who, 'Not known'),
    section(headings[3], turns, 'This is the first turn'),
    section(headings[4], parts.step, 'Nothing'),
    parts.foot,
  ].join('\n\n');
};

/** The most of `count` that fits; 0 where not even none does. More is always longer. */
const mostThatFits = (count: number, limit: number, make: (shown: number) => string): number => {
  let [fits, most] = [0, count];
  while (fits < most) {
    const middle = Math.ceil((fits + most) / 2);
    if (make(middle).length <= limit) fits = middle;
    else most = middle - 1;
  }
  return fits;
};

const fitted = (parts: Parts, limit: number): string => {
  const [lines, turns] = [parts.activities.length, parts.turns.length];
  const fullest = layOut(parts, lines, turns);
  if (fullest.length <= limit) return fullest;
  const shownLines = mostThatFits(lines, limit, (shown) => layOut(parts, shown, turns));
  const shownTurns = shownLines > 0 ? turns : mostThatFits(turns, limit, (shown) => layOut(parts, 0, shown));
  return cut(layOut(parts, shownLines, shownTurns), limit);
};

export interface Digest {
  /** One line, at most 255 UTF-16 units. */
  readonly whyNow: string;
  /** Plain text, lines ended by a line feed, at most the limit in UTF-16 units. */
  readonly text: string;
  /** Another one only where line or text say something new. */
  readonly fingerprint: string;
}

/**
 * What a rep reads of a person: the why-now line and the digest in its fixed layout. Pure. Neither depends on `now` but for what
 * is still in the future, so that both are written again only when there is something new to say. Where the digest does not fit,
 * the oldest lines of what they did go first, then the oldest turns, both counted; below a few hundred units the end is cut.
 */
export const makeDigest = (input: DigestInput, limit: number = digestMaxDefault): Digest => {
  const told = tell(input);
  const whyNow = whyNowLine(input, 'lasting', told);
  const text = fitted(partsOf(input, told, limit), limit);
  return { whyNow, text, fingerprint: fingerprintOf([whyNow, text]) };
};
