import type { Sides } from '../../../src/model/system.ts';
import type { RecordSystem } from '../../../src/sync/ports.ts';
import { verifyPair } from '../../../src/sync/verify.ts';
import {
  lostOf,
  misplacedOf,
  reenteredOf,
  refilledOf,
  revivedOf,
  sharedOf,
  standingOf,
  strandedOf,
  unkeptOf,
} from './judge.ts';
import { PeopleRecords } from './people-records.ts';
import type { Persons } from './persons.ts';
import type { Ground } from './worker.ts';

/** A record about which a person has to be asked is looked at again whenever a poll names it: its row is there for a moment. */
const youngMs = 60_000;

/** What differs between both systems, and nothing but time accounts for. */
export const driftOf = async (
  { pair, store }: Ground,
  systems: Sides<RecordSystem>,
): Promise<readonly string[]> => {
  const report = await verifyPair({
    pair,
    systems,
    store: {
      linksOf: (...request) => store.linksOf(...request),
      cursor: (...request) => store.cursor(...request),
      standingOf: standingOf(store),
    },
    call: { class: 'live', purpose: 'verify' },
  });
  return report.items
    .filter(({ why, field }) => (why === 'unexplained' && field !== null) || why.startsWith('pending'))
    .map(
      (item) =>
        `${item.hubspotId}/${item.salesforceId} ${item.field}: ${item.hubspot} and ${item.salesforce}, ${item.why}`,
    );
};

/** Everything that is wrong once nothing is left to do. */
export const judge = async (
  ground: Ground,
  systems: Sides<RecordSystem>,
  persons: Persons,
): Promise<readonly string[]> => {
  const { company, store, pair, lag, office } = ground;
  const drift = await driftOf(ground, systems);
  const backlog = await store.backlog(pair.name);
  const found = { company, people: new PeopleRecords(company, pair), persons, store, pair, lag };
  return [
    ...drift,
    ...misplacedOf(found),
    ...revivedOf(found),
    ...reenteredOf(found),
    ...sharedOf(found),
    ...strandedOf(found),
    ...unkeptOf(found),
    ...refilledOf(found),
    ...lostOf(found),
    ...((backlog.oldestMs ?? 0) > youngMs ? [`left: ${JSON.stringify(backlog)}`] : []),
    ...(office?.troubles ?? []),
  ];
};
