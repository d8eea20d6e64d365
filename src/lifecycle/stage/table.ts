import type { EventKind } from './facts.ts';
import type { EffectKind, LifecycleBehaviour } from './journey.ts';
import type { Stage } from './stages.ts';

/**
 * The stage machine as a table: for each stage and each event the ways out, the first that is open being taken. No way: the event
 * changes what is remembered, not the stage. docs/developers/lifecycle.md lists the invariants; guards.ts says what each guard asks.
 */
export type Guard =
  | 'entry' // the stage's own rule of entry holds
  | 'ready' // the score meets sales-ready
  | 'ready-waiting' // it did so while cooling
  | 'not-excluded'
  | 'not-held' // the first start does not hold it back
  | 'owed' // the hand-off of this turn was only observed, and hand-offs act now
  | 'owed-return' // the return that they came by was only observed, and returns act now
  | 'since-owed' // engagement that is newer than that
  | 'cooled'
  | 'something-new' // engagement that is newer than the last return
  | 'to-sdr'
  | 'to-rep'
  | 'no-open-deal'
  | 'reason-at-last' // came back without a reason, and here it is
  | 'place-nurture'
  | 'repair-to-sales'
  | 'open-deal'
  | 'protected'
  | 'has-bought'
  | 'nobody-has-them'; // sales has no record of theirs, and no deal

/** `place`: where lifecycle.yaml sends the reason. `requested`: the stage that the person named. `owed-return`: where they stand, with what is owed of it. */
export type Target = Stage | 'place' | 'requested' | 'owed-return';

export interface Way {
  readonly to: Target;
  readonly behaviour: LifecycleBehaviour;
  readonly guards: readonly Guard[];
  readonly effects: readonly EffectKind[];
}

export type Row = Readonly<Record<EventKind, readonly Way[]>>;

const way = (
  to: Target,
  behaviour: LifecycleBehaviour,
  guards: readonly Guard[] = [],
  effects: readonly EffectKind[] = [],
): Way => ({ to, behaviour, guards, effects });

const follow = (to: Stage, ...guards: Guard[]): Way => way(to, 'stages', guards);
const enter = (to: Stage): Way => way(to, 'stages', ['entry']);
const handOff = (...guards: Guard[]): Way =>
  way('sales-ready', 'hand-off', ['not-excluded', ...guards], ['hand-off']);
const giveBack = (...guards: Guard[]): Way => way('place', 'return', guards, ['return']);
/** Nothing moves, but the one who has the person is told at once. */
const tell = (stage: Stage): Way => way(stage, 'hand-off', ['not-excluded'], ['tell-owner']);
/** Something is tried before they stall. */
const nudge = (stage: Stage): Way => way(stage, 'return', [], ['nudge']);
/** A return that was only observed is made, without a move. */
const makeUpFor: Way = way('owed-return', 'return', ['owed-return']);
/** Says why, where somebody might expect a move. */
const refused = (stage: Stage, guard: Guard): Way => way(stage, 'return', [guard]);
/** Who has bought is a customer, whatever a rep says of the lead. */
const stayOne: Way = follow('customer', 'has-bought');

/** What holds wherever a person is not yet a deal or a customer. */
const anywhere = {
  known: [],
  activity: [],
  scored: [],
  asked: [handOff()],
  handed: [],
  qualified: [],
  touched: [follow('working')],
  accepted: [follow('accepted'), follow('working')],
  rejected: [giveBack()],
  'sent-back': [giveBack()],
  opened: [follow('opportunity')],
  won: [follow('customer')],
  bought: [],
  'deal-lost': [],
  grew: [],
  'at-risk': [],
  recovered: [],
  churned: [],
  disqualified: [stayOne, follow('disqualified')],
  excluded: [follow('disqualified')],
  readmitted: [],
  placed: [],
  repaired: [],
  'stage-set': [way('requested', 'requests')],
  released: [],
  untouched: [],
  nudge: [],
  stalled: [],
  cooled: [],
  recontact: [],
} satisfies Row;

