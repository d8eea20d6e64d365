import { hasBought } from './bought.ts';
import type { LifecycleDefinition } from './definition.ts';
import { type FactRecord, reasonOf, type StageEvent } from './facts.ts';
import { isHeld } from './first-start.ts';
import type { Journey, Refusal } from './journey.ts';
import { isNewsToOwed, isOwed, isReturnOwed } from './owed.ts';
import type { Stage } from './stages.ts';
import type { Guard } from './table.ts';

/** What a guard looks at: the journey before the event, the event, and the stage that the way leads to. */
export interface GuardView {
  readonly journey: Journey;
  readonly event: StageEvent;
  readonly record: FactRecord;
  readonly definition: LifecycleDefinition;
  readonly to: Stage;
}

/** The fields of facts; a timer has none. */
export const scoreOf = (event: StageEvent) => ('score' in event ? event.score : undefined);
export const eventReason = (event: StageEvent) => reasonOf('reason' in event ? event.reason : undefined);
const handedTo = (event: StageEvent) => ('to' in event ? event.to : undefined);

const isDealOpenElsewhere = ({ journey, event }: GuardView): boolean => {
  const own = 'opportunity' in event ? event.opportunity : undefined;
  return journey.openOpportunities.some((id) => id !== own);
};

/** Whether sales has, or had, anything of the person: a lead or contact, or a deal. */
const isKnownToSales = ({
  journey: { openOpportunities, closedOpportunities },
  record: { lead },
}: GuardView): boolean =>
  openOpportunities.length + closedOpportunities.length > 0 ||
  (typeof lead === 'object' && lead !== null && Object.keys(lead).length > 0);

/** Each guard: null where the way is open, else why it is not. */
const guards: Readonly<Record<Guard, (view: GuardView) => Refusal | null>> = {
  entry: ({ definition, to, record }) =>
    (definition.stages[to].entry?.holds(record) ?? true) ? null : 'entry',
  ready: ({ event }) => ((scoreOf(event)?.ready ?? null) === null ? 'not-ready' : null),
  'ready-waiting': ({ journey }) => (journey.waiting === null ? 'not-ready' : null),
  'not-excluded': ({ journey }) => (journey.excluded ? 'excluded' : null),
  'not-held': ({ journey, event }) => (isHeld(journey, scoreOf(event) ?? null) ? 'first-start' : null),
  owed: ({ journey, definition }) => (isOwed(journey, definition) ? null : 'other'),
  'owed-return': ({ journey, definition }) => (isReturnOwed(journey, definition) ? null : 'other'),
  'since-owed': ({ journey, event }) =>
    isNewsToOwed(journey, scoreOf(event)?.newestAt ?? null) ? null : 'first-start',
  cooled: ({ journey, event }) =>
    journey.cooledAt !== null && event.at < journey.cooledAt ? 'cooling' : null,
  'something-new': ({ journey, event }) => {
    const newestAt = scoreOf(event)?.newestAt ?? null;
    return journey.returnedAt === null || (newestAt !== null && newestAt > journey.returnedAt)
      ? null
      : 'nothing-new';
  },
  'to-sdr': ({ event }) => (handedTo(event) === 'sdr' ? null : 'other'),
  'to-rep': ({ event }) => (handedTo(event) === 'rep' ? null : 'other'),
  'no-open-deal': (view) => (isDealOpenElsewhere(view) ? 'open-deal' : null),
  'reason-at-last': ({ journey, event }) =>
    journey.reason === 'Unknown' && eventReason(event) !== 'Unknown' ? null : 'other',
  'place-nurture': ({ journey }) => (journey.place === null || journey.place === 'nurture' ? null : 'other'),
  'repair-to-sales': ({ journey, definition }) =>
    journey.reason !== null && definition.reasons[journey.reason].mended === 'sales-ready' ? null : 'other',
  'open-deal': () => 'open-deal',
  protected: () => 'protected',
  'has-bought': ({ journey }) => (hasBought(journey) ? null : 'other'),
  'nobody-has-them': (view) => (isKnownToSales(view) ? 'other' : null),
};

/** Why the way is closed: the first guard that says so; null where it is open. */
export const closedBy = (names: readonly Guard[], view: GuardView): Refusal | null => {
  for (const name of names) {
    const refusal = guards[name](view);
    if (refusal !== null) return refusal;
  }
  return null;
};
