import type { Profile } from './person.ts';
import type { Random } from './random.ts';

interface Twin {
  readonly kind: string;
  readonly profile: Profile;
}

const withLocal = (email: string, change: (local: string) => string): string => {
  const at = email.lastIndexOf('@');
  return change(email.slice(0, at)) + email.slice(at);
};

/** Another letter in the place of the first: `anna` and `bnna`. The person's number after the hyphen is left alone. */
const otherLetter = (local: string): string =>
  String.fromCharCode(((local.charCodeAt(0) - 97 + 1) % 26) + 97) + local.slice(1);

const lookalikes: readonly (readonly [RegExp, string])[] = [
  [/l/, '1'],
  [/o/, '0'],
  [/m/, 'rn'],
  [/a/, '\u0430'],
  [/e/, '\u0435'],
];

/** An address that looks the same to the eye: a digit for a letter, or a Cyrillic letter for a Latin one. */
const homograph = (local: string, random: Random): string => {
  const usable = lookalikes.filter(([letter]) => letter.test(local.replace(/-\d+$/, '')));
  if (usable.length === 0) return otherLetter(local);
  const [letter, twin] = random.pick(usable);
  return local.replace(letter, twin);
};

type Variant = (base: Profile, own: Profile, random: Random) => Profile;

/** Each kind gives somebody else who shares what sloppy matching would go by. Only the address tells them apart. */
const variants: Readonly<Record<string, Variant>> = {
  'plus-tag': (base, own) => ({
    ...own,
    email: withLocal(base.email, (local) => `${local}+${own.given.length}`),
  }),
  dots: (base, own) => ({
    ...own,
    email: withLocal(base.email, (local) =>
      local.includes('.') ? local.replace('.', '') : `${local.charAt(0)}.${local.slice(1)}`,
    ),
  }),
  'same name and company': (base, own) => ({ ...base, email: own.email }),
  'same phone and name': (base, own) => ({
    ...own,
    given: base.given,
    surname: base.surname,
    phone: base.phone,
  }),
  homograph: (base, _own, random) => ({
    ...base,
    email: withLocal(base.email, (local) => homograph(local, random)),
  }),
  'one character': (base, _own) => ({ ...base, email: withLocal(base.email, otherLetter) }),
  'same mailbox elsewhere': (base, _own) => ({ ...base, email: base.email.replace(/\.\w+$/, '.co') }),
  'longer by one letter': (base, own) => ({ ...own, email: `x${base.email}` }),
};

export const twinKinds = Object.keys(variants);

/** Somebody who looks like `base` and is another person; `own` is who they would have been. The kinds take turns by `turn`. */
export const twinOf = (base: Profile, own: Profile, turn: number, random: Random): Twin => {
  const kind = twinKinds[turn % twinKinds.length] ?? 'dots';
  const variant = variants[kind];
  if (variant === undefined) throw new Error(`twinOf: no variant ${kind}`);
  return { kind, profile: variant(base, own, random) };
};
