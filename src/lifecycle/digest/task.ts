import type { ClockReading } from '../sla/clock.ts';
import type { DigestInput } from './input.ts';
import { stepLines } from './next-step.ts';
import { cut } from './plain-text.ts';
import { routeWords } from './route-words.ts';
import { tell } from './telling.ts';
import { fullMomentText, localDay } from './when.ts';
import { whyNowLine } from './why-now.ts';

/** Task.Description (https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm). */
const descriptionMax = 32_000;

/** The fields of a follow-up task, in Salesforce's terms. */
export interface FollowUpTask {
  /** `Subject`: the why-now line, at most 255 UTF-16 units. */
  readonly subject: string;
  /** `Description`. */
  readonly body: string;
  /** `ActivityDate`, a calendar day of the rep as 2026-11-30; null where nothing is due. */
  readonly dueDay: string | null;
  /** `ReminderDateTime`, milliseconds; null: no reminder. */
  readonly remindAt: number | null;
  /** `Priority`: who asked goes first. */
  readonly priority: 'High' | 'Normal';
}

/**
 * The task that a hand-off gives to the owner. Pure. `clock` is the follow-up clock's reading; the due day is the rep's own, which near midnight is not
 * that of UTC (`ActivityDate` has no time zone). A clock that is paused or never due gives no day and no reminder.
 * `endsByItself`: false where somebody asks who has a deal or buys, whom no verdict brings back.
 */
export const followUpTask = (
  input: DigestInput,
  clock: Pick<ClockReading, 'dueAt' | 'remindAt'>,
  endsByItself = true,
): FollowUpTask => {
  const told = tell(input);
  const { zone } = told.clock;
  const { dueAt } = clock;
  const route = routeWords(input.route);
  const lines = [
    dueAt === null ? 'No time is set.' : `First touch by ${fullMomentText(dueAt, { zone })} (${zone}).`,
    ...stepLines(input, told).map((line) => `- ${line}`),
    ...(route === null ? [] : [`- ${route}`]),
    endsByItself
      ? 'A logged call, mail or meeting of yours, a status that means work, or your verdict closes this task.'
      : 'They asked, and nobody waits for a verdict: close this task when you have answered them.',
  ];
  return {
    subject: whyNowLine(input, 'lasting', told),
    body: cut(lines.join('\n'), descriptionMax),
    dueDay: dueAt === null ? null : localDay(dueAt, zone),
    remindAt: dueAt === null ? null : clock.remindAt,
    priority: input.trigger.kind === 'asked' ? 'High' : 'Normal',
  };
};
