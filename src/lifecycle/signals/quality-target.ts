import type { AccountEntry } from '../account/account.ts';
import type { ReadyDefinition } from '../scoring/model.ts';
import { verdictOf } from '../sla/compliance.ts';
import type { SlaModel } from '../sla/model.ts';
import { type Quality, qualityOf } from '../sla/quality.ts';
import { dayMs } from '../stage/timers.ts';

/** Fewer words of sales than this say nothing. */
export const casesMin = 20;
/** A quarter of a year, as the weekly report looks back. */
const windowDays = 91;
/** So many reasons are told. */
const reasonsMax = 3;

/** How good the leads of the present definition of sales-ready were found. Times are milliseconds. */
export interface QualityFinding {
  /** Those who became ready from then on. */
  readonly since: number;
  /** The version of sales-ready that holds for whoever is in no pilot; null: none does yet. */
  readonly definition: string | null;
  readonly quality: Quality;
  readonly goal: SlaModel['quality'];
  /** Why sales did not take them, most first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
}

/** The definition that holds for everybody who is in no pilot. */
const definitionNow = (definitions: readonly ReadyDefinition[], now: number): ReadyDefinition | null =>
  definitions
    .filter(({ from, pilot }) => pilot === null && from <= now)
    .reduce<ReadyDefinition | null>(
      (newest, each) => (newest === null || each.from >= newest.from ? each : newest),
      null,
    );

/** Since when leads are counted: a quarter back, and not before the definition that holds now, which is not to blame for the one before. Pure. */
export const countedSince = (definitions: readonly ReadyDefinition[], now: number): number =>
  Math.max(now - windowDays * dayMs, definitionNow(definitions, now)?.from ?? 0);

/** Marketing's side of the service level, of the turns that began in the window; by what people of sales said alone. Pure. */
export const qualityFinding = (
  entries: readonly AccountEntry[],
  { quality: goal }: Pick<SlaModel, 'quality'>,
  definitions: readonly ReadyDefinition[],
  now: number,
): QualityFinding => {
  const since = countedSince(definitions, now);
  const verdicts = entries
    .filter(({ readyAt }) => readyAt >= since)
    .flatMap((entry) => verdictOf(entry) ?? []);
  const refused = verdicts.filter(({ accepted }) => !accepted);
  return {
    since,
    definition: definitionNow(definitions, now)?.version ?? null,
    quality: qualityOf(verdicts, { quality: goal }),
    goal,
    reasons: [...Map.groupBy(refused, ({ reason }) => reason ?? 'No reason given')]
      .map(([reason, own]) => ({ reason, count: own.length }))
      .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
  };
};

/** Whether the level is missed, by enough words of sales. */
export const isMissed = ({ quality: { judged, met } }: QualityFinding): boolean =>
  judged >= casesMin && met === false;

/** What to do about it. */
export const qualityStep = ({ quality, goal, definition }: QualityFinding): string => {
  const hasBadData = (quality.badDataPercent ?? 0) > goal.badDataPercentMax;
  const isRefused = (quality.acceptedPercent ?? 100) < goal.acceptedPercentMin;
  return [
    ...(isRefused
      ? [
          `Read the reasons together, and agree on the next version of sales-ready${definition === null ? '' : ` after ${definition}`}: tandem score --what-if FILE shows who would change sides`,
        ]
      : []),
    ...(hasBadData
      ? ['Look where the leads with bad data come from (forms, imports, lists), and mend it there']
      : []),
  ].join('. ');
};

const percent = (value: number | null): string => (value === null ? '-' : `${Math.round(value)}%`);
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The figures in a sentence. */
export const qualityFigures = ({ quality, goal, since, definition, reasons }: QualityFinding): string => {
  const most = reasons.slice(0, reasonsMax).map(({ reason, count }) => `${reason} ${count}`);
  return [
    `Of ${quality.judged} that sales judged, ready since ${day(since)}${definition === null ? '' : ` (sales-ready ${definition})`}, ${percent(quality.acceptedPercent)} were accepted, and at least ${goal.acceptedPercentMin}% were agreed`,
    `${percent(quality.badDataPercent)} had bad data, and at most ${goal.badDataPercentMax}% were agreed`,
    ...(most.length === 0 ? [] : [`Most often: ${most.join(', ')}`]),
  ].join('. ');
};

export const qualityTitle = 'Fewer leads are as good as agreed';

/** A few lines for an alert, a task and the weekly report. Plain text. Pure. */
export const qualityText = (finding: QualityFinding): string =>
  [qualityTitle, `${qualityFigures(finding)}.`, `${qualityStep(finding)}.`].join('\n');
