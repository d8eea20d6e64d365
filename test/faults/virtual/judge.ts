import { otherSystem, type System } from '../../../src/model/system.ts';
import type { RawValue } from '../../../src/model/value.ts';
import { ownCodes } from '../../../src/sync/standing.ts';
import { type LedgerLine, lostEdits } from '../chaos/oracle.ts';
import { type Case, linksOf, liveLinksOf, type Place } from './case.ts';
import { isWrite, type Passed } from './company.ts';
import type { PersonEdit } from './persons.ts';

/** Where the worker names a record's counterpart. */
const identityFields = { hubspot: 'tandem_salesforce_id', salesforce: 'HubSpot_Id__c' } as const;

/** The way takes no longer, unless the vendor takes its time. */
const wayMs = 40;

/**
 * When a call had not yet been carried out: a read shows what was entered before, and whoever sent a write had no use for an answer that came
 * after. A call that is late is carried out late.
 */
const outAt = ({ sentAt, at }: Passed): number => Math.max(sentAt, at - wayMs);

/** Edits that are neither the value at the end nor accounted for in the ledger. */
export const lostOf = (found: Case): readonly string[] => {
  const { records, book, store, pair } = found;
  const systems = {
    hubspot: { records: records.of('hubspot') },
    salesforce: { records: records.of('salesforce') },
  };
  const edits = [...book.edits]
    .sort((a, b) => a.at - b.at)
    .map((edit, index) => ({
      ...edit,
      ...records.placeOf(edit),
      n: index + 1,
      known: true,
      polled: true,
      replacedUnseen: isReplacedUnseen(found, edit),
    }));
  const ledger = store.state.ledger
    .filter((entry) => entry.pair === pair.name && entry.event === 'write')
    .map(
      (entry): LedgerLine => ({
        system: entry.target.system,
        record_id: records.idOf(entry.target.id),
        field: entry.field,
        from: entry.from,
        to: entry.to as RawValue,
        lost: entry.lost,
        rule: entry.rule,
      }),
    );
  return lostEdits({ pair, systems, log: { edits }, links: liveLinksOf(found), ledger });
};

/** Commit times are whole seconds. */
const commitMs = 1_000;

/** Whether a live signal told the worker of an edit, with what was entered. */
const isToldOf = ({ records, heard }: Case, edit: PersonEdit): boolean =>
  heard.some(
    ({ ref, event, fields, changedAt = 0 }) =>
      event === 'changed' &&
      ref.system === edit.system &&
      changedAt > edit.sentAt - commitMs &&
      changedAt <= edit.at &&
      records
        .placesOf(edit)
        .some(
          ({ id, apiField }) =>
            ref.id === id &&
            Object.hasOwn(fields, apiField) &&
            String(fields[apiField] ?? '') === String(edit.value ?? ''),
        ),
  );

/**
 * Whether a write was sent over the edit before any read could have shown it: between a read and its write, which no batch API closes. Where a
 * signal told of the edit, it is no excuse: it can be put back, or be named.
 */
