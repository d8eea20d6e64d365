import { isReason, type Reason } from '../stage/facts.ts';
import type { DigestInput } from './input.ts';
import { cut, foreign } from './plain-text.ts';
import { latelyText, type Told, tell } from './telling.ts';
import { formOf } from './trigger-words.ts';
import { mayNotBeCalled } from './who.ts';

const sayMax = 400;
const titleMax = 120;
const urlMax = 500;
/** What `Tandem_Next_Step__c` holds. */
const stepMax = 255;
const stepSeparator = ' · ';
/** More than this would not be read on a phone; all of them stand in `Tandem_Content__c`. */
const sendMax = 3;

/** An address that a rep can press: http or https and nothing that could end it early; null for any other. */
export const pressable = (url: string | null): string | null => {
  if (url === null || !URL.canParse(url)) return null;
  const { href, protocol } = new URL(url);
  const isPlain = /^[^\s<>|"'`\\]+$/.test(href);
  return (protocol === 'https:' || protocol === 'http:') && isPlain && href.length <= urlMax ? href : null;
};

/** Where nothing is recommended: what follows from why they come and what they did, and no more. */
const plainStep = ({ trigger, person }: DigestInput, { lately }: Told): string => {
  const way = mayNotBeCalled(person) ? 'Write' : 'Call';
  const form = formOf(trigger);
  if (trigger.kind === 'asked')
    return `${way} and answer what they asked for${form === null ? '' : ` in ${form}`}`;
  if (trigger.kind === 'recontact') return `${way}: the day has come that was agreed`;
  const [first] = lately;
  return first === undefined
    ? `${way} and ask what they are working on`
    : `${way} and ask about what they looked at: ${latelyText(first)}`;
};

/** What follows from how the last turn ended, by its reason; of other reasons nothing follows that would be true of everybody. */
const sinceThen: Readonly<Partial<Record<Reason, string>>> = {
  'Not now': 'ask whether it is the time now',
  'No budget': 'ask whether there is a budget now',
  'No authority': 'ask who decides, and who should be there',
  'No need': 'ask what has changed in what they need',
  Unresponsive: 'try another way, or another hour, than last time',
  'Chose a competitor': 'ask how they fare with the one they chose',
  'Wrong person': 'ask who looks after it there',
  'No touch': 'nobody spoke to them last time: say so, and do not make them tell it twice',
  Stalled: 'it came to a stop last time: agree the next date before you hang up',
};

const lastTime = ({ earlier, trigger }: DigestInput): string | null => {
  // The day that they named has come: that says it.
  if (trigger.kind === 'recontact') return null;
  const last = earlier.reduce<DigestInput['earlier'][number] | null>(
    (newest, each) => (newest === null || each.turn > newest.turn ? each : newest),
    null,
  );
  const reason = last?.reason ?? null;
  const step = reason !== null && isReason(reason) ? sinceThen[reason] : undefined;
  return step === undefined ? null : `Last time it ended with '${reason}': ${step}`;
};

/** A piece of content: what to send, where it is, what to say with it. */
const sendLines = ({ title, url, say }: DigestInput['nextStep']['send'][number]): readonly string[] => {
  const named = foreign(title, titleMax);
  const address = pressable(url);
  const said = foreign(say ?? '', sayMax);
  return [
    ...(named === '' ? [] : [`Send: ${named}`]),
    ...(address === null ? [] : [address]),
    ...(said === '' ? [] : [`Say: ${said}`]),
  ];
};

/** Lines as one of at most 255 UTF-16 units: the first, cut where it is too long, and those after it up to the first that does not fit. Pure. */
export const oneStepLine = ([first = '', ...more]: readonly string[]): string => {
  const lines = [cut(first, stepMax)];
  for (const line of more) {
    if ([...lines, line].join(stepSeparator).length > stepMax) break;
    lines.push(line);
  }
  return lines.join(stepSeparator);
};

/** The lines of 'say or send this'. Pure. */
export const stepLines = (input: DigestInput, told: Told): readonly string[] => {
  const { say, send } = input.nextStep;
  const said = foreign(say ?? '', sayMax);
  return [
    ...(said === '' ? [plainStep(input, told), lastTime(input)].filter((line) => line !== null) : [said]),
    ...send.slice(0, sendMax).flatMap(sendLines),
  ];
};

/**
 * The same as one line for the field of the recommended step, at most 255 UTF-16 units. Pure. The first is cut where it is too long; of the others
 * those that fit as a whole are there, for half an address leads nowhere.
 */
export const nextStepLine = (input: DigestInput): string => oneStepLine(stepLines(input, tell(input)));
