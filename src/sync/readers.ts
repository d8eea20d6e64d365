import { type PairMapping, typesOn } from '../model/mapping.ts';
import { type System, systems } from '../model/system.ts';

/** One reader of changes of a pair: each object of each side has its own, with its own cursor. */
export interface Reader {
  readonly system: System;
  readonly type: string;
  /** What its cursor is kept under beside pair and system: undefined for the pair's own object. */
  readonly reader: string | undefined;
}

/** All readers of a pair. */
export const readersOf = (pair: PairMapping): readonly Reader[] =>
  systems.flatMap((system) =>
    typesOn(pair, system).map((type) => ({
      system,
      type,
      reader: type === pair.types[system] ? undefined : type,
    })),
  );
