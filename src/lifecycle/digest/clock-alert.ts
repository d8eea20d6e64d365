import type { ClockReading } from '../sla/clock.ts';
import type { ClockKind, ClockStep } from '../sla/model.ts';
import { type Mail, slackMax } from './alert.ts';
import type { DigestInput } from './input.ts';
import { pressable } from './next-step.ts';
import { cut, foreign } from './plain-text.ts';
import { slackText } from './slack-text.ts';
import { knownZone, momentText } from './when.ts';
import { companyOf, nameOf } from './who.ts';
import { type Times, whyNowLine, whyNowMax } from './why-now.ts';

const nameMax = 60;
const minuteMs = 60_000;

/** Working time in words: `35 min`, `3 h`, `3 h 20 min`; less than a minute is said so. */
export const workingTime = (ms: number): string => {
  const minutes = Math.floor(Math.max(ms, 0) / minuteMs);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (minutes === 0) return 'less than a minute';
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
};

/** What the clock waits for, and by when it is wanted. */
const waits: Readonly<Record<ClockKind, { readonly missing: string; readonly wanted: string }>> = {
  'hand-off': { missing: 'not handed over yet', wanted: 'With a rep' },
  'follow-up': { missing: 'no touch yet', wanted: 'First touch' },
  verdict: { missing: 'no yes or no yet', wanted: 'Yes or no' },
  return: { missing: 'not back in a program yet', wanted: 'Back in a program' },
};

export interface ClockTelling {
  readonly step: Exclude<ClockStep, 'reassign'>;
  readonly kind: ClockKind;
  /** The clock as it reads now. */
  readonly reading: Pick<ClockReading, 'budgetMs' | 'spentMs' | 'dueAt'>;
  /** Names of those who are told. */
  readonly to: readonly string[];
  /** Name of whoever has the lead, and is waited for; null: nobody of sales is. */
  readonly owner: string | null;
  /** The manager is to be told, and nobody is named as one. */
  readonly managerMissing: boolean;
  /** What is said instead of why the person came: of a return or a hand-over, what stands in the way. */
  readonly about?: string;
}

const listed = (names: readonly string[]): string => {
  const shown = names.map((name) => foreign(name, nameMax)).filter((name) => name !== '');
  return shown.length === 0 ? '' : `${shown.join(', ')}: `;
};

const stateLine = ({ step, kind, reading, to, owner }: ClockTelling): string => {
  const { missing } = waits[kind];
  const { budgetMs, spentMs } = reading;
  const late = spentMs - budgetMs;
  const who = step === 'escalate' && owner !== null ? ` from ${foreign(owner, nameMax)}` : '';
  const time =
    late >= 0
      ? `${workingTime(late)} late`
      : `${workingTime(-late)} of ${workingTime(budgetMs)} of working time left`;
  return `${listed(to)}${missing}${who}, ${time}`;
};

/** What a clock says, in plain lines; `who` is the lead. */
const clockLines = (
  input: DigestInput,
  telling: ClockTelling,
  times: Times,
): { readonly who: string; readonly lines: readonly string[] } => {
  const { step, kind, reading, managerMissing, owner } = telling;
  const who = [nameOf(input.person) ?? 'A lead', companyOf(input)].filter((part) => part !== null).join(', ');
  const zone = knownZone(input.zone);
  const { dueAt } = reading;
  const by = dueAt === null ? null : momentText(dueAt, { zone, anchor: input.now });
  return {
    who: `${step === 'escalate' ? 'Late' : 'Reminder'}: ${who}`,
    lines: [
      stateLine(telling),
      telling.about ?? whyNowLine(input, times),
      ...(by === null ? [] : [`${waits[kind].wanted} by ${by} (${zone})`]),
      ...(managerMissing
        ? [`Salesforce names no manager${owner === null ? '' : ` of ${foreign(owner, nameMax)}`} to be told.`]
        : []),
    ],
  };
};

/**
 * What a clock says to the owner or the manager, or to marketing of somebody who is not back in a program, for a Slack-compatible webhook: a bold line with
 * the lead, then who is meant, what is missing and how late it is in working time, why now, until when, a link. Whole lines only, at most 3,000 units. Pure.
 */
export const clockAlert = (input: DigestInput, telling: ClockTelling, recordUrl: string | null): string => {
  const { who, lines } = clockLines(input, telling, 'at-once');
  const url = pressable(recordUrl);
  const all = [
    `*${slackText(who)}*`,
    ...lines.map(slackText),
    ...(url === null ? [] : [`<${url.replaceAll('&', '&amp;')}|Open in Salesforce>`]),
  ];
  return all.reduce((text, line) => {
    const longer = text === '' ? line : `${text}\n${line}`;
    return longer.length <= slackMax ? longer : text;
  }, '');
};

/** The same as a mail in plain text; it says when, not how long ago. Pure. */
export const clockMail = (input: DigestInput, telling: ClockTelling, recordUrl: string | null): Mail => {
  const { who, lines } = clockLines(input, telling, 'lasting');
  const url = pressable(recordUrl);
  return { subject: cut(who, whyNowMax), body: [...lines, ...(url === null ? [] : [url])].join('\n') };
};
