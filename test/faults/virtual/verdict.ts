import { asSeen } from '../../../src/compose.ts';
import type { PairMapping } from '../../../src/model/mapping.ts';
import { bothSides, type Sides } from '../../../src/model/system.ts';
import type { RecordSystem } from '../../../src/sync/ports.ts';
import { type VerifyItem, type VerifyStore, verifyPair } from '../../../src/sync/verify.ts';
import { type Book, type Case, liveLinksOf, type PeopleCase } from './case.ts';
import { DealRecords } from './deal-records.ts';
import type { Deals } from './deals.ts';
import { FirmRecords } from './firms.ts';
import { lostOf, misplacedOf, regressedOf, remadeOf, revivedOf, sharedOf, unkeptOf } from './judge.ts';
import { engagedTwiceOf, partsLostOf, partsUnlikeOf } from './judge-deals.ts';
import { reenteredOf, refilledOf, strandedOf } from './judge-people.ts';
import { keptOf, leftoverOf, unheardOf } from './judge-wishes.ts';
import { PeopleRecords } from './people-records.ts';
import type { Ground } from './worker.ts';

/** A record about which a person has to be asked is looked at again whenever a poll names it: its row is there for a moment. */
const youngMs = 60_000;

const isUnsettled = ({ why, field }: VerifyItem): boolean =>
  (why === 'unexplained' && field !== null) || why.startsWith('pending');

/**
 * A link of which one record is there no more, and of which nothing waits. Where nobody told of that, the presence sweep finds it, within a day
 * (docs/decisions/0075); that no poll has shown the other record since it was written last says nothing of it.
 */
const isHalfGone = ({ field, hubspotId, salesforceId, why }: VerifyItem): boolean =>
  field === null && hubspotId !== null && salesforceId !== null && why !== 'pending';

/** What differs between both systems, and nothing but time accounts for. */
export const driftOf = async (
  { pairs, store, mappings }: Ground,
  systems: Sides<RecordSystem>,
): Promise<readonly string[]> => {
  const reader: VerifyStore = {
    linksOf: (...request) => store.linksOf(...request),
    cursor: (...request) => store.cursor(...request),
    standingOf: (...request) => store.standingOf(...request),
  };
  const reports = await Promise.all(
    pairs.map(async (pair) => {
      const parts = { pair, pairs, known: mappings.references, store: reader };
      return verifyPair({
        pair,
        systems: bothSides((system) => asSeen(systems[system], parts)),
        store: reader,
        call: { class: 'live', purpose: 'verify' },
      });
    }),
  );
  return reports
    .flatMap(({ items }) => items)
    .filter((item) => isUnsettled(item) && !isHalfGone(item))
    .map(
      (item) =>
        `${item.hubspotId}/${item.salesforceId} ${item.field}: ${item.hubspot} and ${item.salesforce}, ${item.why}`,
    );
};

/** Whether a difference has a row that is still to be worked on. */
export const isPending = (item: string): boolean => item.endsWith(', pending');

/** What is wrong with the records of any pair. */
const wrongOf = (found: Case): readonly string[] => [
  ...misplacedOf(found),
  ...revivedOf(found),
  ...remadeOf(found),
  ...regressedOf(found),
  ...sharedOf(found),
  ...unkeptOf(found),
  ...lostOf(found),
  ...leftoverOf(found),
];

const leftOf = async ({ store }: Ground, { name }: PairMapping): Promise<readonly string[]> => {
  const backlog = await store.backlog(name);
  return (backlog.oldestMs ?? 0) > youngMs ? [`left of ${name}: ${JSON.stringify(backlog)}`] : [];
};

/** Everything that is wrong once nothing is left to do. `systems`: what the worker calls. */
export const judge = async (
  ground: Ground,
  systems: Sides<RecordSystem>,
  {
    firms,
    deals,
    ...people
  }: Pick<PeopleCase, 'persons' | 'consents' | 'erasures' | 'toldErased'> & {
    readonly firms: Book;
    readonly deals: Deals;
  },
): Promise<readonly string[]> => {
  const { company, store, pairs, mappings, lag, heard, office, fences } = ground;
  const wrong: string[] = [...(await driftOf(ground, systems))];
  for (const pair of pairs) {
    const common = { company, store, pair, lag, heard };
    wrong.push(...(await leftOf(ground, pair)));
    if (pair.name === 'deals') {
      // Whose deal it was at any time, and not only who is referred to now.
      for (const { ids } of liveLinksOf({ store, pair: { name: 'companies' } }))
        mappings.references.learn('companies', ids);
      const found = { ...common, ...people, records: new DealRecords(company, pair), book: deals, deals };
      wrong.push(...wrongOf(found), ...(await partsUnlikeOf(found)), ...engagedTwiceOf(found));
      wrong.push(...(await partsLostOf(found)));
      continue;
    }
    if (pair.name !== 'people') {
      wrong.push(...wrongOf({ ...common, records: new FirmRecords(company), book: firms }));
      continue;
    }
    const found = { ...common, ...people, records: new PeopleRecords(company, pair), book: people.persons };
    wrong.push(...wrongOf(found), ...reenteredOf(found), ...strandedOf(found), ...refilledOf(found));
    wrong.push(...unheardOf(found), ...keptOf(found));
  }
  return [...wrong, ...fences.troubles, ...fences.sentLate(company.passed), ...(office?.troubles ?? [])];
};
