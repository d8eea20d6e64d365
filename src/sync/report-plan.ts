import type { Failure } from '../model/failure.ts';
import { policiesOf } from '../model/life-events.ts';
import { breakerDefaults, type FieldMapping, ownerReference } from '../model/mapping.ts';
import { otherSystem, type RecordRef, type System, systemLabel, systems } from '../model/system.ts';
import { digestOf } from './digest.ts';
import { parkIn } from './draft.ts';
import type { EngineContext } from './engine.ts';
import type { Looked } from './linked.ts';
import type { Withheld } from './plan.ts';
import type { Planned } from './plan-looked.ts';
import { ownCodes } from './standing.ts';

const ownFailure = (system: System, code: string, message: string): Failure => ({
  category: 'value',
  system,
  code,
  message,
  fields: [],
});

const heldMessages: Readonly<
  Record<string, { readonly code: string; readonly message: string; readonly next: string }>
> = {
  foreign: {
    code: ownCodes.unreadable,
    message: 'The value is not of the kind that the mapping says; it is not written anywhere.',
    next: 'Correct the value where it stands, or the kind of the field in the mapping; it is looked at again by itself when it changes.',
  },
  'other-currency': {
    code: ownCodes.otherCurrency,
    message: 'The two amounts are of different currencies; neither is written over the other.',
    next: 'Enter both amounts in one currency; they are looked at again by themselves when one changes.',
  },
};

/** An owner whom the other system does not know is told; a record that is not linked yet is waited for, and nobody has to do anything. */
const parkReference = (
  context: EngineContext,
  draft: Looked['draft'],
  ref: RecordRef,
  field: FieldMapping,
  of: string,
): void => {
  if (of !== ownerReference || policiesOf(context.pair).ownerDeactivated === 'keep') return;
  const there = systemLabel[otherSystem(ref.system)];
  const message = `The owner has no active counterpart in ${there}; the owner there stays as it is.`;
  const failure = ownFailure(ref.system, ownCodes.unknownOwner, message);
  const next = `Give the record to somebody active in both systems, or say who it is under 'values' of ${field.fields.hubspot} in the mapping.`;
  parkIn(draft, context.pair.name, { ref, field: field.name, failure, next, refused: '' });
};

/** A value that the codec cannot read is reported where it stands. Differences that a rule holds are counted by `verify`. */
const reportHeld = (context: EngineContext, { draft, snapshots }: Looked, { plan }: Planned): void => {
  for (const { field: name, rule } of plan.held) {
    const known = Object.hasOwn(heldMessages, rule) ? heldMessages[rule] : undefined;
    const field = context.pair.fields.find((candidate) => candidate.name === name);
    if (!known || !field) continue;
    for (const system of systems) {
      const raw = snapshots[system].fields[field.fields[system]] ?? null;
      if (rule === 'foreign' && field.codecs[system].decode(raw).kind !== 'foreign') continue;
      if (rule !== 'foreign' && system === 'hubspot') continue;
      const { ref } = snapshots[system];
      if (rule === 'foreign' && field.reference) {
        parkReference(context, draft, ref, field, field.reference.of);
        continue;
      }
      const failure = ownFailure(system, known.code, known.message);
      parkIn(draft, context.pair.name, { ref, field: name, failure, next: known.next, refused: '' });
    }
  }
};

/** Parks a value that is not sent, and says so in the ledger the first time. */
const park = (
  context: EngineContext,
  { draft, snapshots }: Looked,
  { field, target, sent, there, rule }: Withheld,
  words: { readonly code: string; readonly message: string; readonly next: string },
): void => {
  const { ref } = snapshots[target];
  const apiField = field.fields[target];
  const refused = digestOf(context.mappingHash, { [apiField]: sent });
  const { next, ...failed } = words;
  const failure = ownFailure(target, failed.code, failed.message);
  parkIn(draft, context.pair.name, { ref, field: field.name, failure, next, refused });
  const isKnown = draft.unit.parked.some(
    (row) => row.system === target && row.field === field.name && row.refused === refused,
  );
  if (isKnown) return;
  draft.ledger.push({
    pair: context.pair.name,
    event: 'kept',
    target: ref,
    field: field.name,
    from: there,
    to: sent,
    cause: draft.unit.dirty.map((row) => row.cause).join(', ') || 'look',
    rule,
    clock: null,
    lost: null,
    changedAt: null,
  });
};

const reportBeside = (context: EngineContext, look: Looked, withheld: Withheld): void => {
  const [here, there] = [systemLabel[otherSystem(withheld.target)], systemLabel[withheld.target]];
  park(context, look, withheld, {
    code: ownCodes.lowerSource,
    message: `What ${here} has was entered by a lower source than what stands in ${there}: it is kept beside it.`,
    next: `Leave it, take it with tandem failures take, or enter it by hand in ${here}.`,
  });
};

/** Who set the field last, as far as the vendor says: `HubSpot (AUTOMATION_PLATFORM)`. */
const setterIn = ({ histories }: Planned, field: FieldMapping, system: System): string => {
  const latest = histories[system]?.[field.fields[system]]?.find((entry) => !entry.byUs);
  return latest
    ? `${systemLabel[system]} (${latest.source})`
    : `${systemLabel[system]} (an automation there)`;
};

const reportStopped = (
  context: EngineContext,
  look: Looked,
  planned: Planned,
  withheld: Planned['plan']['stopped'][number],
): void => {
  const { field, target } = withheld;
  const there = systemLabel[target];
  if (withheld.rule === 'silently-refused') {
    park(context, look, withheld, {
      code: ownCodes.silentlyRefused,
      message: `${there} accepts the value without an error and shows the one before it again.`,
      next: `Look for an automation or a rule in ${there} that sets this field. It is tried again when the value changes.`,
    });
    return;
  }
  const { flips, minutes } = (context.pair.breakers ?? breakerDefaults).flap;
  const setters = systems.map((system) => setterIn(planned, field, system)).join(' and ');
  park(context, look, withheld, {
    code: ownCodes.flapping,
    message: `${setters} set it back in turn, more than ${flips} times in ${minutes} minutes, no person involved.`,
    next: 'Decide which of the two automations may set this field, and stop the other. It is tried again when another value is entered.',
  });
  context.events.emit('field-flapping', {
    pair: context.pair.name,
    field: field.name,
    link: look.link.id,
    next: 'tandem failures shows it',
  });
};

/** Parks what a plan leaves where it is, each with its reason and the next step. */
export const reportPlan = (context: EngineContext, look: Looked, planned: Planned): void => {
  reportHeld(context, look, planned);
  for (const withheld of planned.plan.beside) reportBeside(context, look, withheld);
  for (const withheld of planned.plan.stopped) reportStopped(context, look, planned, withheld);
};
