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
  decided: true,
});

/**
 * What follows from a person's word that a record is somebody new and none of `ruledOut`: it is created although it has candidates. Asked all
 * the same where the creation could only hit one of them: an upsert finds the record that names this one, and HubSpot has one contact an
 * email. What an earlier try created names this record too, and was never ruled out: that is the new one.
 */
export const decideNew = (
  pair: PairMapping,
  system: System,
  { naming, matching, converted }: Pick<Candidates, 'naming' | 'matching' | 'converted'>,
  isLinked: (ref: RecordRef) => boolean,
  ruledOut: readonly RecordRef[],
): MatchVerdict => {
  const claiming = naming.filter(({ deleted }) => !deleted);
  const [one] = claiming;
  const isNew = one && !isLinked(one.ref) && !ruledOut.some(({ id }) => id === one.ref.id);
  if (isNew && claiming.length === 1) return { kind: 'link', other: one, how: 'identity' };
  if (one)
    return stillAsked('decided to be new, but other records name it in their identity field', claiming);
  const holding = matching.filter(({ deleted }) => !deleted);
  if (holding.length > 0 && isTakenKey(pair, otherSystem(system))) {
    return stillAsked('decided to be new, but HubSpot has a contact with its email already', holding);
  }
  return { kind: 'none', decided: true, ruledOut, asConverted: converted.length > 0 };
};

/** Whether a person's word may say otherwise: to a question, and to a link with whom was ruled out. */
const isOverruled = (verdict: MatchVerdict, ruledOut: readonly RecordRef[]): boolean =>
  verdict.kind === 'review' ||
  (verdict.kind === 'link' && ruledOut.some(({ id }) => id === verdict.other.ref.id));

/**
 * The verdict on each record that was looked up. Where there is anybody, or a duplicate rule of the other system found somebody (`isBlocked`), a
 * person may have said that it is nobody of them: the decision is asked of the store under the record's match-key locks, and stands for good.
 */
export const verdictsOf = async <S extends Seeker>(
  { pair, store }: Pick<EngineContext, 'pair' | 'store'>,
  system: System,
  found: ReadonlyMap<S, Candidates>,
  isLinked: (ref: RecordRef) => boolean,
  isBlocked: (seeker: S) => boolean = () => false,
): Promise<ReadonlyMap<S, MatchVerdict>> => {
  const plain = [...found].map(([seeker, candidates]) => ({
    seeker,
    candidates,
    verdict: decideMatch(candidates, isLinked),
  }));
  const somebody = plain
    .filter(({ seeker, verdict }) => verdict.kind !== 'none' || isBlocked(seeker))
    .map(({ seeker }) => seeker.record.ref.id);
  const decided = somebody.length === 0 ? new Map() : await store.decidedNew(pair.name, system, somebody);
  return new Map(
    plain.map(({ seeker, candidates, verdict }): [S, MatchVerdict] => {
      const ruledOut = decided.get(seeker.record.ref.id);
      if (ruledOut === undefined) return [seeker, verdict];
      if (verdict.kind === 'none') return [seeker, { ...verdict, decided: true, ruledOut }];
      return [
        seeker,
        isOverruled(verdict, ruledOut) ? decideNew(pair, system, candidates, isLinked, ruledOut) : verdict,
      ];
    }),
  );
};
