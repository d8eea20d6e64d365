import type { DigestInput, EarlierTurn, Trigger } from './input.ts';
import { shownValue } from './person-values.ts';
import { foreign } from './plain-text.ts';
import { latelyText, type Told, tell } from './telling.ts';
import { triggerWords } from './trigger-words.ts';
import { verdictWords } from './turn-lines.ts';
import { agoText, dayText, momentText, type WallClock } from './when.ts';
import { companyOf, peopleOf } from './who.ts';

/** Length of `Tandem_Why_Now__c` and of a task's subject, in UTF-16 units. */
export const whyNowMax = 255;
const separator = ' · ';
const pieceMax = 60;

/** Times of a text that stays in a field, or of one that is read at once. */
export type Times = 'lasting' | 'at-once';

const whenText = (trigger: Trigger, clock: WallClock, times: Times, now: number): string => {
  if (trigger.kind === 'recontact') return dayText(trigger.at, clock);
  return times === 'at-once' ? agoText(trigger.at, now, clock) : momentText(trigger.at, clock);
};

/** The last turn that is over, as `Turn 2, before: Not now (Ben Ott)`; null in the first turn. */
const turnText = (turn: number, earlier: readonly EarlierTurn[]): string | null => {
  if (turn < 2) return null;
  const last = earlier.reduce<EarlierTurn | null>(
    (newest, each) => (newest === null || each.turn > newest.turn ? each : newest),
    null,
  );
  const reason = foreign(last?.reason ?? '', pieceMax);
  const why = reason === '' && last !== null ? verdictWords(last) : reason;
  const who = foreign(last?.owner ?? '', pieceMax);
  if (why === '') return `Turn ${turn}`;
  return who === '' ? `Turn ${turn}, before: ${why}` : `Turn ${turn}, before: ${why} (${who})`;
};

/** `Head of IT, 500-1000 people`, or the company where neither is known. */
const whoText = (input: DigestInput): string | null => {
  const parts = [shownValue(input.person, 'jobtitle', pieceMax), peopleOf(input)].filter(
    (part) => part !== null,
  );
  return parts.length === 0 ? companyOf(input) : parts.join(', ');
};

/** Pieces in the order in which they tell most. */
const piecesOf = (input: DigestInput, told: Told, times: Times): readonly string[] => {
  const { trigger, now, journey, earlier } = input;
  const [first, ...rest] = told.lately.map(latelyText);
  return [
    `${triggerWords(trigger)} ${whenText(trigger, told.clock, times, now)}`,
    first ?? null,
    whoText(input),
    turnText(journey.turn, earlier),
    ...rest,
  ].filter((piece) => piece !== null);
};

/**
 * The why-now line: why this person, why now, most telling first; one line of at most 255 UTF-16 units, made of whole pieces. With `lasting`
 * times it says when by the rep's clock, and so stays true in a list column; with `at-once` how long ago, for an alert. Pure.
 */
export const whyNowLine = (input: DigestInput, times: Times = 'lasting', told: Told = tell(input)): string =>
  piecesOf(input, told, times).reduce((line, piece) => {
    const longer = line === '' ? piece : `${line}${separator}${piece}`;
    return longer.length <= whyNowMax ? longer : line;
  }, '');
