import { type PairMapping, typesOn } from './mapping.ts';
import { type System, systems } from './system.ts';

/** Behaviours of the lifecycle that can be paused by themselves, by their names in lifecycle.yaml. */
export const pausedBehaviours = [
  'stages',
  'score',
  'hand-off',
  'route',
  'clock',
  'return',
  'requests',
  'content',
] as const;
export type PausedBehaviour = (typeof pausedBehaviours)[number];

/** Behaviours that can be paused by themselves: everything that aligns records, the creation of missing ones alone, or one of the lifecycle. */
export const behaviours = ['align', 'create', ...pausedBehaviours] as const;
export type Behaviour = (typeof behaviours)[number];

export const isPausedBehaviour = (behaviour: Behaviour): behaviour is PausedBehaviour =>
  pausedBehaviours.some((each) => each === behaviour);

/**
 * What a pause keeps still, in the form in which people type it and `status` shows it:
 * `all` · `align`, `create`, `hand-off` and the other behaviours of the lifecycle · `people` (a mapping) · `hubspot:contacts` (every mapping with this object) · `to-salesforce` (a direction) ·
 * `people:to-salesforce`, `people:create` · `people.jobtitle` (a field; only Tandem itself pauses one, when its schema no longer fits).
 */
export type PauseScope = string;

/** Something that is paused. Signals keep being recorded; nothing that it covers is written. */
export interface Pause {
  readonly scope: PauseScope;
  /** A person's word lasts until a person takes it back; one of the schema ends by itself when the schema fits again. */
  readonly by: 'hand' | 'schema';
  readonly cause: string;
  readonly since: number;
}

export type ParsedScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'behaviour'; readonly behaviour: Behaviour; readonly pair: string | null }
  | { readonly kind: 'direction'; readonly to: System; readonly pair: string | null }
  | { readonly kind: 'object'; readonly system: System; readonly type: string }
  | { readonly kind: 'field'; readonly pair: string; readonly field: string }
  | { readonly kind: 'mapping'; readonly pair: string };

const partOf = (word: string, pair: string | null): ParsedScope | null => {
  const to = systems.find((system) => word === `to-${system}`);
  if (to !== undefined) return { kind: 'direction', to, pair };
  const behaviour = behaviours.find((name) => name === word);
  return behaviour === undefined ? null : { kind: 'behaviour', behaviour, pair };
};

/** Takes a scope apart. Total: what is nothing else is the name of a mapping. */
export const parseScope = (scope: PauseScope): ParsedScope => {
  if (scope === 'all') return { kind: 'all' };
  const whole = partOf(scope, null);
  if (whole !== null) return whole;
  const colon = scope.indexOf(':');
  if (colon > 0) {
    const [before, after] = [scope.slice(0, colon), scope.slice(colon + 1)];
    const system = systems.find((name) => name === before);
    if (system !== undefined) return { kind: 'object', system, type: after };
    const part = partOf(after, before);
    if (part !== null) return part;
  }
  const dot = scope.indexOf('.');
  if (dot > 0) return { kind: 'field', pair: scope.slice(0, dot), field: scope.slice(dot + 1) };
  return { kind: 'mapping', pair: scope };
};

/** What a pause looks at of a mapping. */
export type Covers = Pick<PairMapping, 'name' | 'types' | 'conversion'>;

/** Whether a scope keeps the whole pair still. */
export const coversWhole = (pair: Covers, scope: ParsedScope): boolean => {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'mapping':
      return scope.pair === pair.name;
    case 'object':
      return typesOn(pair, scope.system).includes(scope.type);
    case 'behaviour':
      return scope.behaviour === 'align' && (scope.pair === null || scope.pair === pair.name);
    default:
      return false;
  }
};

/** The scope of one field of a mapping. */
export const fieldScope = (pair: string, field: string): PauseScope => `${pair}.${field}`;
