import { UsageError } from '../../model/failure.ts';
import type { System } from '../../model/system.ts';

/** What a group of refusals has in common. */
export interface Cause {
  readonly pair: string;
  readonly system: System;
  /** Null: it parks the whole record. */
  readonly field: string | null;
  readonly code: string;
}

/** A cause's name on the command line: mapping/system/field/code, `*` for whole records. */
export const causeId = ({ pair, system, field, code }: Cause): string =>
  `${pair}/${system}/${field ?? '*'}/${code}`;

/** What a group of refusals says, and whether others of its records are refused with other words: several rules of a company have one code. */
export const messageOf = ({
  message,
  messages,
}: {
  readonly message: string;
  readonly messages: number;
}): string => {
  if (messages <= 1) return message;
  return `${message} (of others: ${messages - 1} other ${messages === 2 ? 'message' : 'messages'})`;
};

const howTo =
  'Give a CAUSE as tandem failures lists them (mapping/system/field/CODE, or its end where one cause has it), or a RECORD: an email address, hubspot:TYPE/ID or salesforce:ID.';

/**
 * The cause that a person means by its name or by the end of it, as `STRING_TOO_LONG` or `jobtitle/STRING_TOO_LONG`. Pure.
 * @throws UsageError where none is called so, and where several are, which it names
 */
export const causeNamed = (word: string, causes: readonly Cause[]): Cause => {
  const wanted = `/${word.toLowerCase()}`;
  const [cause, ...more] = causes.filter((each) => `/${causeId(each).toLowerCase()}`.endsWith(wanted));
  if (cause === undefined) {
    throw new UsageError(`'${word}' is neither the cause of something that is refused nor a record.`, howTo);
  }
  if (more.length > 0) {
    const names = [cause, ...more].map(causeId).join(', ');
    throw new UsageError(`Several causes are called '${word}'.`, `Give one of ${names}.`);
  }
  return cause;
};
