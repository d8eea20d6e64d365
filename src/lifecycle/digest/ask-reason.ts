import { repReasons } from '../../model/stages.ts';
import type { DigestInput } from './input.ts';
import { cut, foreign } from './plain-text.ts';
import type { FollowUpTask } from './task.ts';
import { knownZone, localDay } from './when.ts';
import { whoIs } from './who.ts';
import { whyNowMax } from './why-now.ts';

const programMax = 80;

/** What is asked about: a lead that was given back, or a deal that was lost. */
export type AskedAbout = 'lead' | 'deal';

const questions: Readonly<Record<AskedAbout, (who: string) => string>> = {
  lead: (who) => `Why did you give back ${who}?`,
  deal: (who) => `Why was the deal with ${who} lost?`,
};

/**
 * The one task that asks a rep for a reason that was not given. Pure. It is due on the day of `input.now`, and has no reminder: whoever does not
 * answer is not chased, the person is in `program` until the answer comes.
 */
export const askReasonTask = (
  input: DigestInput,
  about: AskedAbout,
  program: string | null,
): FollowUpTask => {
  const until = foreign(program ?? '', programMax);
  const lines = [
    `Choose a Tandem Reason on the record: ${repReasons.join(', ')}.`,
    "- 'Not now' with a day in Tandem Recontact On brings them back to you on that day.",
    until === ''
      ? '- Until then the reason counts as unknown.'
      : `- Until then the reason counts as unknown, and they are in '${until}'.`,
    'The reason closes this task, and sends them where it belongs.',
  ];
  return {
    subject: cut(questions[about](whoIs(input)), whyNowMax),
    body: lines.join('\n'),
    dueDay: localDay(input.now, knownZone(input.zone)),
    remindAt: null,
    priority: 'Normal',
  };
};
