import {
  type AccountRows,
  type AccountTransition,
  type ClockRow,
  type HandOffRow,
  type TouchRow,
  turnKey,
} from './rows.ts';

/** Everything that is known of one turn up to a moment. */
export interface TurnStory {
  readonly journey: string;
  readonly turn: number;
  /** When the person became ready. */
  readonly readyAt: number;
  /** In order; the first begins the turn, where it is still stored. */
  readonly transitions: readonly AccountTransition[];
  /** The newest one; null where none was begun. */
  readonly handOff: HandOffRow | null;
  readonly touches: readonly TouchRow[];
  readonly followUp: ClockRow | null;
  /** How long the hand-over may take; null: it has no clock. */
  readonly handOffClock: ClockRow | null;
}

const isBeginning = ({ effects }: AccountTransition): boolean => effects.includes('hand-off');

/**
 * The turns that began by `now`, in the order of the time when they became ready. Each turn that a transition or a hand-off tells of is there once,
 * so that nothing is lost where one of the two is missing. What happened after `now` is left out. Pure.
 */
export const turnsOf = (rows: AccountRows, now: number): readonly TurnStory[] => {
  const transitions = Map.groupBy(
    rows.transitions.filter(({ at, turn }) => at <= now && turn > 0),
    turnKey,
  );
  const handOffs = Map.groupBy(
    rows.handOffs.filter(({ readyAt }) => readyAt <= now),
    turnKey,
  );
  const touches = Map.groupBy(
    rows.touches.filter(({ at }) => at <= now),
    turnKey,
  );
  const clocksOf = (wanted: ClockRow['kind']): ReadonlyMap<string, ClockRow> =>
    new Map(rows.clocks.filter(({ kind }) => kind === wanted).map((clock) => [turnKey(clock), clock]));
  const [clocks, handOffClocks] = [clocksOf('follow-up'), clocksOf('hand-off')];
  const begun = [...transitions].filter(([, own]) => own.some(isBeginning)).map(([key]) => key);
  const stories = [...new Set([...begun, ...handOffs.keys()])].flatMap((key): TurnStory[] => {
    const own = transitions.get(key) ?? [];
    const begin = own.find(isBeginning);
    const hands = handOffs.get(key) ?? [];
    const first = begin ?? hands[0];
    if (first === undefined) return [];
    return [
      {
        journey: first.journey,
        turn: first.turn,
        readyAt: begin?.at ?? Math.min(...hands.map(({ readyAt }) => readyAt)),
        transitions: own,
        handOff: hands.reduce<HandOffRow | null>(
          (newest, each) => (newest === null || each.readyAt >= newest.readyAt ? each : newest),
          null,
        ),
        touches: touches.get(key) ?? [],
        followUp: clocks.get(key) ?? null,
        handOffClock: handOffClocks.get(key) ?? null,
      },
    ];
  });
  return stories.sort((a, b) => a.readyAt - b.readyAt);
};
