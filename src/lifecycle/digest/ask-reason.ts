import { repReasons } from '../../model/stages.ts';
import { lossWords } from '../own-fields/own-fields.ts';
import { type PointedFields, pointedOn, type ShownField, wordsFor } from '../own-fields/pointed.ts';
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
  /** What an opportunity is lost by. */
  readonly loss: string;
  readonly losses: readonly string[];
}

const ownReasonWords: ReasonWords = {
  reason: 'Tandem Reason',
  reasons: repReasons,
  notNow: 'Not now',
  recontact: 'Tandem Recontact On',
  loss: 'Tandem Loss Reason',
  losses: lossWords,
};

/**
 * In the words of the company, where it has fields for them, and of those what can be chosen there. `shown`: the fields as people see them, by
 * `Lead.Tandem_Reason__c`.
 */
export const reasonWordsOn = (
  pointed: PointedFields,
  object: string,
  shown: ReadonlyMap<string, ShownField> = new Map(),
): ReasonWords => {
  const on = (type: string, own: string, otherwise: string, words: readonly string[]) => {
    const field = pointedOn(pointed, type, own);
    const seen = shown.get(`${type}.${own}`);
    const choices = seen?.choices ?? null;
    const theirs = words.flatMap((word) => wordsFor(field, word));
    return {
      label: field === null ? otherwise : (seen?.label ?? field.name),
      words: field === null || choices === null ? theirs : theirs.filter((word) => choices.includes(word)),
      wordOf: (word: string): string => wordsFor(field, word)[0] ?? word,
    };
  };
  const own = ownReasonWords;
  const reason = on(object, 'Tandem_Reason__c', own.reason, own.reasons);
  const loss = on('Opportunity', 'Tandem_Loss_Reason__c', own.loss, own.losses);
  return {
    reason: reason.label,
    reasons: reason.words,
    notNow: reason.wordOf(own.notNow),
    recontact: on(object, 'Tandem_Recontact_On__c', own.recontact, []).label,
    loss: loss.label,
    losses: loss.words,
  };
};

/** Where an answer is heard: on the person's record, and where a deal was lost and the org has the field (`isLossKnown`), in that deal as well. */
const choices = (
  about: AskedAbout,
  isLossKnown: boolean,
  { reason, reasons, loss, losses }: ReasonWords,
): readonly string[] =>
  about === 'deal' && isLossKnown
    ? [
        `Choose a ${loss} in the opportunity: ${losses.join(', ')}.`,
        `- Or a ${reason} on this record: ${reasons.join(', ')}.`,
      ]
    : [`Choose a ${reason} on the record: ${reasons.join(', ')}.`];

/**
 * The one task that asks a rep for a reason that was not given. Pure. It is due on the day of `input.now`, and has no reminder: whoever does not
 * answer is not chased, the person is in `program` until the answer comes.
 */
export const askReasonTask = (
  input: DigestInput,
  about: AskedAbout,
  program: string | null,
  words: ReasonWords = ownReasonWords,
  isLossKnown = true,
): FollowUpTask => {
  const until = foreign(program ?? '', programMax);
  const lines = [
    ...choices(about, isLossKnown, words),
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
