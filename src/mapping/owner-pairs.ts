import { formsOf, ownerReference, type PairMapping } from '../model/mapping.ts';
import type { Owner } from '../model/owner.ts';
import type { Sides } from '../model/system.ts';
import { longId } from './codecs/reference.ts';

/** A row of the admin's table: an owner of HubSpot, and the user or queue of Salesforce that is meant. */
export interface NamedOwner {
  readonly owner: string;
  readonly counterpart: string;
  /** The mapping and the line where it stands. */
  readonly pair: PairMapping;
  readonly line: number;
}

/** The admin's own words on who is who, of all mappings: they are one table, in whichever file a row stands. */
export const namedOwners = (pairs: readonly PairMapping[]): readonly NamedOwner[] =>
  pairs.flatMap((pair) =>
    pair.fields.flatMap(({ reference, line }) =>
      reference?.of === ownerReference
        ? Object.entries(reference.values).map(([owner, counterpart]) => {
            const at = reference.lines?.[owner] ?? line;
            return { owner, counterpart, pair, line: at };
          })
        : [],
    ),
  );

/** The objects of Salesforce whose owners the mappings carry, by API name. */
export const ownedTypes = (pairs: readonly PairMapping[]): readonly string[] => [
  ...new Set(
    pairs
      .flatMap(formsOf)
      .filter(({ fields }) => fields.some(({ reference }) => reference?.of === ownerReference))
      .map(({ types }) => types.salesforce),
  ),
];

/** Whether any mapping carries owners, so that they have to be known. */
export const refersToOwners = (pairs: readonly PairMapping[]): boolean => ownedTypes(pairs).length > 0;

/** Whether a word of the table means this one. */
export const isNamed = (owner: Owner, word: string): boolean =>
  owner.id === word ||
  owner.id === longId(word) ||
  owner.email === word.trim().toLowerCase() ||
  (owner.kind === 'queue' && owner.name === word);

/** Whether somebody can own records of this object; a queue can those of its own objects alone. */
export const canOwn = ({ owns }: Owner, type: string): boolean => owns === null || owns.includes(type);

/** The word in the table for Salesforce users and queues that stand for nobody. */
export const nobody = 'nobody';

/** The words behind `nobody`. */
export const nobodiesIn = (counterpart: string): readonly string[] =>
  counterpart
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** Who is who among the owners of one object. */
export interface OwnerPairs {
  /** Of two Salesforce users of one owner the one by which the owner is known: their user; the queue where they have none. */
  readonly pairs: readonly Sides<string>[];
  /** Salesforce ids that are read as another: a queue as its owner's user, so that a lead's owner is who they are once it is a contact. */
  readonly followers: readonly { readonly id: string; readonly primary: string }[];
  /** Users in whose place a queue is written. */
  readonly written: readonly { readonly key: string; readonly id: string }[];
  /** Salesforce ids of those who count as nobody: a blank in HubSpot. */
  readonly nobodies: readonly string[];
}

/** The one that is meant; nobody where several are. */
const only = (owners: readonly Owner[]): Owner | undefined => (owners.length === 1 ? owners[0] : undefined);

/** What the table says: the user of an owner, and the queue. The later row of two of a kind counts; `check` refuses them. */
const fromTable = (
  { hubspot, salesforce }: Sides<readonly Owner[]>,
  named: readonly Pick<NamedOwner, 'owner' | 'counterpart'>[],
): { readonly users: Map<string, string>; readonly queues: Map<string, Owner> } => {
  const users = new Map<string, string>();
  const queues = new Map<string, Owner>();
  for (const { owner, counterpart } of named) {
    if (owner === nobody) continue;
    const here = only(hubspot.filter((each) => isNamed(each, owner)));
    const there = only(salesforce.filter((each) => isNamed(each, counterpart)));
    if (here === undefined || there === undefined) continue;
    if (there.kind === 'queue') queues.set(here.id, there);
    else users.set(here.id, there.id);
  }
  return { users, queues };
};

/** The users of all owners, by the table or by email. One to one: who is named in the table has no other owner. */
const userPairs = (
  { hubspot, salesforce }: Sides<readonly Owner[]>,
  named: ReadonlyMap<string, string>,
  nobodies: readonly string[],
): ReadonlyMap<string, string> => {
  const users = new Map(named);
  const taken = new Set([...named.values(), ...nobodies]);
  for (const { id, email } of hubspot) {
    if (users.has(id) || email === null) continue;
    if (!only(hubspot.filter((owner) => owner.email === email))) continue;
    const there = only(salesforce.filter((owner) => owner.kind === 'user' && owner.email === email));
    if (there && !taken.has(there.id)) users.set(id, there.id);
  }
  return users;
};

/** The queues that own records of this object in the place of somebody. One that several owners share is known by itself: it is none of their users. */
const withQueues = (
  users: ReadonlyMap<string, string>,
  queues: ReadonlyMap<string, Owner>,
  type: string,
): Omit<OwnerPairs, 'nobodies'> => {
  const owning = new Map([...queues].filter(([, queue]) => canOwn(queue, type)));
  const pairs = new Map(users);
  const followers: { id: string; primary: string }[] = [];
  const written: { key: string; id: string }[] = [];
  for (const [owner, { id: queue }] of owning) {
    const user = users.get(owner);
    const isShared = [...owning.values()].filter(({ id }) => id === queue).length > 1;
    if (user !== undefined && !isShared) {
      followers.push({ id: queue, primary: user });
      written.push({ key: user, id: queue });
      continue;
    }
    pairs.set(owner, queue);
    if (user !== undefined) followers.push({ id: user, primary: queue });
  }
  return {
    pairs: [...pairs].map(([hubspot, salesforce]) => ({ hubspot, salesforce })),
    followers,
    written,
  };
};

/**
 * Who is who among those who can own records of an object of Salesforce: as the admin's table says it, the others by email. A queue is its
 * owner's counterpart where it can own such records; their user is theirs as well, and alone everywhere else. Who has left, is inactive or
 * shares an address with another is nobody's counterpart: records are never given to one by chance.
 *
 * Nobody is who the table says, Tandem's own user and every queue, unless they have a counterpart: what they own is still to be given to somebody.
 */
export const pairOwners = (
  owners: Sides<readonly Owner[]>,
  named: readonly Pick<NamedOwner, 'owner' | 'counterpart'>[],
  type: string,
): OwnerPairs => {
  const active = {
    hubspot: owners.hubspot.filter(({ active }) => active),
    salesforce: owners.salesforce.filter(({ active }) => active),
  };
  const nobodies: string[] = named
    .filter(({ owner }) => owner === nobody)
    .flatMap(({ counterpart }) => nobodiesIn(counterpart))
    .flatMap((word) => owners.salesforce.filter((owner) => isNamed(owner, word)))
    .map(({ id }) => id);
  const table = fromTable(active, named);
  const known = withQueues(userPairs(active, table.users, nobodies), table.queues, type);
  const somebody = new Set([
    ...known.pairs.map(({ salesforce }) => salesforce),
    ...known.followers.map(({ id }) => id),
  ]);
  nobodies.push(
    ...owners.salesforce
      .filter(({ id, kind, isTandem }) => (kind === 'queue' || isTandem === true) && !somebody.has(id))
      .map(({ id }) => id),
  );
  return { ...known, nobodies };
};
