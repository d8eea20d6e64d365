import type { PairMapping } from '../model/mapping.ts';
import { type Covers, coversWhole, type Pause, parseScope } from '../model/pause.ts';
import { bothSides, type Sides, systems } from '../model/system.ts';
import type { EngineContext } from './engine.ts';
import type { SendJob } from './send.ts';

/** What of one pair is paused. */
export interface PausedParts {
  /** Nothing is looked at; dirty rows stay as they are. */
  readonly whole: boolean;
  /** The whole of it, since a system's schema does not fit: not even its changes can be read. They are found once it fits again. */
  readonly blind: boolean;
  /** Nothing is written to that side. */
  readonly to: Sides<boolean>;
  /** Nothing is created. */
  readonly create: boolean;
  /** Fields (the mapping's names) that are neither read nor written, since one of the systems has no fitting one any more. */
  readonly fields: ReadonlySet<string>;
}

const isOf = (pair: Covers, named: string | null): boolean => named === null || named === pair.name;

/** What these pauses keep still of a pair. Pure. */
export const pausedParts = (pair: Covers, pauses: readonly Pause[]): PausedParts => {
  const scopes = pauses.map(({ scope }) => parseScope(scope));
  return {
    whole: scopes.some((scope) => coversWhole(pair, scope)),
    blind: pauses.some(({ scope, by }) => by === 'schema' && coversWhole(pair, parseScope(scope))),
    to: bothSides((system) =>
      scopes.some((scope) => scope.kind === 'direction' && scope.to === system && isOf(pair, scope.pair)),
    ),
    create: scopes.some(
      (scope) => scope.kind === 'behaviour' && scope.behaviour === 'create' && isOf(pair, scope.pair),
    ),
    fields: new Set(
      scopes.flatMap((scope) => (scope.kind === 'field' && scope.pair === pair.name ? [scope.field] : [])),
    ),
  };
};

/** Asks the store what is paused now. */
export const readPaused = async (context: EngineContext): Promise<PausedParts> =>
  pausedParts(context.pair, await context.store.pauses());

/** The pair as long as fields of it are paused: as if the mapping did not name them. Their base stays as it is. */
export const withoutFields = (pair: PairMapping, fields: ReadonlySet<string>): PairMapping =>
  fields.size === 0
    ? pair
    : {
        ...pair,
        fields: pair.fields.filter((field) => !fields.has(field.name)),
        ...(pair.conversion
          ? { conversion: { ...pair.conversion, form: withoutFields(pair.conversion.form, fields) } }
          : {}),
      };

/** The engine's context less the paused fields. */
export const activeContext = (context: EngineContext, { fields }: PausedParts): EngineContext =>
  fields.size === 0 ? context : { ...context, pair: withoutFields(context.pair, fields) };

/** Leaves out what a pause holds back; the units of these jobs stay dirty until it ends. */
export const withoutHeld = (paused: PausedParts, jobs: readonly SendJob[]): readonly SendJob[] => {
  if (!paused.create && systems.every((system) => !paused.to[system])) return jobs;
  return jobs.filter(({ draft, intent }) => {
    const isHeld = paused.to[intent.target.system] || (paused.create && intent.op === 'create');
    if (isHeld) draft.held = true;
    return !isHeld;
  });
};
