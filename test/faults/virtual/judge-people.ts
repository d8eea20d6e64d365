import { linksOf, liveLinksOf, type PeopleCase } from './case.ts';
import { lookToCreateMs, placesByKey } from './judge.ts';

/** Whether a record is or was in a link, be it as a follower. */
const isKnown = (found: PeopleCase, id: string): boolean =>
  linksOf(found).some(
    ({ ids, followers = [] }) => ids.salesforce === id || followers.some((follower) => follower.id === id),
  );

/**
 * People whose record was merged away by a person and whom the worker entered there again. Whoever was removed or is entered anew as well
 * is a matter of those; and where no worker ever knew the record, nothing tells of it: Salesforce keeps the survivor's address alone.
 */
export const reenteredOf = (found: PeopleCase): readonly string[] => {
  const places = placesByKey(found);
  const { merged, removed, made } = found.persons;
  return merged.flatMap(({ system, emails, ids: [, victim], at }) => {
    const isVictimUnknown =
      system === 'salesforce' && made.has(`${system}:${victim}`) && !isKnown(found, victim);
    if (removed.some(({ key }) => emails.includes(key))) return [];
    const isEnteredAnew = (email: string): boolean =>
      (places.get(email) ?? []).some(
        (place) => place.system !== system && made.has(`${place.system}:${place.id}`) && place.createdAt > at,
      );
    const named = isVictimUnknown ? emails.slice(0, 1) : emails;
    return named.flatMap((email) =>
      (isEnteredAnew(email) ? [] : (places.get(email) ?? []))
        .filter((place) => place.system === system && !made.has(`${system}:${place.id}`))
        .filter(({ createdAt }) => createdAt > at + lookToCreateMs)
        .map(({ id }) => `${email}: merged in ${system} by a person, and entered there again as ${id}`),
    );
  });
};

/** Leads that were converted, and whose person the engine goes on aligning with the lead, or with nobody. */
export const strandedOf = (found: PeopleCase): readonly string[] => {
  const { records, persons, store } = found;
  const live = liveLinksOf(found);
  const left = live.filter(({ ids }) => records.isConverted(ids.salesforce));
  const parked = [...store.state.parked.values()].filter(({ ref }) => records.isConverted(ref.id));
  const alone = persons.converted.filter(
    ({ contact, email }) =>
      !persons.odd.has(email) &&
      records.salesforce.get(contact)?.deleted === false &&
      !live.some(({ ids }) => ids.salesforce === contact),
  );
  return [
    ...left.map(({ ids }) => `${ids.hubspot} is linked with the converted lead ${ids.salesforce}`),
    ...parked.map(({ ref, failure }) => `${failure.code} stands at the converted lead ${ref.id}`),
    ...alone.map(({ lead, contact }) => `${contact}, which the lead ${lead} became, is not linked`),
  ];
};

/** By then a record that was entered is linked and settled, in quiet weather. */
const settledMs = 60_000;

/**
 * A name that a person emptied in HubSpot, where Salesforce keeps its own: nobody may fill it again but a person. The two sides differ
 * at rest, so an engine with one base for both takes the difference for a change.
 */
export const refilledOf = ({ records, persons, pair }: PeopleCase): readonly string[] => {
  const { hubspot: contacts, salesforce: leads } = records;
  const edits = persons.edits.map((edit) => ({ ...edit, ...records.placeOf(edit) }));
  return pair.fields
    .filter(({ name }) => name === 'lastname' || name === 'company')
    .flatMap(({ fields }) => {
      const ofContact = (id: string) =>
        edits.filter((edit) => edit.id === id && edit.apiField === fields.hubspot);
      // What a merge left empty is as the contact had it that was kept, and that may never have had anything.
      const lastTypedInto = (id: string): (typeof edits)[number] | undefined => {
        const last = ofContact(id).at(-1);
        const merge = persons.merged.find(({ survivor }) => survivor === id);
        return last?.inherited && merge ? lastTypedInto(merge.ids[0]) : last;
      };
      return [...contacts].flatMap(([id, contact]) => {
        const last = lastTypedInto(id);
        const madeAt = Date.parse(String(contact.fields.createdate));
        if (contact.deleted || last?.value !== null || last.at - madeAt < settledMs) return [];
        const [leadId] = [...leads].find(([, lead]) => lead.fields.HubSpot_Id__c === id) ?? [];
        const isTypedThere = edits.some(
          (edit) =>
            edit.id === leadId && edit.apiField === fields.salesforce && edit.at > last.at - settledMs,
        );
        const now = contact.fields[fields.hubspot] ?? '';
        return leadId === undefined || isTypedThere || now === ''
          ? []
          : [`${fields.hubspot} of ${id} was emptied by a person and filled again`];
      });
    });
};
