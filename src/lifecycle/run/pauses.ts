import {
  type Covers,
  coversWhole,
  isPausedBehaviour,
  type Pause,
  type PausedBehaviour,
  parseScope,
} from '../../model/pause.ts';
import { type Effect, stepsOf } from '../effects/effect.ts';

type Kind = Effect['kind'];

/** What a person keeps still of the lifecycle. */
export interface PausedLifecycle {
  /** Nothing is done at all; what was told waits. */
  readonly whole: boolean;
  /** Nobody is looked at: who changed, asked or is due waits. Orders that were given are carried out. */
  readonly looks: boolean;
  /** Whoever asks for something by a field is not looked at. */
  readonly requests: boolean;
  /** Orders of these kinds wait; those that looks give are noted and wait with them. */
  readonly kinds: readonly Kind[];
  /** Nothing is written to one of the systems: what is not an order of a person (deals, campaigns, content, signals) waits, too. */
  readonly passes: boolean;
  /** Nothing is recommended anew, and what stands on records stays. */
  readonly content: boolean;
  /** Nobody whom a first start holds back is let go. */
  readonly letGo: boolean;
}

/** Orders that bring somebody to a rep. */
const handing = ['hand-off', 'hand-on', 're-route', 'reassign'] as const satisfies readonly Kind[];

/** Which orders wait for which behaviour. */
export const ordersOf: Readonly<Record<PausedBehaviour, readonly Kind[]>> = {
  stages: ['show', 'close-task'],
  score: [],
  'hand-off': [...handing, 'tell-owner'],
  route: handing,
  clock: ['remind', 'escalate', 'reassign'],
  return: ['return', 'nudge', 'ask-reason', 'programs'],
  requests: ['request'],
  content: [],
};

/** Told to people alone, and written nowhere. */
const toldOnly: ReadonlySet<Kind> = new Set(['remind', 'escalate']);
const written = (Object.keys(stepsOf) as Kind[]).filter((kind) => !toldOnly.has(kind));

/** Everything that is still when a scope covers a direction alone. */
const inDirection = { kinds: written, passes: true, letGo: true } as const;

const nothing: PausedLifecycle = {
  ...{ whole: false, looks: false, requests: false, kinds: [], passes: false, content: false, letGo: false },
};

const byBehaviour = (behaviour: PausedBehaviour): PausedLifecycle => ({
  ...nothing,
  looks: behaviour === 'stages' || behaviour === 'score',
  requests: behaviour === 'requests',
  kinds: ordersOf[behaviour],
  content: behaviour === 'content',
  letGo: behaviour === 'hand-off' || behaviour === 'route',
});

const ofScope = (people: Covers, scope: string): PausedLifecycle => {
  const parsed = parseScope(scope);
  if (parsed.kind === 'all' || parsed.kind === 'mapping' || parsed.kind === 'object') {
    return coversWhole(people, parsed) ? { ...nothing, whole: true } : nothing;
  }
  if (parsed.kind !== 'direction' && parsed.kind !== 'behaviour') return nothing;
  if (parsed.pair !== null && parsed.pair !== people.name) return nothing;
  if (parsed.kind === 'direction') return { ...nothing, ...inDirection };
  return isPausedBehaviour(parsed.behaviour) ? byBehaviour(parsed.behaviour) : nothing;
};

/**
 * What these pauses keep still of the lifecycle. Those that a schema caused are the engine's alone: the lifecycle leaves out by itself what is not there. Pure.
 */
export const pausedLifecycle = (
  people: Covers,
  pauses: readonly Pick<Pause, 'scope' | 'by'>[],
): PausedLifecycle => {
  const parts = pauses.filter(({ by }) => by === 'hand').map(({ scope }) => ofScope(people, scope));
  const any = (part: 'whole' | 'looks' | 'requests' | 'passes' | 'content' | 'letGo'): boolean =>
    parts.some((each) => each[part]);
  return {
    whole: any('whole'),
    looks: any('whole') || any('looks'),
    requests: any('requests'),
    kinds: any('whole')
      ? (Object.keys(stepsOf) as Kind[])
      : [...new Set(parts.flatMap(({ kinds }) => kinds))],
    passes: any('whole') || any('passes'),
    content: any('content'),
    letGo: any('whole') || any('letGo'),
  };
};

/** Whether something of the lifecycle waits for these pauses. */
export const isAnyPaused = ({ whole, looks, requests, kinds, passes, content }: PausedLifecycle): boolean =>
  whole || looks || requests || passes || content || kinds.length > 0;

/** Whether hand-overs wait: once they go on, reps have the whole time. */
export const arePausedHandOffs = ({ kinds }: PausedLifecycle): boolean =>
  handing.every((kind) => kinds.includes(kind));
