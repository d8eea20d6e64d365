import { handOffAccount } from '../account/account.ts';
import type { KeptTarget } from '../signals/kept.ts';
import {
  countedSince,
  isMissed,
  qualityFigures,
  qualityFinding,
  qualityStep,
  qualityText,
  qualityTitle,
} from '../signals/quality-target.ts';
import { accountRows } from './account-rows.ts';
import type { LifecycleContext } from './context.ts';

const problemKey = 'lifecycle:quality';

/**
 * Looks whether the agreed quality of leads is missed: what was told stays what it is until it is met again, and is then told anew when it is missed once more.
 * While it is missed it stands in `status`, with the figures of the last look.
 */
export const lookAtTargets = async (
  { store, models, pair, engine, events, staff }: LifecycleContext,
  kept: readonly KeptTarget[],
  now: number,
): Promise<readonly KeptTarget[]> => {
  const { sla, scoring } = models;
  const since = countedSince(scoring.definitions, now);
  const [transitions, effects, { calendarOf }] = await Promise.all([
    store.accountTransitions(since),
    store.handOffEffects(pair.name, since),
    staff(),
  ]);
  // Who is still untouched is judged by nobody: no clock and nobody who is held back has a say in it.
  const rows = accountRows({ transitions, effects, clocks: [], held: [] }, sla, calendarOf, now);
  const { entries } = handOffAccount(rows, now).ready;
  const finding = qualityFinding(entries, sla, scoring.definitions, now);
  const [before] = kept;
  if (!isMissed(finding)) {
    await engine.clearProblem(problemKey);
    if (before !== undefined)
      events.emit('target-met', { target: 'quality', judged: finding.quality.judged });
    return [];
  }
  const { judged, acceptedPercent, badDataPercent } = finding.quality;
  const step = qualityStep(finding);
  await engine.raiseProblem({
    key: problemKey,
    what: `lifecycle: ${qualityTitle.toLowerCase()} (quality in sla.yaml)`,
    cause: `${qualityFigures(finding)}.`,
    fault: 'config',
    next: `${step}. tandem report weekly has it by source and version; it is looked at again within a week.`,
  });
  if (before === undefined) {
    const rounded = (value: number | null) => (value === null ? null : Math.round(value));
    events.emit('target-missed', {
      ...{ target: 'quality', judged, accepted: rounded(acceptedPercent) },
      badData: rounded(badDataPercent),
    });
  }
  const figures = { judged, acceptedPercent, badDataPercent };
  const told = before ?? { key: 'quality', at: now, alert: null, task: null };
  return [{ ...told, text: qualityText(finding), step, figures }];
};
