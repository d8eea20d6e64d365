import type { ClockReading } from '../sla/clock.ts';
import { makeDigest } from './digest.ts';
import type { DigestInput } from './input.ts';
import { pressable, stepLines } from './next-step.ts';
import { cut } from './plain-text.ts';
import { queueWords } from './route-words.ts';
import { slackText } from './slack-text.ts';
import { tell } from './telling.ts';
import { momentText } from './when.ts';
import { companyOf, nameOf } from './who.ts';
import { type Times, whyNowLine, whyNowMax } from './why-now.ts';

/** The text of a section, the shortest of the limits that Slack has (https://docs.slack.dev/reference/block-kit/composition-objects/text-object). */
export const slackMax = 3_000;

/** What the owner is told at once: plain lines, the first of them who it is. */
const linesOf = (
  input: DigestInput,
  { dueAt }: Pick<ClockReading, 'dueAt'>,
  times: Times,
): { readonly who: string; readonly why: string; readonly rest: readonly string[] } => {
  const told = tell(input);
  const { zone } = told.clock;
  const [step] = stepLines(input, told);
  const queue = queueWords(input.queueWithoutTasks);
  return {
    who: [nameOf(input.person) ?? 'A new lead', companyOf(input)].filter((part) => part !== null).join(', '),
    why: whyNowLine(input, times, told),
    rest: [
      ...(queue === null ? [] : [queue]),
      ...(step === undefined ? [] : [step]),
      ...(dueAt === null ? [] : [`First touch by ${momentText(dueAt, told.clock)} (${zone})`]),
    ],
  };
};

/**
 * The alert for a Slack-compatible webhook: a bold line with the name, why now with how long ago, what to do, until when, a link. Whole lines
 * only, at most 3,000 units. `recordUrl` is left out unless it is a plain http address. Pure.
 */
export const slackAlert = (
  input: DigestInput,
  clock: Pick<ClockReading, 'dueAt'>,
  recordUrl: string | null,
): string => {
  const { who, why, rest } = linesOf(input, clock, 'at-once');
  const url = pressable(recordUrl);
  const lines = [
    `*${slackText(who)}*`,
    slackText(why),
    ...(url === null ? [] : [`<${url.replaceAll('&', '&amp;')}|Open in Salesforce>`]),
    ...rest.map(slackText),
  ];
  return lines.reduce((text, line) => {
    const longer = text === '' ? line : `${text}\n${line}`;
    return longer.length <= slackMax ? longer : text;
  }, '');
};

export interface Mail {
  /** One line without control characters, at most 255 units. */
  readonly subject: string;
  readonly body: string;
}

/** The same as a mail in plain text, with the digest. A mail is read later than a chat: it says when, not how long ago. Pure. */
export const mailAlert = (
  input: DigestInput,
  clock: Pick<ClockReading, 'dueAt'>,
  recordUrl: string | null,
): Mail => {
  const { who, why, rest } = linesOf(input, clock, 'lasting');
  const url = pressable(recordUrl);
  const head = [why, ...rest, ...(url === null ? [] : [url])].join('\n');
  return {
    subject: cut(`${who}: ${why}`, whyNowMax),
    body: `${head}\n\n${makeDigest(input).text}`,
  };
};
