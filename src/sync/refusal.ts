import { canRetryHelp, duplicatesCode, type Failure } from '../model/failure.ts';
import { formFor } from '../model/mapping.ts';
import type { FieldWrite } from '../model/state.ts';
import { formatRef, type RecordRef } from '../model/system.ts';
import type { RawValue } from '../model/value.ts';
import { againAfterMs, identityLooksMax } from './backoff.ts';
import { digestOf } from './digest.ts';
import { attemptsOf, type Draft, lookAgain, parkIn } from './draft.ts';
import { nextStepOfParked } from './next-step.ts';
import { type Mapped, rawFieldsOf } from './plan.ts';

/** Records that a message names. */
const matchesNamed = 5;

/** What a duplicate rule said of a record that is linked, with whom it takes it for: the ids are what a person needs. */
const withMatches = (failure: Failure): Failure => {
  const { duplicates } = failure;
  if (duplicates === undefined) return failure;
  const rule = duplicates.rule === null ? '' : ` ${duplicates.rule}`;
  const whom = duplicates.matches.slice(0, matchesNamed).map(formatRef).join(', ');
  return {
    ...failure,
    message: `${failure.message} (duplicate rule${rule}: ${whom === '' ? 'it names no record' : whom})`,
  };
};

/**
 * What a duplicate rule refuses of a record that is linked is no sign of another identity, and no look again cures it. Of what was sent the match
 * keys are what makes it somebody else: they are parked, and the others go on. Where none was sent it is the record.
 */
const blameMatchKeys = (
  { pair }: Mapped,
  { system, type }: RecordRef,
  writes: readonly FieldWrite[],
  failure: Failure,
): Failure => {
  const keys = new Set(formFor(pair, system, type).match.map(({ fields }) => fields[system]));
  const fields = writes.map(({ apiField }) => apiField).filter((name) => keys.has(name));
  return { ...withMatches(failure), fields };
};

/**
 * What a refused row asks for: another look, or parked fields while the rest goes on. Nothing of the row was executed. A refusal that
 * another look may cure is parked meanwhile, so that it is seen before the last look.
 */
export const applyRefusal = (
  draft: Draft,
  { pair, mappingHash }: Mapped,
  target: RecordRef,
  writes: readonly FieldWrite[],
  refusal: Failure,
): void => {
  const ofRule = refusal.code === duplicatesCode;
  const failure = ofRule ? blameMatchKeys({ pair, mappingHash }, target, writes, refusal) : refusal;
  const attempts = attemptsOf(draft.unit);
  const waits = { kind: 'refused', system: target.system, code: failure.code } as const;
  if (canRetryHelp(failure)) {
    lookAgain(draft, failure.retryAfterMs ?? againAfterMs(attempts), waits);
    return;
  }
  if (failure.category === 'credentials') {
    lookAgain(draft, againAfterMs(Math.max(attempts, 2)), waits);
    return;
  }
  const isSought = failure.category === 'identity' && !ofRule && attempts < identityLooksMax;
  if (isSought) lookAgain(draft, againAfterMs(attempts), waits);
  // What the first look again cures (a conversion or a merge that was under way) is nobody's concern.
  if (isSought && attempts === 0) return;
  const next = nextStepOfParked(failure);
  // Without a fingerprint it is known as refused, and sent once more all the same.
  const refusedAs = (fields: Readonly<Record<string, RawValue>>): string =>
    isSought ? '' : digestOf(mappingHash, fields);
  const blamed = writes.filter((write) => failure.fields.includes(write.apiField));
  for (const write of blamed) {
    const refused = refusedAs({ [write.apiField]: write.sent });
    parkIn(draft, pair.name, { ref: target, field: write.field, failure, next, refused });
  }
  if (blamed.length === 0) {
    const refused = refusedAs(rawFieldsOf(writes));
    parkIn(draft, pair.name, { ref: target, field: null, failure, next, refused });
  } else if (blamed.length < writes.length && !isSought) {
    lookAgain(draft, 0);
  }
};
