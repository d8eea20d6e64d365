import type { DigestInput } from './input.ts';
import { foreign } from './plain-text.ts';
import { latelyText, type Told } from './telling.ts';
import { formOf } from './trigger-words.ts';
import { mayNotBeCalled } from './who.ts';

const sayMax = 400;
const titleMax = 120;
const urlMax = 500;

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

/** The lines of 'say or send this'. Pure. */
export const stepLines = (input: DigestInput, told: Told): readonly string[] => {
  const { say, content } = input.nextStep;
  const said = foreign(say ?? '', sayMax);
  const title = foreign(content?.title ?? '', titleMax);
  const url = pressable(content?.url ?? null);
  return [
    said === '' ? plainStep(input, told) : said,
    ...(title === '' ? [] : [`Send: ${title}`]),
    ...(url === null ? [] : [url]),
  ];
};
