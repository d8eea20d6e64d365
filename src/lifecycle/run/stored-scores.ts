import type { JourneyRow } from '../../model/journeys.ts';
import { isScored } from '../look/details.ts';
import { personKept } from '../look/look.ts';
import type { StoredJourney } from '../look/stored.ts';
import type { Activity } from '../scoring/activity.ts';
import { type EngagementTally, recompute } from '../scoring/engagement.ts';
import type { ScoringModel } from '../scoring/model.ts';
import { rulesHash } from '../scoring/rules-hash.ts';
import type { Person } from '../scoring/score.ts';
import type { LifecycleStore } from './ports.ts';
import { toActivity, toStored } from './rows.ts';

/** People in memory at a time, with all that they did. */
const pageMax = 200;

/** The tallies of a person by one model's rules; `earned` since sales gave them back, null where they never did. */
export interface Tallies {
  readonly tally: EngagementTally;
  readonly earned: EngagementTally | null;
}

/** A person as stored, with their tallies by each of some models. */
export interface StoredScore {
  readonly row: JourneyRow;
  readonly stored: StoredJourney;
  readonly person: Person;
  readonly by: readonly Tallies[];
}

type Store = Pick<LifecycleStore, 'history' | 'journeysAfter'>;

const talliesBy = (stored: StoredJourney, history: readonly Activity[], model: ScoringModel): Tallies => {
  if ((stored.rules ?? null) === rulesHash(model)) return { tally: stored.tally, earned: stored.earned };
  const since = stored.journey.returnedAt;
  return {
    tally: recompute(history, model),
    earned:
      stored.earned === null || since === null
        ? stored.earned
        : recompute(
            history.filter(({ at }) => at > since),
            model,
          ),
  };
};

/** Stored people with their tallies by these models: what they did is read of those alone whose stored tally is by other rules. */
export const scoresOf = async (
  store: Pick<Store, 'history'>,
  rows: readonly JourneyRow[],
  models: readonly ScoringModel[],
): Promise<readonly StoredScore[]> => {
  const hashes = models.map(rulesHash);
  const all = rows.map((row) => ({ row, stored: toStored(row) }));
  const others = all.filter(({ stored }) => hashes.some((hash) => hash !== (stored.rules ?? null)));
  const histories = await store.history(others.map(({ row }) => row.id));
  return all.flatMap(({ row, stored }): StoredScore[] => {
    const person = personKept(stored);
    if (person === null) return [];
    const history = (histories.get(row.id) ?? []).map(toActivity).filter(isScored);
    return [{ row, stored, person, by: models.map((model) => talliesBy(stored, history, model)) }];
  });
};

/** Everybody who is stored, page by page; memory does not grow with their number. */
export async function* allScores(
  store: Store,
  models: readonly ScoringModel[],
): AsyncGenerator<readonly StoredScore[]> {
  let after: string | null = null;
  for (;;) {
    const rows: readonly JourneyRow[] = await store.journeysAfter(after, pageMax);
    if (rows.length > 0) yield await scoresOf(store, rows, models);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageMax) return;
    after = last.id;
  }
}
