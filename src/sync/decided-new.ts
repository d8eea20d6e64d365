import type { PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import { otherSystem, type RecordRef, type System } from '../model/system.ts';
import type { EngineContext } from './engine.ts';
import type { Seeker } from './lookup.ts';
import { type Candidates, decideMatch, type MatchVerdict } from './match.ts';

/** HubSpot's contacts are the one object whose match key, the email, no two records can have. */
const isTakenKey = (pair: PairMapping, target: System): boolean =>
  target === 'hubspot' &&
  pair.types.hubspot === 'contacts' &&
  pair.match.some(({ kind }) => kind === 'email');

const stillAsked = (cause: string, records: readonly RecordSnapshot[]): MatchVerdict => ({
  kind: 'review',
  cause,
  candidates: records.map(({ ref }) => ref),
});

/**
 * What follows from a person's word that a record is somebody new: it is created although it has candidates. Asked all the same where the
 * creation could only hit one of them: an upsert finds the record that names this one, and HubSpot has one contact an email. What an
 * earlier try created names this record too, and is linked by nobody: that is the new one.
 */
export const decideNew = (
  pair: PairMapping,
  system: System,
  { naming, matching }: Pick<Candidates, 'naming' | 'matching'>,
  isLinked: (ref: RecordRef) => boolean,
): MatchVerdict => {
  const claiming = naming.filter(({ deleted }) => !deleted);
  const [one] = claiming;
  if (one && claiming.length === 1 && !isLinked(one.ref))
    return { kind: 'link', other: one, how: 'identity' };
  if (one)
    return stillAsked('decided to be new, but other records name it in their identity field', claiming);
  const holding = matching.filter(({ deleted }) => !deleted);
  if (holding.length > 0 && isTakenKey(pair, otherSystem(system))) {
    return stillAsked('decided to be new, but HubSpot has a contact with its email already', holding);
  }
  return { kind: 'none', decided: true };
};

/**
 * The verdict on each record that was looked up. Where it is a question, a person may have answered it already: the decision is asked of
 * the store under the record's match-key locks, and stands for good.
 */
export const verdictsOf = async <S extends Seeker>(
  { pair, store }: Pick<EngineContext, 'pair' | 'store'>,
  system: System,
  found: ReadonlyMap<S, Candidates>,
  isLinked: (ref: RecordRef) => boolean,
): Promise<ReadonlyMap<S, MatchVerdict>> => {
  const plain = [...found].map(([seeker, candidates]) => ({
    seeker,
    candidates,
    verdict: decideMatch(candidates, isLinked),
  }));
  const asked = plain
    .filter(({ verdict }) => verdict.kind === 'review')
    .map(({ seeker }) => seeker.record.ref.id);
  const decided = asked.length === 0 ? new Set<string>() : await store.decidedNew(pair.name, system, asked);
  return new Map(
    plain.map(({ seeker, candidates, verdict }) => [
      seeker,
      verdict.kind === 'review' && decided.has(seeker.record.ref.id)
        ? decideNew(pair, system, candidates, isLinked)
        : verdict,
    ]),
  );
};
