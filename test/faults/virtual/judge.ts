import type { PairMapping } from '../../../src/model/mapping.ts';
import type { Standing } from '../../../src/model/state.ts';
import type { System } from '../../../src/model/system.ts';
import type { RawValue } from '../../../src/model/value.ts';
import { ownCodes } from '../../../src/sync/standing.ts';
import type { MemoryStore } from '../../store/memory/memory-store.ts';
import { type LedgerLine, lostEdits } from '../chaos/oracle.ts';
import { isWrite, type Passed, type VirtualCompany } from './company.ts';
import type { Lag } from './lag.ts';
import type { PeopleRecords, Place } from './people-records.ts';
import type { PersonEdit, Persons } from './persons.ts';

/** A worker's read is sure to have seen what was entered so long before its answer was counted: the way takes some milliseconds. */
const wayMs = 40;

export interface Case {
  readonly company: VirtualCompany;
  /** What both systems hold at the end. */
  readonly people: PeopleRecords;
  readonly persons: Persons;
  readonly store: MemoryStore;
  readonly pair: PairMapping;
  readonly lag: Lag;
}

/** Edits that are neither the value at the end nor accounted for in the ledger. */
export const lostOf = (found: Case): readonly string[] => {
  const { people, persons, store, pair } = found;
  const systems = { hubspot: { records: people.hubspot }, salesforce: { records: people.salesforce } };
  const edits = [...persons.edits]
    .sort((a, b) => a.at - b.at)
    .map((edit, index) => ({
      ...edit,
      ...people.placeOf(edit),
      n: index + 1,
      known: true,
      polled: true,
      replacedUnseen: isReplacedUnseen(found, edit),
    }));
  const ledger = store.state.ledger
    .filter(({ event }) => event === 'write')
    .map(
      (entry): LedgerLine => ({
        system: entry.target.system,
        record_id: people.idOf(entry.target.id),
        field: entry.field,
        from: entry.from,
        to: entry.to as RawValue,
        lost: entry.lost,
        rule: entry.rule,
      }),
    );
  const links = [...store.state.links.values()].filter(({ ended }) => ended === null);
  return lostEdits({ pair, systems, log: { edits }, links, ledger });
};

/** Whether a write was sent over the edit before any read could have shown it: between a read and its write, which no batch API closes. */
const isReplacedUnseen = ({ company, people, lag }: Case, edit: PersonEdit): boolean => {
  const places = people.placesOf(edit);
  const calls = company.passed.filter(({ system, at }) => system === edit.system && at >= edit.sentAt);
  const identity = edit.system === 'hubspot' ? 'tandem_salesforce_id' : 'HubSpot_Id__c';
  const named = people.of(edit.system).get(people.idOf(edit.id))?.fields[identity];
  const write = calls.find((call) => writesField(call, places, typeof named === 'string' ? named : null));
  if (write === undefined) return false;
  const shownStale = places.flatMap(({ id }) => lag.shownStale.get(id) ?? []);
  const showing = calls.filter(
    (call) =>
      call !== write &&
      call.at - wayMs >= edit.at &&
      call.at <= write.at &&
      places.some(
        ({ id, apiField }) =>
          call.answer.includes(id) &&
          // A history of other fields names the record, and HubSpot gives some fields unasked.
          `${call.request}${decodeURIComponent(call.path)}`.includes(apiField),
      ),
  );
  // Where it was read by id, a lookup was for somebody else: what that shows is not held against the record's own reads.
  const own = showing.some((call) => !isLookup(call)) ? showing.filter((call) => !isLookup(call)) : showing;
  // What the vendor answered, and the worker was not shown: a replica that is behind.
  return !own.some((call) => !shownStale.some((at) => at >= call.at && at - call.at <= wayMs));
};

/** Whether a call looks records up by their match key. */
const isLookup = ({ path, request }: Passed): boolean =>
  request.includes('"idProperty":"email"') || path.endsWith('/composite');

const writesField = (call: Passed, places: readonly Place[], identity: string | null): boolean => {
  const { request } = call;
  if (!isWrite(call)) return false;
  return places.some(
    ({ id, apiField }) =>
      request.includes(`"${apiField}"`) &&
      (request.includes(id) || (identity !== null && request.includes(identity))),
  );
};

/** Between the look that finds nobody and the create that follows, somebody may be entered by hand: no API closes that gap. */
const lookToCreateMs = 15_000;

interface Somewhere {
  readonly system: System;
  readonly id: string;
  /** When a person made it; null: the worker did. */
  readonly madeAt: number | null;
  readonly createdAt: number;
}

const placesByEmail = ({ people, persons }: Case): ReadonlyMap<string, readonly Somewhere[]> => {
  const places = new Map<string, Somewhere[]>();
  for (const system of ['hubspot', 'salesforce'] as const) {
    for (const [id, { fields, deleted }] of people.of(system)) {
      if (deleted) continue;
      const email = String(fields[system === 'hubspot' ? 'email' : 'Email'] ?? '').toLowerCase();
      const createdAt = Date.parse(String(fields[system === 'hubspot' ? 'createdate' : 'CreatedDate']));
      const place = { system, id, madeAt: persons.made.get(`${system}:${id}`) ?? null, createdAt };
      places.set(email, [...(places.get(email) ?? []), place]);
    }
  }
  return places;
};

