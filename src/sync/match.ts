import { listedIn } from '../model/additional-keys.ts';
import type { MatchRule, PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { RecordRef, System } from '../model/system.ts';
import type { RawValue } from '../model/value.ts';

/** A lead that was converted. */
export interface FormerLead {
  /** What is to be looked at: the lead, or the contact whose create made it and has no known outcome yet. */
  readonly ref: RecordRef;
  /** Its link lives, or is about to begin, and goes to the contact next; else it ended before. */
  readonly isLinked: boolean;
}

/** What the lookups of an unlinked record found, live and deleted ones. */
export interface Candidates {
  /** The record that the own identity field names, if it was found. */
  readonly named: RecordSnapshot | null;
  /** Records on the other side whose identity field names this record. */
  readonly naming: readonly RecordSnapshot[];
  /**
   * Converted leads whose identity field names this record, which nothing can change any more, and what became of each: its contact, null where
   * that is not shown.
   */
  readonly converted: readonly { readonly lead: RecordRef; readonly contact: RecordSnapshot | null }[];
  /** Records on the other side with the same match key. */
  readonly matching: readonly RecordSnapshot[];
  /** Other records on this record's own side with the same match key. */
  readonly twins: readonly RecordSnapshot[];
  /** Leads that became this contact, and that have a link, or had one. */
  readonly formerly: readonly FormerLead[];
  /** Records on the other side that HubSpot's own integration had this one with, by the id that it left in HubSpot. */
  readonly native?: readonly RecordSnapshot[];
  /** Ids of those among `native` and `matching` that such an id gives to another record than this one. */
  readonly claimed?: readonly string[];
  /** The stamp at which the lookup of twins showed the record itself; 0 where it did not. */
  readonly shownAt: number;
}

/** The records that a lookup showed. */
export const shownIn = ({
  named,
  naming,
  native = [],
  matching,
  twins,
}: Candidates): readonly RecordSnapshot[] => [
  ...(named ? [named] : []),
  ...naming,
  ...native,
  ...matching,
  ...twins,
];

export type MatchVerdict =
  | {
      readonly kind: 'link';
      readonly other: RecordSnapshot;
      readonly how: 'identity' | 'native-id' | 'match-key';
    }
  /**
   * Nobody; `decided`: by a person's word, whoever else there is, `ruledOut` those of whom they said that it is not. `asConverted`: a converted lead holds the record's id, so that it can only be
   * created as what converted ones are.
   */
  | {
      readonly kind: 'none';
      readonly decided?: boolean;
      readonly ruledOut?: readonly RecordRef[];
      readonly asConverted?: boolean;
    }
  /** A question; `decided`: asked although a person has said that it is nobody of the candidates, since they are in the way. */
  | {
      readonly kind: 'review';
      readonly cause: string;
      readonly candidates: readonly RecordRef[];
      readonly decided?: boolean;
    };

const review = (cause: string, records: readonly RecordSnapshot[]): MatchVerdict => ({
  kind: 'review',
  cause,
  candidates: records.map((record) => record.ref),
});

/** What match keys are read from. */
type Keyed = Pick<RecordSnapshot, 'ref' | 'fields'>;

const keyOf = ({ codecs }: MatchRule, { ref }: Keyed, raw: RawValue): readonly string[] => {
  const value = codecs[ref.system].decode(raw);
  return value.kind === 'value' ? [value.key] : [];
};

/** API fields of one side in which match keys are. */
export const matchFieldsOf = ({ match }: Pick<PairMapping, 'match'>, system: System): readonly string[] =>
  match.flatMap(({ fields, more }) => [fields[system], ...(more?.[system] ? [more[system]] : [])]);

/** The same without those of further addresses and domains. */
export const primaryFieldsOf = ({ match }: Pick<PairMapping, 'match'>, system: System): readonly string[] =>
  match.map(({ fields }) => fields[system]);

/** The match keys of a record's own fields, one per rule that finds a valid value, in a form that both sides share. */
export const primaryKeysOf = ({ match }: Pick<PairMapping, 'match'>, record: Keyed): readonly string[] =>
  match.flatMap((rule) => keyOf(rule, record, record.fields[rule.fields[record.ref.system]] ?? null));

/** All match keys of a record: those of its own fields, and after them those of its further addresses or domains. */
export const matchKeysOf = (pair: Pick<PairMapping, 'match'>, record: Keyed): readonly string[] => {
  const more = pair.match.flatMap((rule) => {
    const field = rule.more?.[record.ref.system];
    const listed = field === undefined ? [] : listedIn(record.fields[field]);
    return listed.flatMap((text) => keyOf(rule, record, text));
  });
  return [...new Set([...primaryKeysOf(pair, record), ...more])];
};

/**
 * What the ids say that HubSpot's own integration left: an explicit link, which comes before any match key. Null where they name nobody, or only
 * who was deleted while somebody lives who has the match key.
 */
const byNativeId = (
  { native = [], claimed = [], matching }: Candidates,
  isLinked: (ref: RecordRef) => boolean,
): MatchVerdict | null => {
  const live = native.filter((record) => !record.deleted);
  const [only] = live;
  if (!only) {
    const isGone = native.length > 0 && matching.every((record) => record.deleted);
    return isGone ? review("what HubSpot's own integration had it with was deleted", native) : null;
  }
  if (live.length > 1 || claimed.includes(only.ref.id))
    return review("the ids of HubSpot's own integration name several records", live);
  if (isLinked(only.ref))
    return review("what HubSpot's own integration had it with is linked elsewhere", live);
  return { kind: 'link', other: only, how: 'native-id' };
};

/**
 * Finds the counterpart of a record that has no link: the identity field first, then the ids of HubSpot's own integration, then the match keys. More than one candidate, or
 * one that is linked elsewhere or deleted, is never guessed: it becomes a review.
 */
export const decideMatch = (candidates: Candidates, isLinked: (ref: RecordRef) => boolean): MatchVerdict => {
  const contacts = candidates.converted.flatMap(({ contact }) => contact ?? []);
  const naming = new Map([...candidates.naming, ...contacts].map((record) => [record.ref.id, record]));
  const byIdentity = candidates.named ? [candidates.named] : [...naming.values()];
  if (byIdentity.length > 1)
    return review('several records name this one in their identity field', byIdentity);
  const [identified] = byIdentity;
  if (identified) {
    if (identified.deleted) return review('its counterpart was deleted', byIdentity);
    if (isLinked(identified.ref)) {
      return review('the record in the identity field is linked elsewhere', byIdentity);
    }
    return { kind: 'link', other: identified, how: 'identity' };
  }
  if (candidates.converted.length > 0) {
    const leads = candidates.converted.map(({ lead }) => lead);
    return { kind: 'review', cause: 'it was converted, and its contact is not shown', candidates: leads };
  }
  const native = byNativeId(candidates, isLinked);
  if (native) return native;
  const live = candidates.matching.filter((record) => !record.deleted);
  const twins = candidates.twins.filter((record) => !record.deleted);
  if (twins.length > 0) return review('several records have the same match key', [...twins, ...live]);
  if (live.length > 1) return review('several candidates have the same match key', live);
  const [only] = live;
  if (!only && candidates.formerly.length > 0) {
    const cause = 'the lead that it was lost its counterpart before it was converted';
    return { kind: 'review', cause, candidates: candidates.formerly.map(({ ref }) => ref) };
  }
  if (!only) return { kind: 'none' };
  if (isLinked(only.ref)) return review('the only candidate is linked elsewhere', live);
  if (candidates.claimed?.includes(only.ref.id)) {
    return review("HubSpot's own integration had the only candidate with another record", live);
  }
  return { kind: 'link', other: only, how: 'match-key' };
};
