import type { DigestInput } from './input.ts';
import { stepLines } from './next-step.ts';
import { cut, foreign } from './plain-text.ts';
import type { FollowUpTask } from './task.ts';
import { tell } from './telling.ts';
import { dayText, knownZone, localDay } from './when.ts';
import { whoIs } from './who.ts';
import { whyNowMax } from './why-now.ts';

const offerMax = 200;
const descriptionMax = 32_000;

/** What the owner of a lead that stands still is to try before it goes back. */
export interface NudgeWords {
  /** Days without any step of sales. */
  readonly days: number;
  /** What to offer, as lifecycle.yaml says; null: what is recommended for this person. */
  readonly offer: string | null;
  /** When they go back to marketing by themselves, milliseconds. */
  readonly goesBackAt: number;
}

/**
 * The one task by which a lead that stands still is tried once more: what to offer, and when they go back otherwise. Pure. It is due on the day of
 * `input.now`; whoever lets it lie gives them back.
 */
export const nudgeTask = (input: DigestInput, { days, offer, goesBackAt }: NudgeWords): FollowUpTask => {
  const zone = knownZone(input.zone);
  const [step = '', ...more] = stepLines(input, tell(input));
  const offered = foreign(offer ?? '', offerMax);
  const lines = [
    `No step for ${days} ${days === 1 ? 'day' : 'days'}. Without one they go back to marketing ${dayText(goesBackAt, { zone, anchor: input.now })}.`,
    ...(offered === '' ? [] : [`- Offer: ${offered}`]),
    ...[step, ...more].map((line) => `- ${line}`),
    'A logged call, mail or meeting of yours keeps them; your verdict closes this task.',
  ];
  return {
    subject: cut(
      offered === '' ? `Stands still: ${whoIs(input)}` : `Stands still: ${whoIs(input)} · offer ${offered}`,
      whyNowMax,
    ),
    body: cut(lines.join('\n'), descriptionMax),
    dueDay: localDay(input.now, zone),
    remindAt: null,
    priority: 'Normal',
  };
};
