import type { Link } from '../model/state.ts';
import type { RecordRef } from '../model/system.ts';
import { mergedContactsOf } from './becoming.ts';
import type { EngineContext } from './engine.ts';
import { refOfLink } from './forms.ts';
import type { Found } from './found.ts';

const isSame = (a: RecordRef, b: RecordRef): boolean => a.id === b.id && a.type === b.type;

/**
 * The links that followers were in before a merge in HubSpot made their contact one with that of the link they follow: what was settled
 * there is as true of the survivor as where the link itself goes there, and the same merge ends alike whichever link is looked at first.
 * None for a follower that was never a link's primary record.
 */
export const formerLinks = async (
  { pair, store }: EngineContext,
  followers: ReadonlyMap<Found, RecordRef>,
): Promise<ReadonlyMap<Found, Link>> => {
  const mergedOf = ({ found: { hubspot } }: Found): readonly string[] =>
    hubspot ? mergedContactsOf(hubspot) : [];
  const ids = [...followers.keys()].flatMap(mergedOf);
  if (ids.length === 0) return new Map();
  const links = await store.linksOf(pair.name, 'hubspot', ids);
  return new Map(
    [...followers].flatMap(([each, ref]): [Found, Link][] => {
      const own = mergedOf(each).flatMap((id) => links.get(id) ?? []);
      const former = own.find((link) => link.ended && isSame(refOfLink(pair, link, 'salesforce'), ref));
      return former ? [[each, former]] : [];
    }),
  );
};