/** People of one email who are not on each side exactly once; those about whom somebody has to be asked apart. */
export const misplacedOf = (found: Case): readonly string[] =>
  [...placesByEmail(found)].flatMap(([email, places]) => {
    if (found.persons.odd.has(email)) return [];
    const on = (system: System): readonly Somewhere[] => places.filter((place) => place.system === system);
    const wrong = (['hubspot', 'salesforce'] as const).filter(
      (system) => on(system).length !== 1 && !isEnteredMeanwhile(on(system)),
    );
    return wrong.map((system) => `${email}: ${on(system).length} times in ${system}`);
  });

/** A removed record of a link whose person the worker brought back. */
export const revivedOf = (found: Case): readonly string[] => {
  const places = placesByEmail(found);
  const links = [...found.store.state.links.values()];
  return found.persons.removed
    .filter(({ system, id }) => links.some(({ ids }) => ids[system] === id))
    .filter(({ system, email, at }) => {
      const now = places.get(email) ?? [];
      // Whoever is entered anew by a person is somebody new.
      const isEnteredAnew = now.some(({ madeAt }) => madeAt !== null && madeAt > at);
      return (
        !isEnteredAnew &&
        now.some((place) => place.system === system && place.madeAt === null && place.createdAt > at)
      );
    })
    .map(({ system, email }) => `${email}: removed from ${system} by a person, and created there again`);
};

/**
 * People whose record was merged away by a person and whom the worker entered there again. Whoever was removed or is entered anew as well
 * is a matter of those.
 */
export const reenteredOf = (found: Case): readonly string[] => {
  const places = placesByEmail(found);
  const { merged, removed, made } = found.persons;
  return merged.flatMap(({ system, emails, at }) => {
    if (removed.some(({ email }) => emails.includes(email))) return [];
    return emails.flatMap((email) =>
      (places.get(email) ?? [])
        .filter((place) => place.system === system && !made.has(`${system}:${place.id}`))
        .filter(({ createdAt }) => createdAt > at + lookToCreateMs)
        .map(({ id }) => `${email}: merged in ${system} by a person, and entered there again as ${id}`),
    );
  });
};

/** Writes that are thought not to have been kept: nobody here refuses silently, so that each is one that was thought to have landed. */
export const unkeptOf = ({ store }: Case): readonly string[] =>
  [...store.state.parked.values()]
    .filter(({ failure }) => failure.code === ownCodes.silentlyRefused)
    .map(({ unit, field, system }) => `${unit} ${field}: taken for silently refused by ${system}`);

/** Records that more than one link claims. */
export const sharedOf = ({ store }: Case): readonly string[] => {
  const live = [...store.state.links.values()].filter(({ ended }) => ended === null);
  return (['hubspot', 'salesforce'] as const).flatMap((system) => {
    const ids = live.flatMap(({ ids: own, followers = [] }) => [
      own[system],
      ...(system === 'salesforce' ? followers.map(({ id }) => id) : []),
    ]);
    return ids
      .filter((id, index) => ids.indexOf(id) !== index)
      .map((id) => `${system}:${id} is in two links`);
  });
};

/** Leads that were converted, and whose person the engine goes on aligning with the lead, or with nobody. */
export const strandedOf = ({ people, persons, store }: Case): readonly string[] => {
  const live = [...store.state.links.values()].filter(({ ended }) => ended === null);
  const left = live.filter(({ ids }) => people.isConverted(ids.salesforce));
  const parked = [...store.state.parked.values()].filter(({ ref }) => people.isConverted(ref.id));
  const alone = persons.converted.filter(
    ({ contact, email }) =>
      !persons.odd.has(email) &&
      people.salesforce.get(contact)?.deleted === false &&
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
export const refilledOf = ({ people, persons, pair }: Case): readonly string[] => {
  const { hubspot: contacts, salesforce: leads } = people;
  const edits = persons.edits.map((edit) => ({ ...edit, ...people.placeOf(edit) }));
  return pair.fields
    .filter(({ name }) => name === 'lastname' || name === 'company')
    .flatMap(({ fields }) => {
      const ofContact = (id: string) =>
        edits.filter((edit) => edit.id === id && edit.apiField === fields.hubspot);
      return [...contacts].flatMap(([id, contact]) => {
        const last = ofContact(id).at(-1);
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

/** One made by the worker, and others that persons entered so late that its look could not show them. */
const isEnteredMeanwhile = (places: readonly Somewhere[]): boolean => {
  const [own, ...more] = places.filter(({ madeAt }) => madeAt === null);
  if (own === undefined || more.length > 0) return false;
  return places.every(({ madeAt }) => madeAt === null || madeAt > own.createdAt - lookToCreateMs);
};

/** What verify asks of the store. */
export const standingOf =
  ({ state }: MemoryStore) =>
  async (
    pair: string,
    units: readonly {
      readonly unit: string;
      readonly refs: readonly { system: System; type: string; id: string }[];
    }[],
  ): Promise<ReadonlyMap<string, Standing>> =>
    new Map(
      units.map(({ unit, refs }) => {
        const parked = [...state.parked.values()].filter((row) => row.pair === pair && row.unit === unit);
        const isOpen = refs.some(
          ({ system, type, id }) =>
            state.dirty.has(`${pair} ${system}:${type}/${id}`) ||
            state.openIntentsFrom(pair, system, id).length > 0,
        );
        return [
          unit,
          {
            dirty: isOpen,
            review: state.reviews.get(`${pair} ${unit}`)?.cause ?? null,
            parked: parked.map(({ system, field, failure }) => ({ system, field, code: failure.code })),
          },
        ];
      }),
    );
