import { systems } from '../../model/system.ts';
import type { Judgement } from '../scoring/sales-ready.ts';
import type { ScoreLine } from '../scoring/score.ts';
import type { DigestInput, MappedRecord } from './input.ts';
import { firstOf, grouped, shownValue } from './person-values.ts';
import { foreign } from './plain-text.ts';

const messageMax = 240;
const ruleMax = 60;

const joined = (...parts: readonly (string | null)[]): string | null => {
  const there = parts.filter((part) => part !== null);
  return there.length === 0 ? null : there.join(', ');
};

const labelled = (label: string, value: string | null): string | null =>
  value === null ? null : `${label} ${value}`;

/** First and last name; null where neither is known. */
export const nameOf = (person: MappedRecord): string | null => {
  const parts = [shownValue(person, 'firstname'), shownValue(person, 'lastname')].filter(
    (part) => part !== null,
  );
  return parts.length === 0 ? null : parts.join(' ');
};

export const companyOf = ({ person, company }: Pick<DigestInput, 'person' | 'company'>): string | null =>
  firstOf(shownValue(company, 'name'), shownValue(person, 'company'));

const whoMax = 80;

/** `Vera Hug, Acme GmbH`: who it is about, in the subject of a task. */
export const whoIs = (input: Pick<DigestInput, 'person' | 'company'>): string => {
  const parts = [nameOf(input.person), companyOf(input)].map((part) => foreign(part ?? '', whoMax));
  return parts.filter((part) => part !== '').join(', ') || 'this person';
};

/** `500-1000 people`; null where nobody knows. */
export const peopleOf = ({ person, company }: Pick<DigestInput, 'person' | 'company'>): string | null => {
  const size = firstOf(shownValue(person, 'numemployees'), shownValue(company, 'numberofemployees'));
  return size === null ? null : `${grouped(size)} people`;
};

/** Consent and its like: fields that are latched. What a company calls its own is shown by its name. */
const latchLabels: ReadonlyMap<string, string> = new Map([
  ['hs_email_optout', 'Opted out of marketing mail'],
  ['do_not_call', 'Do not call'],
]);

/** Yes on either side is yes: what is latched is never taken back by a blank. */
const isYes = ({ pair, fields }: MappedRecord, name: string): boolean => {
  const field = pair.fields.find((each) => each.name === name);
  if (field === undefined) return false;
  return systems.some((system) => {
    const raw = fields[system][field.fields[system]];
    const value = raw === undefined ? null : field.codecs[system].decode(raw);
    return value?.kind === 'value' && value.text === true;
  });
};

const latchLines = (record: MappedRecord): readonly string[] =>
  record.pair.fields
    .filter(({ latch, name }) => latch === true && isYes(record, name))
    .map(({ name }) => latchLabels.get(name) ?? `${foreign(name, ruleMax)}: yes`);

const countOf = ({ count }: ScoreLine): string => (count === null || count < 2 ? '' : ` ${count}x`);

/**
 * Why the score is what it is, by the names of the rules alone: points fade from day to day, and a digest that told them would have to be
 * written every day.
 */
const scoreLines = ({ score }: Judgement): readonly string[] => {
  const named = (lines: readonly ScoreLine[]): string =>
    lines.map((line) => `${foreign(line.rule, ruleMax)}${countOf(line)}`).join(', ');
  const rules = score.lines.filter(({ kind }) => kind === 'fit' || kind === 'engagement');
  const [good, bad] = [rules.filter(({ points }) => points > 0), rules.filter(({ points }) => points < 0)];
  return [
    `Fit ${score.fit}, engagement ${score.engagement} (A and 1 are the best)`,
    ...(good.length === 0 ? [] : [`Speaks for them: ${named(good)}`]),
    ...(bad.length === 0 ? [] : [`Speaks against: ${named(bad)}`]),
  ];
};

/** `Also there: Jonas Brandt, CFO (Working, with Ben Okafor)`, one line a colleague; those who are not named are counted. */
const colleagueLines = ({ colleagues }: DigestInput): readonly string[] => {
  if (colleagues === undefined) return [];
  const named = colleagues.named.flatMap(({ person, stage, owner }): string[] => {
    const who = joined(nameOf(person), shownValue(person, 'jobtitle'));
    const rep = owner === null ? '' : `, with ${foreign(owner, ruleMax)}`;
    return who === null ? [] : [`Also there: ${who} (${foreign(stage, ruleMax)}${rep})`];
  });
  const more = colleagues.count - named.length;
  if (more <= 0) return named;
  return [
    ...named,
    `${named.length === 0 ? 'Also there' : 'And'}: ${more} ${more === 1 ? 'person' : 'people'} more`,
  ];
};

/** The lines of 'who and company': what the mapping has of both records, and the score in words. Pure. */
export const whoLines = (input: DigestInput): readonly string[] => {
  const { person, company, judgement } = input;
  const of = (personField: string, companyField: string): string | null =>
    firstOf(shownValue(person, personField), shownValue(company, companyField));
  const revenue = of('annualrevenue', 'annualrevenue');
  const message = shownValue(person, 'message', messageMax);
  const lines = [
    joined(nameOf(person), shownValue(person, 'jobtitle')),
    joined(companyOf(input), of('industry', 'industry'), peopleOf(input)),
    joined(of('city', 'city'), of('state', 'state'), of('country', 'country')),
    labelled('Revenue', revenue === null ? null : grouped(revenue)),
    labelled('Phone', shownValue(person, 'phone')),
    labelled('Mobile', shownValue(person, 'mobilephone')),
    labelled('Mail', shownValue(person, 'email')),
    labelled('Web', of('website', 'domain')),
    message === null ? null : `Wrote: ${message}`,
  ];
  return [
    ...lines.filter((line) => line !== null),
    ...latchLines(person),
    ...colleagueLines(input),
    ...scoreLines(judgement),
  ];
};

/** Whether a person may not be called, as far as the mapping tells. */
export const mayNotBeCalled = (person: MappedRecord): boolean => isYes(person, 'do_not_call');
