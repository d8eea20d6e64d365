import type { Random } from './random.ts';
import type { SampleName } from './sources.ts';

export interface PersonName {
  readonly given: string;
  readonly surname: string;
  /** What colleagues call the person ('Bertie'); the given name where the samples know none. */
  readonly informal: string;
}

const onsets = ['b', 'br', 'd', 'f', 'gr', 'h', 'k', 'l', 'm', 'n', 'p', 'r', 's', 'st', 't', 'v', 'w', 'z'];
const nuclei = ['a', 'e', 'i', 'o', 'u', 'ai', 'ei', 'au'];
const endings = [
  'berg',
  'dal',
  'field',
  'kar',
  'man',
  'moor',
  'ova',
  'quist',
  'sen',
  'son',
  'ton',
  'wala',
  'well',
  'ý',
];

/** A surname that nobody need have: the samples hold about four per locale, far too few for 100,000 people. */
const inventSurname = (random: Random): string => {
  const stem = random.pick(onsets) + random.pick(nuclei) + (random.chance(0.4) ? random.pick(onsets) : '');
  const name = stem + random.pick(endings);
  return name.charAt(0).toUpperCase() + name.slice(1);
};

/** Groups the sample names by locale once; the answer gives a name of a random locale, half of the time with an invented surname. */
export const nameMaker = (samples: readonly SampleName[]): ((random: Random) => PersonName) => {
  const locales = new Map<string, SampleName[]>();
  for (const sample of samples) {
    if (sample.given === '') continue;
    locales.set(sample.locale, [...(locales.get(sample.locale) ?? []), sample]);
  }
  const groups = [...locales.values()];
  return (random) => {
    const group = random.pick(groups);
    const first = random.pick(group);
    const surname = random.pick(group).surname;
    return {
      given: first.given,
      informal: first.informal || first.given,
      surname: surname === '' || random.chance(0.5) ? inventSurname(random) : surname,
    };
  };
};

/** The letters of a name that an email address can carry (`Zoë Šimić` → `zoesimic`); empty for a name in another script. */
export const asciiLetters = (name: string): string =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
