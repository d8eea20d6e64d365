import { expect, it } from 'vitest';
import { type Cause, causeId, causeNamed, messageOf } from '../../src/commands/failures/named-cause.ts';
import { UsageError } from '../../src/model/failure.ts';

const tooLong: Cause = { pair: 'people', system: 'salesforce', field: 'jobtitle', code: 'STRING_TOO_LONG' };
const city: Cause = { pair: 'people', system: 'salesforce', field: 'city', code: 'INVALID' };
const whole: Cause = { pair: 'companies', system: 'hubspot', field: null, code: 'INVALID' };
const causes = [tooLong, city, whole];

it.each([
  ['its name', 'people/salesforce/jobtitle/STRING_TOO_LONG', tooLong],
  ['its code, which one alone has', 'STRING_TOO_LONG', tooLong],
  ['the code as it was typed', 'string_too_long', tooLong],
  ['field and code, where several have the code', 'city/INVALID', city],
  ['a whole record’s end', '*/INVALID', whole],
])('a cause is known by %s', (_what, word, cause) => {
  expect(causeNamed(word, causes)).toBe(cause);
});

const refusal = (word: string): UsageError => {
  try {
    causeNamed(word, causes);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`${word} was taken for a cause`);
};

it('a code that several causes have names them, so that one can be chosen', () => {
  expect(refusal('INVALID').next).toBe(`Give one of ${causeId(city)}, ${causeId(whole)}.`);
});

it('a word that is no cause says what there can be, and where causes are listed', () => {
  // TOO_LONG ends STRING_TOO_LONG, and is another code.
  for (const word of ['nothing', 'TOO_LONG']) {
    const { message, next } = refusal(word);
    expect(message).toBe(`'${word}' is neither the cause of something that is refused nor a record.`);
    expect(next).toMatch(/CAUSE as tandem failures lists them .* or a RECORD: an email address/);
  }
});

it('a cause of several messages does not pass the oldest off as all of them', () => {
  expect(messageOf({ message: 'Give a reason', messages: 1 })).toBe('Give a reason');
  expect(messageOf({ message: 'Give a reason', messages: 3 })).toBe(
    'Give a reason (of others: 2 other messages)',
  );
});
