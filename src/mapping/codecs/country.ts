import { type CodecKind, plainKind } from './codec-kind.ts';
import { textSides } from './text-sides.ts';

/** Names in wide use beside the English one and the two-letter code. */
const aliases: Readonly<Record<string, string>> = {
  usa: 'US',
  'u.s.': 'US',
  'u.s.a.': 'US',
  'united states of america': 'US',
  uk: 'GB',
  'great britain': 'GB',
  'czech republic': 'CZ',
  'the netherlands': 'NL',
  uae: 'AE',
  turkey: 'TR',
  'south korea': 'KR',
  russia: 'RU',
};

/** ISO 3166 codes of two letters that have an English name, by name and by code, in lower case. */
const codesByName = (): ReadonlyMap<string, string> => {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const found = new Map<string, string>(Object.entries(aliases));
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    // Codes that stand for another one (UK for GB, FX for FR) are written under that one, so that names stay unique.
    if (new Intl.Locale('und', { region: code }).region !== code) continue;
    const name = names.of(code)?.toLowerCase();
    if (name === undefined || name === 'unknown region') continue;
    if (!found.has(name)) found.set(name, code);
    if (!found.has(code.toLowerCase())) found.set(code.toLowerCase(), code);
  }
  return found;
};

/**
 * Countries as text: a code of two letters, or the English name. Salesforce orgs with country picklists answer `United States`
 * where `US` was written (reference: section 12.7), so the two are equal. Other texts are compared exactly. Written as typed.
 */
export const country: CodecKind = {
  ...plainKind,
  make: () => {
    const codes = codesByName();
    return textSides((text) => codes.get(text.toLowerCase()) ?? text);
  },
};
