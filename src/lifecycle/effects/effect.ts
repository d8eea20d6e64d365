import type { EffectOrder } from '../look/stored.ts';
import type { RouteDecision, RouteLine } from '../routing/route.ts';

/**
 * The steps of effects. Each is done once: `task` and `tell` are remembered before their call, since a second one would be seen; the others
 * write values by id, which may be written again.
 *
 * - record: the person's record in Salesforce is there (the engine creates or finds it)
 * - route: who gets it is decided, and kept
 * - sales: owner, stage, score, why-now line, digest and clock stand on the lead
 * - task: the rep's task
 * - hubspot: HubSpot shows what became of it
 * - tell: the owner is told at once, where that is configured
 * - campaign: the person is a member of the campaign that brought them, where that is configured
 * - timeline: the most telling things that they did stand on the record's timeline, where that is configured
 * - leave: the person is on the list of no program that they are not to be in any more
 * - list: the person is on the program's list
 * - close: the rep's open tasks of Tandem's are closed
 * - ask: what somebody asked for by a field is done, or known to be refused
 * - answer: the field is emptied, and the record says what became of it
 */
export type StepName =
  | 'record'
  | 'route'
  | 'sales'
  | 'task'
  | 'hubspot'
  | 'tell'
  | 'campaign'
  | 'timeline'
  | 'leave'
  | 'list'
  | 'close'
  | 'ask'
  | 'answer';

/** Which steps an effect takes, in order. */
export const stepsOf: Readonly<Record<EffectOrder['kind'], readonly StepName[]>> = {
  // What only adorns comes last: whoever is told finds the lead, the task and the clock.
  'hand-off': ['record', 'route', 'sales', 'task', 'hubspot', 'tell', 'campaign', 'timeline'],
  // Whoever had the lead has no open task of it any more.
  'hand-on': ['record', 'route', 'close', 'sales', 'task', 'hubspot', 'tell'],
  're-route': ['record', 'route', 'close', 'sales', 'task', 'hubspot', 'tell'],
  // Who is with a rep has a task already; of a deal or a customer the owner gets one.
  'tell-owner': ['sales', 'tell', 'task'],
  // A task for the owner, or a program: the step that is not configured has nothing to do.
  nudge: ['list', 'task'],
  return: ['leave', 'list', 'close', 'sales', 'hubspot'],
  // On the way out of nurture, and in and out of stages with a program. An order of its own: a hand-off waits for no list, and one that is not done any more
  // has brought them out of nurture all the same.
  programs: ['leave', 'list'],
  'ask-reason': ['task'],
  'close-task': ['close', 'hubspot'],
  remind: ['tell'],
  escalate: ['tell'],
  reassign: ['record', 'route', 'close', 'sales', 'task', 'hubspot', 'tell'],
  request: ['ask', 'answer'],
  show: ['sales', 'hubspot'],
};

/**
 * What is remembered of a step: `sent` is stored before the call, so that nobody makes it twice without looking. Of `route` it says since when another
 * router is waited for; its `id` is the owner whom the lead had then.
 */
export interface StepMark {
  readonly state: 'sent' | 'done';
  readonly at: number;
  /** The record that it made. */
  readonly id?: string;
  /** What came of it, in words for whoever asked. */
  readonly said?: string;
}

/** Who gets the lead, and why: decided once for each effect. */
export interface RoutePlan {
  readonly decision: RouteDecision;
  readonly lines: readonly RouteLine[];
  /** Of routing.yaml, by which it was decided; absent in what was decided before it was kept. */
  readonly version?: string;
  /** Who had the lead when it was decided; absent in what was decided before it was kept. */
  readonly before?: string | null;
}

export interface Effect extends EffectOrder {
  readonly journeyId: string;
  readonly contactId: string;
  readonly attempts: number;
  readonly route: RoutePlan | null;
  readonly steps: Readonly<Partial<Record<StepName, StepMark>>>;
}

/** Effects that bring a person to somebody: they begin the clocks, and the rep's earlier word about the person is taken away. */
const handing: ReadonlySet<string> = new Set(['hand-off', 'hand-on', 're-route', 'reassign']);
export const isHanding = ({ kind }: { readonly kind: string }): boolean => handing.has(kind);

/** What became of a step for one effect. */
export type StepResult =
  /** `note`: what is stored of it in words. */
  | {
      readonly kind: 'done';
      readonly id?: string;
      readonly said?: string;
      readonly route?: RoutePlan;
      readonly note?: string;
    }
  /** Nothing is wrong, or it may be better soon: tried again after so long. `why` is shown. */
  | {
      readonly kind: 'wait';
      readonly ms: number;
      readonly why: string;
      /** The owner that was chosen is no longer there: somebody else is chosen before. */
      readonly ownerGone?: true;
      /** What is waited for began: stored with the step as `sent`. */
      readonly began?: { readonly at: number; readonly id: string | null };
    }
  /** A person has to do something; it is tried again, seldom, all the same. */
  | { readonly kind: 'refused'; readonly why: string; readonly next: string };

/** The step that an effect stands at; null where all are done. */
export const nextStep = ({ kind, steps }: Pick<Effect, 'kind' | 'steps'>): StepName | null =>
  stepsOf[kind].find((step) => steps[step]?.state !== 'done') ?? null;
