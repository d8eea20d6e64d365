import type { ChangeStream } from '../model/change-stream.ts';
import { formsOf, type PairMapping, tieFields, typesOn } from '../model/mapping.ts';
import type { System } from '../model/system.ts';
import type { EngineContext } from './engine.ts';
import type { LiveIntake, LiveTaken } from './live-intake.ts';
import type { LiveStore } from './signal-sources.ts';

/** What the reader of a stream works with. */
export interface StreamFollower {
  readonly system: System;
  readonly stream: ChangeStream;
  readonly engines: readonly EngineContext[];
  readonly intake: LiveIntake;
  readonly live: LiveStore;
  /** Counts what came in, for metrics and for the vendor's allocation of events. */
  readonly onEvents: (events: number, taken: LiveTaken) => Promise<void>;
  /** The stream has answered; told now and then. */
  readonly onAlive: () => Promise<void>;
}

/** The types of record that a pair needs to be told of: converted ones as well. */
export const streamedTypes = (
  pair: Pick<PairMapping, 'types' | 'conversion'>,
  system: System,
): readonly string[] => typesOn(pair, system);

/**
 * The objects whose records are ties of a pair (contact roles): their events tell that some have changed, and not always whose, so that the ties
 * are asked for. One that is not selected for events is asked for now and then, and no problem.
 */
export const tieTypes = (pair: PairMapping, system: System): readonly string[] =>
  system === 'salesforce'
    ? [
        ...new Set(
          formsOf(pair)
            .flatMap(tieFields)
            .map(({ ties }) => ties.records),
        ),
      ]
    : [];
