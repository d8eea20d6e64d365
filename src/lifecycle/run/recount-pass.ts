import type { ScoringModel } from '../scoring/model.ts';
import { modelHash, rulesHash } from '../scoring/rules-hash.ts';
import { judge } from '../scoring/sales-ready.ts';
import type { LifecycleContext } from './context.ts';
import { toJourneyRow } from './rows.ts';
import { type StoredScore, scoresOf } from './stored-scores.ts';

/** People counted anew in one round. */
const pageMax = 200;

/** Whether the stage machine knows another fit, level or readiness than the rules give now. Points that faded alone are told by the next look. */
const isOther = (
  { stored, person, by: [tallies] }: StoredScore,
  scoring: ScoringModel,
  now: number,
): boolean => {
  if (tallies === undefined) return false;
  const { score, ready } = judge(person, tallies.tally, scoring, now, tallies.earned ?? tallies.tally);
  const { told } = stored;
  return (
    told === null ||
    told.fit !== score.fit ||
    told.engagement !== score.engagement ||
    told.ready !== (ready?.definition ?? null)
  );
};

/**
 * When scoring.yaml is another than at the last time, everybody's tally is counted anew from what is stored, a page a round, once; who comes out
 * otherwise is looked at next. Neither system is asked here. It goes on where it was after a restart. Answers how many people it went through; 0: nothing
 * is to be done.
 */
export const recountOnce = async (context: LifecycleContext): Promise<number> => {
  const { store, models, events } = context;
  const { scoring, lifecycle } = models;
  if (lifecycle.behaviours.score === 'off') return 0;
  const hash = modelHash(scoring);
  const at = await store.recount();
  if (at?.model === hash && at.done) return 0;
  const after = at?.model === hash ? at.after : null;
  const rows = await store.journeysAfter(after, pageMax);
  const [scored, now] = await Promise.all([scoresOf(store, rows, [scoring]), store.now()]);
  const rules = rulesHash(scoring);
  const saves = scored.flatMap((each) => {
    const [tallies] = each.by;
    const isCounted = each.stored.rules === rules;
    const looksAgain = isOther(each, scoring, now);
    if (tallies === undefined || (isCounted && !looksAgain)) return [];
    // A look that is saved meanwhile has counted anew by itself: the save over it is refused.
    return [{ row: toJourneyRow({ ...each.stored, ...tallies, rules }), looksAgain }];
  });
  const done = rows.length < pageMax;
  await store.saveRecount({ model: hash, after: rows.at(-1)?.id ?? after, done }, saves);
  if (saves.length > 0) {
    const again = saves.filter(({ looksAgain }) => looksAgain).length;
    events.emit('scores-recounted', { people: saves.length, again });
  }
  return rows.length;
};
