import { ownerReference, type PairMapping } from '../model/mapping.ts';
import type { Owner } from '../model/owner.ts';
import type { Sides } from '../model/system.ts';
import { longId } from './codecs/reference.ts';

/** The admin's own words on who is who, of all mappings: HubSpot owner → Salesforce user or queue. */
export const namedOwners = (pairs: readonly PairMapping[]): Readonly<Record<string, string>> =>
  Object.assign(
    {},
    ...pairs.flatMap(({ fields }) =>
      fields.flatMap(({ reference }) => (reference?.of === ownerReference ? [reference.values] : [])),
    ),
  );

/** Whether any mapping carries owners, so that they have to be known. */
export const refersToOwners = (pairs: readonly PairMapping[]): boolean =>
  pairs.some(({ fields }) => fields.some(({ reference }) => reference?.of === ownerReference));

const isNamed = (owner: Owner, word: string): boolean =>
  owner.id === word ||
  owner.id === longId(word) ||
  owner.email === word.trim().toLowerCase() ||
  (owner.kind === 'queue' && owner.name === word);

/** The word in the table for Salesforce users and queues that stand for nobody, parted by commas. */
const nobody = 'nobody';

export interface OwnerPairs {
  readonly pairs: readonly Sides<string>[];
  /** Salesforce ids of those who count as nobody: a blank in HubSpot. */
  readonly nobodies: readonly string[];
}

/** The one that is meant; nobody where several are. */
const only = (owners: readonly Owner[]): Owner | undefined => (owners.length === 1 ? owners[0] : undefined);

/**
 * Who is who among those who can own records: as the admin's table says it, the others by email. One to one: who is named in the table has no
 * other counterpart. Who has left, is inactive or shares an address with another is nobody's counterpart: records are never given to one by chance.
 *
 * Nobody is who the table says, Tandem's own user and every queue, unless they have a counterpart: what they own is still to be given to somebody.
 */
export const pairOwners = (
  owners: Sides<readonly Owner[]>,
  named: Readonly<Record<string, string>>,
): OwnerPairs => {
  const hubspot = owners.hubspot.filter(({ active }) => active);
  const salesforce = owners.salesforce.filter(({ active }) => active);
  const pairs = new Map<string, string>();
  const nobodies: string[] = (named[nobody] ?? '')
    .split(',')
    .flatMap((word) => owners.salesforce.filter((owner) => isNamed(owner, word.trim())))
    .map(({ id }) => id);
  for (const [left, right] of Object.entries(named)) {
    if (left === nobody) continue;
    const here = only(hubspot.filter((owner) => isNamed(owner, left)));
    const there = only(salesforce.filter((owner) => isNamed(owner, right)));
    if (here && there) pairs.set(here.id, there.id);
  }
  const taken = new Set([...pairs.values(), ...nobodies]);
  for (const { id, email } of hubspot) {
    if (pairs.has(id) || email === null) continue;
    if (!only(hubspot.filter((owner) => owner.email === email))) continue;
    const there = only(salesforce.filter((owner) => owner.kind === 'user' && owner.email === email));
    if (there && !taken.has(there.id)) pairs.set(id, there.id);
  }
  const known = new Set(pairs.values());
  nobodies.push(
    ...owners.salesforce
      .filter(({ id, kind, isTandem }) => (kind === 'queue' || isTandem === true) && !known.has(id))
      .map(({ id }) => id),
  );
  return { pairs: [...pairs].map(([left, right]) => ({ hubspot: left, salesforce: right })), nobodies };
};
