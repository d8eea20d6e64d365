import type { Link } from '../../../src/model/state.ts';
import { otherSystem, type System } from '../../../src/model/system.ts';
import { type DealCase, liveLinksOf } from './case.ts';
import type { Part } from './deal-parts.ts';
import { lookToCreateMs } from './judge.ts';
import { presentEmail } from './persons.ts';

/** The links of people who can take part in deals on both sides: contacts in both, and both there. */
const partakersOf = ({ company, store, persons }: DealCase): readonly Link[] => {
  const isThere = (system: System, type: string, id: string): boolean =>
    company
      .records(system, type)
      .some(
        (record) =>
          String(record[system === 'hubspot' ? 'id' : 'Id']) === id &&
          record.archived !== true &&
          record.IsDeleted !== true &&
          !persons.odd.has(
            presentEmail(
              ((record.properties ?? record) as Readonly<Record<string, unknown>>)[
                system === 'hubspot' ? 'email' : 'Email'
              ],
            ),
          ),
      );
  return [...store.state.links.values()].filter(
    ({ pair, ended, ids }) =>
      pair === 'people' &&
      ended === null &&
      isThere('hubspot', 'contacts', ids.hubspot) &&
      isThere('salesforce', 'Contact', ids.salesforce),
  );
};

/** The deals of which both records are there. */
const wholeDealsOf = (found: DealCase): readonly Link[] =>
  liveLinksOf(found).filter(({ ids }) =>
    (['hubspot', 'salesforce'] as const).every(
      (system) => found.records.of(system).get(ids[system])?.deleted === false,
    ),
  );

/** Who takes part in a deal on one side and not on the other. */
export const partsUnlikeOf = async (found: DealCase): Promise<readonly string[]> => {
  const people = partakersOf(found);
  const wrong: string[] = [];
  for (const { ids } of wholeDealsOf(found)) {
    const [there, here] = [
      await found.deals.parts.of('hubspot', ids.hubspot),
      await found.deals.parts.of('salesforce', ids.salesforce),
    ];
    for (const person of people) {
      const [inHubspot, inSalesforce] = [
        there.includes(person.ids.hubspot),
        here.includes(person.ids.salesforce),
      ];
      if (inHubspot === inSalesforce) continue;
      wrong.push(
        `${person.ids.hubspot}/${person.ids.salesforce} takes part in ${ids.hubspot}/${ids.salesforce} in ${inHubspot ? 'hubspot' : 'salesforce'} alone`,
      );
    }
  }
  return wrong;
};

/** People whom the worker made take part once more where they did already. */
export const engagedTwiceOf = (found: DealCase): readonly string[] =>
  wholeDealsOf(found).flatMap(({ ids }) => {
    const roles = found.deals.parts.rolesOf(ids.salesforce).map(({ Id, ContactId, CreatedDate }) => ({
      ...{ person: String(ContactId), madeAt: found.deals.parts.made.get(String(Id)) },
      createdAt: Date.parse(String(CreatedDate)),
    }));
    return [...new Set(roles.map(({ person }) => person))].flatMap((person) => {
      const own = roles.filter((role) => role.person === person);
      const workers = own.filter(({ madeAt }) => madeAt === undefined);
      // Between its look and its write somebody may have come in by hand.
      const isLate = own.some(
        ({ madeAt }) =>
          madeAt !== undefined && workers.some(({ createdAt }) => createdAt - madeAt > lookToCreateMs),
      );
      return workers.length > 1 || isLate
        ? [`${person} takes part ${own.length} times in ${ids.salesforce}`]
        : [];
    });
  });

/** What both sides do to one person's part so close together may cross: an edit beats a removal, whichever came last. */
const crossingMs = 180_000;

/** People who were put into a deal and are not there, or were taken out and are, although nobody did otherwise since. */
export const partsLostOf = async (found: DealCase): Promise<readonly string[]> => {
  const { done: parts } = found.deals.parts;
  const deals = wholeDealsOf(found).filter(({ ids }) => {
    const fields = found.records.of('hubspot').get(ids.hubspot)?.fields;
    return fields !== undefined && !found.deals.odd.has(found.records.keyOf(fields) ?? '');
  });
  const wrong: string[] = [];
  for (const deal of deals) {
    for (const person of partakersOf(found)) {
      const own = parts.filter(
        (part) => part.deal === deal.ids[part.system] && part.person === person.ids[part.system],
      );
      const last = own.at(-1);
      if (last === undefined || isCrossed(own, last)) continue;
      const isIn = (await found.deals.parts.of(last.system, deal.ids[last.system])).includes(last.person);
      if (isIn === last.isIn) continue;
      wrong.push(
        `${last.person} was ${last.isIn ? 'put into' : 'taken out of'} ${last.deal} in ${last.system}, and that did not last`,
      );
    }
  }
  return wrong;
};

const isCrossed = (own: readonly Part[], last: Part): boolean =>
  own.some(
    (part) =>
      part.system === otherSystem(last.system) && part.isIn !== last.isIn && last.at - part.at < crossingMs,
  );
