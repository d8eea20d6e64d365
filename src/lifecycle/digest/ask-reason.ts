import { repReasons } from '../../model/stages.ts';
import { type PointedField, type PointedFields, pointedOn, wordsFor } from '../own-fields/pointed.ts';
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

/** What a rep chooses among, and where, in the words of their page. */
export interface ReasonWords {
  readonly reason: string;
  readonly reasons: readonly string[];
  readonly notNow: string;
  readonly recontact: string;
}

const ownReasonWords: ReasonWords = {
  reason: 'Tandem Reason',
  reasons: repReasons,
  notNow: 'Not now',
  recontact: 'Tandem Recontact On',
};

/** In the words of the company, where it has fields for them. `labels`: what people call those, by `Lead.Tandem_Reason__c`. */
export const reasonWordsOn = (
  pointed: PointedFields,
  object: string,
  labels: ReadonlyMap<string, string> = new Map(),
): ReasonWords => {
  const [reason, recontact] = (['Tandem_Reason__c', 'Tandem_Recontact_On__c'] as const).map((own) =>
    pointedOn(pointed, object, own),
  );
  const labelOf = (field: PointedField | null | undefined, otherwise: string): string =>
    field ? (labels.get(`${object}.${field.own.name}`) ?? field.name) : otherwise;
  const wordsOf = (word: string): readonly string[] => wordsFor(reason ?? null, word);
  return {
    reason: labelOf(reason, ownReasonWords.reason),
    reasons: repReasons.flatMap(wordsOf),
    notNow: wordsOf('Not now')[0] ?? 'Not now',
    recontact: labelOf(recontact, ownReasonWords.recontact),
  };
};

/**
 * The one task that asks a rep for a reason that was not given. Pure. It is due on the day of `input.now`, and has no reminder: whoever does not
 * answer is not chased, the person is in `program` until the answer comes.
 */
export const askReasonTask = (
  input: DigestInput,
  about: AskedAbout,
  program: string | null,
  words: ReasonWords = ownReasonWords,
): FollowUpTask => {
  const until = foreign(program ?? '', programMax);
  const lines = [
    `Choose a ${words.reason} on the record: ${words.reasons.join(', ')}.`,
    `- '${words.notNow}' with a day in ${words.recontact} brings them back to you on that day.`,
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
