import { activityWords, noteWords } from './activity-words.ts';
import type { DigestActivity, DigestInput } from './input.ts';
import { cut } from './plain-text.ts';
import { latelyText, tell } from './telling.ts';
import { fullMomentText, localDay } from './when.ts';
import { whyNowMax } from './why-now.ts';

/** Task.Description. */
const descriptionMax = 32_000;

/** One of the things that somebody did, as a completed task on the timeline of the record. */
export interface TimelineEntry {
  /** Names it for good: type and moment. */
  readonly key: string;
  /** At most 255 UTF-16 units. */
  readonly subject: string;
  readonly body: string;
  /** The rep's day on which it happened, as 2026-11-30. */
  readonly day: string | null;
}

/**
 * The most telling of what somebody did, at most so many: what they asked by first, then what they did lately, most telling first. Pure. What
 * is folded into one line is one entry, of its newest moment.
 */
export const timelineEntries = (input: DigestInput, max: number): readonly TimelineEntry[] => {
  const told = tell(input);
  const { zone } = told.clock;
  const asking = input.trigger.kind === 'asked' ? input.trigger.activity : null;
  const asked = input.activities.filter(({ key }) => key === asking).slice(0, 1);
  const entry = (activity: DigestActivity, subject: string): TimelineEntry => ({
    key: activity.key,
    subject: cut(subject, whyNowMax),
    body: cut(
      [`${fullMomentText(activity.at, { zone })} (${zone}), in HubSpot.`, noteWords(activity)]
        .filter((line) => line !== null)
        .join('\n'),
      descriptionMax,
    ),
    day: localDay(activity.at, zone),
  });
  return [
    ...asked.map((activity) => entry(activity, activityWords(activity))),
    ...told.lately.map((each) => entry(each.line.newest, latelyText(each))),
  ].slice(0, max);
};
