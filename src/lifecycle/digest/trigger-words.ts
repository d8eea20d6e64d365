import type { Trigger } from './input.ts';
import { foreign, quoted } from './plain-text.ts';

const nameMax = 60;

/** What forms for contact are commonly called; a form of another name is shown by its name. */
const wishes: readonly (readonly [RegExp, string])[] = [
  [/\bdemo\b/i, 'Asked for a demo'],
  [/\b(?:price|prices|pricing|quote|offer)\b/i, 'Asked for a price'],
  [/\btrial\b/i, 'Asked for a trial'],
  [/\b(?:contact|call ?back)\b/i, 'Asked to be contacted'],
];

type Asked = Extract<Trigger, { kind: 'asked' }>;

const wishOf = ({ type, form, rule }: Asked): string => {
  if (type === 'meetingBooked') return 'Booked a meeting';
  if (form === null) {
    const named = quoted(rule, nameMax);
    return named === null ? 'Asked to be contacted' : `Asked to be contacted: ${named}`;
  }
  const known = wishes.find(([pattern]) => pattern.test(form));
  return known?.[1] ?? `Asked by form ${quoted(form, nameMax) ?? 'without a name'}`;
};

/** The form as it is called, where the words of the wish do not name it; null otherwise. */
export const formOf = (trigger: Trigger): string | null =>
  trigger.kind === 'asked' && trigger.form !== null ? quoted(trigger.form, nameMax) : null;

const by = (words: string, name: string | null): string => {
  const who = foreign(name ?? '', nameMax);
  return who === '' ? words : `${words} by ${who}`;
};

/** Why the person comes to sales now, in words without a time. */
export const triggerWords = (trigger: Trigger): string => {
  switch (trigger.kind) {
    case 'asked':
      return wishOf(trigger);
    case 'ready':
      return `Sales-ready (${foreign(trigger.definition, nameMax)})`;
    case 'recontact':
      return 'To be called again on';
    case 'requested':
      return by('Put forward', trigger.by);
    case 'handed-on':
      return by('Qualified', trigger.by);
    case 'repaired':
      return 'Data mended';
    case 'moved': {
      const reason = foreign(trigger.reason ?? '', nameMax);
      return reason === '' ? 'From another rep' : `From another rep: ${reason}`;
    }
  }
};