const isReplacedUnseen = (found: Case, edit: PersonEdit): boolean => {
  if (isToldOf(found, edit)) return false;
  const { company, records, lag } = found;
  const places = records.placesOf(edit);
  const calls = company.passed.filter(({ system, at }) => system === edit.system && at >= edit.sentAt);
  const named = records.of(edit.system).get(records.idOf(edit.id))?.fields[identityFields[edit.system]];
  const write = calls.find((call) => writesField(call, places, typeof named === 'string' ? named : null));
  if (write === undefined) return false;
  const shownStale = places.flatMap(({ id }) => lag.shownStale.get(id) ?? []);
  const showing = calls.filter(
    (call) =>
      call !== write &&
      outAt(call) >= edit.at &&
      call.at <= outAt(write) &&
      (!call.path.endsWith('/search') || isInIndex(call, edit)) &&
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

/** Whether a search found a record as somebody left it: its index is behind. */
const isInIndex = ({ answer }: Passed, { id, apiField, value }: PersonEdit): boolean => {
  if (answer === '') return false;
  const { results = [] } = JSON.parse(answer) as {
    readonly results?: readonly {
      readonly id: string;
      readonly properties: Readonly<Record<string, unknown>>;
    }[];
  };
  const found = results.find((each) => each.id === id);
  return found !== undefined && String(found.properties[apiField] ?? '') === String(value ?? '');
};

/** Whether a call looks records up by their match key. */
const isLookup = ({ path, request }: Passed): boolean =>
  request.includes('"idProperty":"email"') || path.endsWith('/composite');

/** Where HubSpot takes what it shows as a property and keeps as an association. */
const associationPaths: Readonly<Record<string, string>> = {
  hs_primary_associated_company: '/associations/deals/companies/',
};

const writesField = (call: Passed, places: readonly Place[], identity: string | null): boolean => {
  const { request, path } = call;
  if (!isWrite(call)) return false;
  return places.some(
    ({ id, apiField }) =>
      (request.includes(`"${apiField}"`) || path.includes(associationPaths[apiField] ?? '?')) &&
      (request.includes(id) || (identity !== null && request.includes(identity))),
  );
};

/** Between the look that finds nobody and the create that follows, somebody may be entered by hand: no API closes that gap. */
export const lookToCreateMs = 15_000;

type Line = Case['store']['state']['ledger'][number];

export interface Somewhere {
  readonly system: System;
  readonly id: string;
  /** When a person made it; null: the worker did. */
  readonly madeAt: number | null;
  readonly createdAt: number;
}

export const placesByKey = ({ records, book }: Case): ReadonlyMap<string, readonly Somewhere[]> => {
  const places = new Map<string, Somewhere[]>();
  for (const system of ['hubspot', 'salesforce'] as const) {
    for (const [id, { fields, deleted }] of records.of(system)) {
      const key = deleted ? null : records.keyOf(fields);
      if (key === null) continue;
      const createdAt = Date.parse(String(fields[system === 'hubspot' ? 'createdate' : 'CreatedDate']));
      const place = { system, id, madeAt: book.made.get(`${system}:${id}`) ?? null, createdAt };
      places.set(key, [...(places.get(key) ?? []), place]);
    }
  }
  return places;
};

/** Those of one email, or domain, who are not on each side exactly once; those about whom somebody has to be asked apart. */
export const misplacedOf = (found: Case): readonly string[] =>
  [...placesByKey(found)].flatMap(([key, places]) => {
    if (found.book.odd.has(key)) return [];
    const on = (system: System): readonly Somewhere[] => places.filter((place) => place.system === system);
    const wrong = (['hubspot', 'salesforce'] as const).filter(
      (system) => on(system).length !== 1 && !isEnteredMeanwhile(on(system)),
    );
    return wrong.map((system) => `${key}: ${on(system).length} times in ${system}`);
  });

/** When a person entered the record that the worker made this one for, be it removed again since; 0: the worker made that as well. */
const madeForAt = ({ records, book }: Case, { system, id }: Somewhere): number => {
  const identity = records.of(system).get(id)?.fields[identityFields[system]];
  return book.made.get(`${otherSystem(system)}:${records.idOf(String(identity))}`) ?? 0;
};

/** A removed record of a link whose person the worker brought back. */
export const revivedOf = (found: Case): readonly string[] => {
  const places = placesByKey(found);
  const links = linksOf(found);
  return found.book.removed
    .filter(({ system, id }) => links.some(({ ids }) => ids[system] === id))
    .filter(({ system, id, key, at }) => {
      const now = places.get(key) ?? [];
      const known = links
        .filter(({ ids }) => ids[system] === id)
        .flatMap(({ ids, followers = [] }) => [...Object.values(ids), ...followers.map((each) => each.id)]);
      // Whoever is entered anew by a person is somebody new; so is a double that was never seen beside what was removed.
      const isEnteredAnew = now.some(
        (place) => place.madeAt !== null && (place.madeAt > at || !known.includes(place.id)),
      );
      return (
        !isEnteredAnew &&
        now.some(
          (place) =>
            place.system === system &&
            place.madeAt === null &&
            place.createdAt > at &&
            !(madeForAt(found, place) > at),
        )
      );
    })
    .map(({ system, key }) => `${key}: removed from ${system} by a person, and created there again`);
};

/** A record that the worker made for the counterpart of one that a person removed: the same somebody, by whatever name. */
export const remadeOf = ({ records, book, store, pair }: Case): readonly string[] =>
  book.removed.flatMap(({ system, id, at }) => {
    const links = linksOf({ store, pair }).filter(({ ids }) => ids[system] === id);
    const others = new Set(links.map(({ ids }) => ids[otherSystem(system)]));
    const identity = identityFields[system];
    const created = system === 'hubspot' ? 'createdate' : 'CreatedDate';
    return [...records.of(system)]
      .filter(
        ([made, { fields, deleted }]) =>
          !deleted &&
          others.has(String(fields[identity])) &&
          !book.made.has(`${system}:${made}`) &&
          Date.parse(String(fields[created])) > at,
      )
      .map(([made]) => `${system}:${id} was removed by a person, and made again as ${made}`);
  });

/** From a read to what is written because of it, and settled. */
const readToSettleMs = 20_000;

/** Whether a read before this write showed a state that was older than its stamp could say. */
const wasReadUntold = (found: Case, { target, at }: Line): boolean =>
  linksOf(found)
    .filter(({ ids }) => ids[target.system] === target.id)
    .flatMap(({ ids }) => Object.values(ids).flatMap((id) => found.lag.shownUntold.get(id) ?? []))
    .some((shownAt) => shownAt <= at && at - shownAt < readToSettleMs);

/** What came first is a matter of more than this: one system counts whole seconds. */
const clockMs = 2_000;

/** Kinds of which the same few values are entered again and again: none of them tells which edit it was. */
const repeated: ReadonlySet<string> = new Set(['enum', 'pipeline-stage', 'reference']);

/**
 * Values that a change of the other side replaced although they were newer than it, and had been settled: what had been there before came back. It
 * may have been put right since; nobody may see it all the same.
 */
export const regressedOf = (found: Case): readonly string[] => {
  const { records, book, pair, store } = found;
  const edits = book.edits.map((edit) => ({ ...edit, ...records.placeOf(edit) }));
  const madeBy = (among: typeof edits, system: System, apiField: string | undefined, value: unknown) =>
    value === null || value === '' || value === undefined
      ? undefined
      : among.findLast(
          (edit) =>
            edit.system === system && edit.apiField === apiField && String(edit.value) === String(value),
        );
  const entered = edits.filter(({ inherited }) => inherited !== true);
  return store.state.ledger.flatMap((line) => {
    if (line.pair !== pair.name || line.event !== 'write' || line.rule !== 'changed-there') return [];
    const field = pair.fields.find(({ name }) => name === line.field);
    if (field !== undefined && repeated.has(field.kind)) return [];
    const { system } = line.target;
    const newer = madeBy(entered, system, field?.fields[system], line.from);
    // What a merge kept is as new as the merge.
    const older = madeBy(edits, otherSystem(system), field?.fields[otherSystem(system)], line.to);
    if (newer === undefined || older === undefined || newer.at - older.at < clockMs) return [];
    if (wasReadUntold(found, line)) return [];
    return [
      `${line.field} of ${system}:${line.target.id}: ${String(line.to)} came back over ${String(line.from)}`,
    ];
  });
};

/** Writes that are thought not to have been kept: nobody here refuses silently, so that each is one that was thought to have landed. */
export const unkeptOf = ({ store, pair }: Case): readonly string[] =>
  [...store.state.parked.values()]
    .filter((row) => row.pair === pair.name)
    .filter(({ failure }) => failure.code === ownCodes.silentlyRefused)
    .map(({ unit, field, system }) => `${unit} ${field}: taken for silently refused by ${system}`);

/** Records that more than one link claims. */
export const sharedOf = (found: Case): readonly string[] => {
  const live = liveLinksOf(found);
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

/** One made by the worker, and others that persons entered so late that its look could not show them. */
const isEnteredMeanwhile = (places: readonly Somewhere[]): boolean => {
  const [own, ...more] = places.filter(({ madeAt }) => madeAt === null);
  if (own === undefined || more.length > 0) return false;
  return places.every(({ madeAt }) => madeAt === null || madeAt > own.createdAt - lookToCreateMs);
};
