import { policiesOf } from '../model/life-events.ts';
import { formsOf, type PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { Follower, Link } from '../model/state.ts';
import { otherSystem, type RecordRef, type System, systemLabel } from '../model/system.ts';

/** Whether values show a lead that was converted: it can be read, and not written any more. */
export const isConverted = (
  pair: PairMapping,
  { ref, fields }: Pick<RecordSnapshot, 'ref' | 'fields'>,
): boolean =>
  pair.conversion !== undefined &&
  ref.system === 'salesforce' &&
  ref.type === pair.types.salesforce &&
  fields[pair.conversion.flag] === true;

/** Whether a box is ticked that says that the person is to be erased. */
export const isFlagged = (
  pair: PairMapping,
  { ref, fields }: Pick<RecordSnapshot, 'ref' | 'fields'>,
): boolean => {
  const flag = policiesOf(pair).erasure.flag[ref.system];
  return flag !== undefined && (fields[flag] === true || fields[flag] === 'true');
};

/** The causes of tombstones that their own record's return takes back. */
export const deletedIn = (system: System): string => `deleted in ${systemLabel[system]}`;

/** Why a link ended whose record was erased for privacy there: nothing but a person's word takes it back. */
export const erasedIn = (system: System): string => `erased in ${systemLabel[system]}`;

/** Why a link ended whose person was erased at somebody's word. */
export const erasedByHand = 'erased by hand';

/** How the causes of erasures begin. */
export const erasedPrefix = 'erased ';

/** Whether nothing is kept of the link's person any more. */
export const isErased = (link: Link | undefined): boolean =>
  link?.ended?.cause.startsWith(erasedPrefix) ?? false;

/** The cause of a look that a person's answer to a question asks for. */
export const decidedCause = 'decided by hand';

const byHand = /\bby hand\b/;

/** Whether a cause is a person's command: 'sync by hand', 'decided by hand: somebody new'. */
export const isByHand = (cause: string): boolean => byHand.test(cause);

/** What a person said of a tombstone: its records are looked at as if they had never been linked. */
export const liftedCause = 'lifted by hand';

/** Whether the return of this record takes the tombstone back. */
export const canRevive = (link: Link, { system, id }: RecordRef): boolean =>
  link.ended?.cause === deletedIn(system) && link.ids[system] === id;

/** A tombstone that blocks nothing any more. */
export const isLifted = (link: Link): boolean => link.ended?.cause === liftedCause;

/** This record as a follower of the link; null where it is one of its two own records. */
export const followerIn = (link: Link, { system, id }: RecordRef): Follower | null =>
  system === 'salesforce' && link.ids.salesforce !== id
    ? ((link.followers ?? []).find((follower) => follower.id === id) ?? null)
    : null;

/** What the identity field of a linked record says: the other record's id, and behind it the number of a follower. */
export const identityValue = (link: Link, ref: RecordRef): string => {
  const follower = followerIn(link, ref);
  const own = link.ids[otherSystem(ref.system)];
  return follower ? `${own}.${follower.number}` : own;
};

/** The next free number of a link's followers; the primary record is the first. */
export const nextNumber = (link: Pick<Link, 'followers'>): number =>
  Math.max(1, ...(link.followers ?? []).map(({ number }) => number)) + 1;

/** Whether a record of this type stands before one of that as a link's primary: a contact before a lead. */
export const outranks = (pair: PairMapping, type: string, other: string): boolean => {
  const order = formsOf(pair).map(({ types }) => types.salesforce);
  return order.indexOf(type) > order.indexOf(other);
};
