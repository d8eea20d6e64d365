import type { EarlierTurn } from './input.ts';
import { foreign, wordsOf } from './plain-text.ts';
import { dayText, type WallClock } from './when.ts';

const nameMax = 60;
/** What the last rep said is shown at length, what was said before that in short. */
const lastNoteMax = 600;
const noteMax = 160;

/** The machine's words for how a turn ended, in those of people; other words are shown as they are. */
const endings: ReadonlyMap<string, string> = new Map([
  ['sent-back', 'given back'],
  ['untouched', 'not touched'],
  ['deal-lost', 'deal lost'],
  ['stage-set', 'set by request'],
]);

/** How a turn ended, in a word or two; '' where nobody said anything. */
export const verdictWords = ({ verdict }: Pick<EarlierTurn, 'verdict'>): string =>
  endings.get(verdict ?? '') ?? foreign(verdict ?? '', nameMax);

const turnLine = (turn: EarlierTurn, clock: WallClock): string => {
  const { handedAt, endedAt } = turn;
  const handed = handedAt === null ? null : `from ${dayText(handedAt, clock)}`;
  const owner = foreign(turn.owner ?? '', nameMax);
  const definition = foreign(turn.definition ?? '', nameMax);
  const verdict = verdictWords(turn);
  const reason = foreign(turn.reason ?? '', nameMax);
  const ended = endedAt === null ? null : `on ${dayText(endedAt, clock)}`;
  const head = [`Turn ${turn.turn}`, owner, handed, definition === '' ? null : `sales-ready ${definition}`];
  const said = [verdict, reason].filter((word) => word !== '').join(', ');
  const end = [said === '' ? 'no verdict' : said, ended].filter((part) => part !== null).join(' ');
  return `${head.filter((part) => part !== null && part !== '').join(', ')}: ${end}`;
};

/** One entry a turn, newest first: what it came to, and what the rep said. */
export const turnEntries = (
  earlier: readonly EarlierTurn[],
  clock: WallClock,
): readonly (readonly string[])[] => {
  const newestFirst = [...earlier].sort((a, b) => b.turn - a.turn);
  const lastSaid = newestFirst.find(({ note }) => (note ?? '').trim() !== '');
  return newestFirst.map((turn) => {
    const words = foreign(wordsOf(turn.note ?? ''), turn === lastSaid ? lastNoteMax : noteMax);
    const who = foreign(turn.owner ?? '', nameMax);
    return [
      turnLine(turn, clock),
      ...(words === '' ? [] : [`${who === '' ? 'The rep' : who} said: ${words}`]),
    ];
  });
};
