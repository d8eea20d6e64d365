import type { WorkClass } from '../model/budget.ts';
import type { RecordSnapshot } from '../model/record.ts';
import { systems } from '../model/system.ts';
import type { Draft } from './draft.ts';
import type { EngineContext } from './engine.ts';
import {
  consentWrites,
  isAskedForConsent,
  isTold,
  isToldAlone,
  marksForOthers,
  readFollowers,
} from './follower-consent.ts';
import { formOfRecord } from './forms.ts';
import { stillRefused } from './known-refusal.ts';
import { latchesOf, saysAnything } from './latch.ts';
import type { Looked } from './linked.ts';
import { findByKey, findNaming } from './lookup.ts';
import { type Candidates, matchKeysOf } from './match.ts';
import { withoutParked } from './plan.ts';
import { makeJob, type SendJob } from './send.ts';

/*
 * Twins: records of which nobody has said yet whose they are, and which may be the same person's by their match key or identity field. They
 * are never linked by themselves, and no field flows, but an opt-out of one is an opt-out of all: mail to somebody who took their
 * consent back is worse than mail that a namesake does not get. A person's word that they are somebody else ends it.
 */

type Records = readonly RecordSnapshot[];

const unique = (records: Records): Records => [
  ...new Map(records.map((record) => [`${record.ref.system} ${record.ref.id}`, record])).values(),
];

/** Whom a question about a record is about, less those that are deleted. Converted leads are left out: they can say nothing more. */
const candidatesOf = ({ named, naming, converted, native = [], matching, twins }: Candidates): Records =>
  unique([
    ...(named ? [named] : []),
    ...naming,
    ...converted.flatMap(({ contact }) => contact ?? []),
    ...native,
    ...matching,
    ...twins,
  ]).filter(({ deleted }) => !deleted);

/**
 * What a record under review gets: what any candidate says yes to; and it asks for a look at the candidates that lack what it says itself,
 * each by its own unit. Nothing is linked.
 */
export const consentUnderReview = (
  context: EngineContext,
  { draft, record }: { readonly draft: Draft; readonly record: RecordSnapshot },
  found: Candidates,
): readonly SendJob[] => {
  const { pair, mappingHash } = context;
  const { system } = record.ref;
  const others = candidatesOf(found);
  if (!isToldAlone(draft)) {
    draft.marks.push(...marksForOthers(pair, others, [record]));
  }
  const wanted = consentWrites(pair, record, others);
  const { writes, still } = withoutParked(mappingHash, system, wanted, stillRefused(draft.unit));
  // Nothing but consent is ever written to a record without link: what is parked on the other side is the create's.
  draft.stillParked = draft.unit.parked.filter((row) => row.system !== system || still.includes(row));
  if (writes.length === 0) return [];
  return [makeJob(context, draft, 'update', record.ref, record.ref, writes, record.readAt, null)];
};

interface Twins {
  readonly of: ReadonlyMap<Looked, Records>;
  /** Everything that was found in looking for them, the links' own records among it. */
  readonly shown: Records;
}

/** The live records of Salesforce that may be these links' persons too and that nobody else has, by look. HubSpot has one contact an address. */
const twinsOf = async (
  context: EngineContext,
  looked: readonly Looked[],
  workClass: WorkClass,
): Promise<Twins> => {
  if (looked.length === 0) return { of: new Map(), shown: [] };
  const { pair, store } = context;
  const keysOf = ({ snapshots }: Looked): readonly string[] =>
    systems.flatMap((system) => matchKeysOf(formOfRecord(pair, snapshots[system].ref), snapshots[system]));
  const keys = looked.flatMap(keysOf);
  const [naming, ...matching] = await Promise.all([
    findNaming(
      context,
      'salesforce',
      looked.map(({ link }) => link.ids.hubspot),
      workClass,
    ),
    ...pair.match.map((_, rule) => findByKey(context, 'salesforce', rule, keys, workClass)),
  ]);
  const found = new Map(
    looked.map((look): [Looked, Records] => {
      const records = [
        ...(naming.get(look.link.ids.hubspot.toLowerCase()) ?? []),
        ...keysOf(look).flatMap((key) => matching.flatMap((index) => index.get(key.toLowerCase()) ?? [])),
      ];
      return [look, unique(records).filter(({ deleted }) => !deleted)];
    }),
  );
  const ids = [...found.values()].flat().map(({ ref }) => ref.id);
  const links = await store.linksOf(pair.name, 'salesforce', ids);
  const strangers = await store.decidedNew(pair.name, 'salesforce', ids);
  const isTwin = ({ ref }: RecordSnapshot): boolean =>
    links.get(ref.id)?.ended !== null && !strangers.has(ref.id);
  return {
    of: new Map([...found].map(([look, records]) => [look, records.filter(isTwin)])),
    shown: [...found.values()].flat(),
  };
};

/**
 * Whether records beside the link's own two may have to say or hear something: only then are they read. What is parked may be what one of
 * them has said.
 */
const concernsOthers = ({ pair }: EngineContext, { draft }: Looked): boolean =>
  isAskedForConsent(draft) ||
  draft.unit.parked.some(({ field }) => field === null || latchesOf(pair).some(({ name }) => name === field));

/**
 * The other records of each link's person, as far as they have to say or hear something of consent, by look: its followers, and its twins. Twins are looked for
 * where somebody has said yes, or may have; what that search shows of the links' own records is younger than their reads.
 */
export const othersOfPersons = async (
  context: EngineContext,
  looked: readonly Looked[],
  workClass: WorkClass,
): Promise<Twins> => {
  const { pair } = context;
  if (latchesOf(pair).length === 0) return { of: new Map(), shown: [] };
  const isBegun = ({ draft }: Looked): boolean => draft.key !== draft.unit.key;
  const asked = looked.filter((look) => concernsOthers(context, look));
  const following = looked.filter(
    (look) => (look.link.followers ?? []).length > 0 && (isBegun(look) || asked.includes(look)),
  );
  const followers =
    following.length === 0
      ? new Map<string, Records>()
      : await readFollowers(
          context,
          following.map(({ link }) => link),
          workClass,
        );
  const followersOf = ({ link }: Looked): Records => followers.get(link.id) ?? [];
  const saysAny = (look: Looked): boolean =>
    saysAnything(pair, [...systems.map((system) => look.snapshots[system]), ...followersOf(look)]);
  const searching = asked.filter(
    (look) => saysAny(look) || isTold(look.draft) || look.draft.unit.parked.length > 0,
  );
  const twins = await twinsOf(context, searching, workClass);
  const of = new Map(looked.map((look) => [look, [...followersOf(look), ...(twins.of.get(look) ?? [])]]));
  return { of, shown: twins.shown };
};