/** Marketing has the next step, and nothing was handed over yet. */
const attracting = {
  ...anywhere,
  known: [enter('engaged'), enter('lead')],
  activity: [enter('engaged'), enter('lead')],
  scored: [handOff('ready', 'not-held'), enter('engaged'), enter('lead')],
  bought: [follow('customer')],
} satisfies Row;

/** Sales has the next step. */
const selling = {
  ...anywhere,
  untouched: [giveBack()],
  stalled: [giveBack('not-held')],
} satisfies Row;

/** Sales gave them back, and marketing keeps in touch. */
const recycled = {
  ...anywhere,
  // Turn 0 here is somebody whose exclusion was lifted: their past is held back as everybody's is.
  scored: [handOff('ready', 'not-held', 'something-new', 'cooled')],
  rejected: [giveBack('reason-at-last')],
  'sent-back': [giveBack('reason-at-last')],
  cooled: [handOff('ready-waiting')],
  recontact: [handOff()],
  released: [makeUpFor],
  bought: [follow('customer')],
} satisfies Row;

/** A deal is open, or they buy: nothing that recycles leads may touch them. */
const dealing = (stage: Stage, guard: Guard): Row => ({
  ...anywhere,
  asked: [tell(stage)],
  touched: [],
  accepted: [],
  rejected: [refused(stage, guard)],
  'sent-back': [refused(stage, guard)],
  disqualified: [refused(stage, guard)],
  excluded: [],
  opened: [],
  'stage-set': [way('requested', 'requests', [guard])],
});

const owning = (stage: Stage): Row => ({
  ...dealing(stage, 'protected'),
  // Of whom a rule alone says that they buy, sales may have nobody who could be told.
  asked: [handOff('nobody-has-them'), tell(stage)],
  won: [],
  grew: [follow('growing')],
  'at-risk': [follow('at-risk')],
  churned: [follow('lost')],
});

export const stageTable: Readonly<Record<Stage, Row>> = {
  subscriber: attracting,
  lead: {
    ...attracting,
    known: [enter('engaged')],
    activity: [enter('engaged')],
    scored: [handOff('ready', 'not-held'), enter('engaged')],
  },
  engaged: { ...attracting, known: [], activity: [], scored: [handOff('ready', 'not-held')] },
  'sales-ready': {
    ...selling,
    // Whose hand-off was only observed has nobody who could be told: they are handed over.
    asked: [handOff('owed'), tell('sales-ready')],
    scored: [handOff('owed', 'ready', 'since-owed')],
    released: [handOff('owed'), makeUpFor],
    nudge: [nudge('sales-ready')],
    handed: [follow('sdr', 'to-sdr')],
  },
  sdr: {
    ...selling,
    asked: [tell('sdr')],
    nudge: [nudge('sdr')],
    handed: [follow('sales-ready', 'to-rep')],
    qualified: [way('sales-ready', 'hand-off', ['not-excluded'], ['hand-on'])],
    touched: [],
  },
  working: { ...selling, asked: [tell('working')], nudge: [nudge('working')], touched: [], untouched: [] },
  accepted: {
    ...selling,
    asked: [tell('accepted')],
    nudge: [nudge('accepted')],
    touched: [],
    accepted: [],
    untouched: [],
  },
  opportunity: { ...dealing('opportunity', 'open-deal'), 'deal-lost': [giveBack('no-open-deal')] },
  // A date that a rep named outlives their becoming one.
  customer: { ...owning('customer'), recontact: [handOff()] },
  growing: { ...owning('growing'), grew: [] },
  'at-risk': { ...owning('at-risk'), 'at-risk': [], recovered: [follow('customer')] },
  lost: { ...recycled, cooled: [handOff('ready-waiting'), follow('win-back')] },
  'win-back': recycled,
  returned: {
    ...recycled,
    placed: [way('nurture', 'return', ['place-nurture'])],
    repaired: [handOff('repair-to-sales'), way('nurture', 'return')],
  },
  nurture: recycled,
  disqualified: {
    ...recycled,
    scored: [],
    bought: [],
    cooled: [],
    disqualified: [],
    excluded: [],
    readmitted: [
      way('customer', 'stages', ['not-excluded', 'has-bought']),
      way('nurture', 'return', ['not-excluded']),
    ],
  },
};
