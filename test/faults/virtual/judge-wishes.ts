import { unreachableCode } from '../../../src/model/failure.ts';
import type { Link } from '../../../src/model/state.ts';
import { systems } from '../../../src/model/system.ts';
import { type Case, liveLinksOf, type PeopleCase } from './case.ts';
import { type Refusal, refusals, type SaidNo } from './consents.ts';

const emailOf = (fields: Readonly<Record<string, unknown>> | undefined): string =>
  String(fields?.email ?? fields?.Email ?? '').toLowerCase();

/** Whether a record of a link says no. */
const saysNo = (
  { records }: PeopleCase,
  link: Link,
  what: Refusal,
  system: 'hubspot' | 'salesforce',
): boolean =>
  String(records.of(system).get(records.idOf(link.ids[system]))?.fields[refusals[what][system]]) === 'true';

/** A worker that lives asks at least so often, and hears of a refusal within so long. */
const askedMs = 20_000;
const heardMs = 45_000;

/** For how long at most a worker was there between two times without one of the pauses that the dead make. */
const presenceBetween = ({ company }: PeopleCase, from: number, to: number): number => {
  let since = from;
  let last = from;
  let longest = 0;
  for (const { at } of company.passed) {
    if (at <= from || at >= to) continue;
    if (at - last > askedMs) since = at;
    last = at;
    longest = Math.max(longest, at - since);
  }
  return longest;
};

/** Whether a person removed the record that says no before any worker was there long enough to pass that on: with it goes what it said. */
const isGoneUnheard = (found: PeopleCase, { system, id, at }: SaidNo): boolean =>
  found.persons.removed.some(
    (removed) =>
      removed.system === system && removed.id === id && presenceBetween(found, at, removed.at) < heardMs,
  );

/** People who said no on one side, whom the other still does not know of, or whom somebody's tick has brought back. */
export const unheardOf = (found: PeopleCase): readonly string[] => {
  const { records, consents } = found;
  const live = liveLinksOf(found);
  const heard = consents.said.filter((said) => !isGoneUnheard(found, said));
  return heard.flatMap(({ email, what, system: saidIn }) =>
    live
      .filter((link) =>
        systems.every((system) => {
          const record = records.of(system).get(records.idOf(link.ids[system]));
          return record?.deleted === false && emailOf(record.fields) === email;
        }),
      )
      .flatMap((link) =>
        systems
          .filter((system) => !saysNo(found, link, what, system))
          .map((system) => `${email} wants no ${what}, said so in ${saidIn}, and ${system} does not know it`),
      ),
  );
};

/** Whatever is kept of people who were erased in HubSpot, and who came back there without a person's doing. */
export const keptOf = ({ records, persons, store, erasures, toldErased }: PeopleCase): readonly string[] => {
  const { state } = store;
  const merged = new Set(persons.merged.flatMap(({ emails }) => emails));
  const tables: Readonly<Record<string, unknown>> = {
    links: [...state.links.values()],
    ledger: state.ledger,
    intents: [...state.intents.values()],
    parked: [...state.parked.values()],
    reviews: [...state.reviews.values()],
    dirty: [...state.dirty.values()],
    'match keys': [...state.keyLocks.keys()],
  };
  return erasures.erased.flatMap(({ email, id, at, values }) => {
    const link = [...state.links.values()].find(({ ids }) => ids.hubspot === id);
    // Whose erasure nothing proves waits, unreachable: a portal in which nobody else is linked may be another one.
    const waits = [...state.parked.values()].some(
      (row) => row.failure.code === unreachableCode && row.unit === `link:${link?.id}`,
    );
    // Where nobody told, whose link had ended for another reason is found by the presence sweep alone, and who is linked only once the record that
    // is left is worked on, or by that sweep (docs/decisions/0075).
    const isTouched = persons.edits.some(
      (edit) => edit.at > at && records.idOf(edit.id) === records.idOf(link?.ids.salesforce ?? ''),
    );
    const isEndedOtherwise = (link?.ended ?? null) !== null && !link?.ended?.cause.startsWith('erased');
    const isUntold = !toldErased.has(id) && link !== undefined && (isEndedOtherwise || !isTouched);
    const kept =
      waits || isUntold || merged.has(email)
        ? []
        : Object.entries(tables).flatMap(([name, rows]) => {
            const text = JSON.stringify(rows);
            const found = [...values, email].filter((value) => text.includes(JSON.stringify(value)));
            return found.length === 0 ? [] : [`${email} was erased, and ${name} keep ${found.join(', ')}`];
          });
    const back = [...records.hubspot].filter(
      ([contact, { fields, deleted }]) =>
        !deleted &&
        emailOf(fields) === email &&
        !persons.made.has(`hubspot:${contact}`) &&
        Date.parse(String(fields.createdate)) > at,
    );
    return [...kept, ...back.map(([contact]) => `${email} was erased, and entered again as ${contact}`)];
  });
};

/** Questions about records that are in a link by now, and refusals that stand at a link that has ended. */
export const leftoverOf = (found: Case): readonly string[] => {
  const { state } = found.store;
  const live = liveLinksOf(found);
  const isLinked = (unit: string): boolean =>
    live.some((link) =>
      systems.some((system) => unit.startsWith(`${system}:`) && unit.endsWith(`/${link.ids[system]}`)),
    );
  const isOwn = ({ pair }: { readonly pair: string }): boolean => pair === found.pair.name;
  const hasEnded = (unit: string): boolean => {
    const link = state.links.get(unit.replace(/^link:/, ''));
    return link !== undefined && link.ended !== null;
  };
  return [
    ...[...state.reviews.values()]
      .filter((row) => isOwn(row) && isLinked(row.unit))
      .map(({ unit, cause }) => `still asked of ${unit}: ${cause}`),
    ...[...state.parked.values()]
      .filter((row) => isOwn(row) && (isLinked(row.unit) || hasEnded(row.unit)))
      .map(({ unit, failure }) => `still parked at ${unit}: ${failure.code}`),
  ];
};
