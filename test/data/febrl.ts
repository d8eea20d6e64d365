import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { defaultDataDir } from './sources.ts';

/** The sets of people with generated duplicates, and what each is said to be like. */
export const febrlSets = {
  dataset1: 'one duplicate each, few errors',
  dataset2: 'up to five duplicates of few people',
  dataset3: 'up to five duplicates each, many errors',
} as const;
export type FebrlSet = keyof typeof febrlSets;

/** A row of FEBRL: a person (`duplicate` null), or somebody's wrong copy of one. */
export interface FebrlRow {
  /** The same for a person and all copies, and for nobody else. */
  readonly person: string;
  readonly duplicate: number | null;
  readonly given: string;
  readonly surname: string;
  readonly street: string;
  readonly suburb: string;
  readonly postcode: string;
  readonly state: string;
  /** YYYY-MM-DD, or what stands there where that is no date of eight digits. */
  readonly born: string;
}

const columns = z.object({
  rec_id: z.string(),
  given_name: z.string(),
  surname: z.string(),
  street_number: z.string(),
  address_1: z.string(),
  address_2: z.string(),
  suburb: z.string(),
  postcode: z.string(),
  state: z.string(),
  date_of_birth: z.string(),
});

const fileOf = (set: FebrlSet): string => join(defaultDataDir, 'febrl', `${set}.csv`);

export const hasFebrl = (): boolean =>
  (Object.keys(febrlSets) as FebrlSet[]).every((set) => existsSync(fileOf(set)));

/**
 * Reads one set. The social security number is left out: no CRM has one, and it would decide everything.
 * @throws Error where a row has no label, or the file another shape.
 */
export const readFebrl = (set: FebrlSet): readonly FebrlRow[] =>
  z
    .array(columns)
    // Header names and values begin with a space.
    .parse(parse(readFileSync(fileOf(set), 'utf8'), { columns: true, trim: true, bom: true }))
    .map((row) => {
      const [, number, kind, copy] = /^rec-(\d+)-(org|dup)(?:-(\d+))?$/.exec(row.rec_id) ?? [];
      if (number === undefined) throw new Error(`${set}: ${row.rec_id} is no label`);
      return {
        person: `${set}-${number}`,
        duplicate: kind === 'org' ? null : Number(copy),
        given: row.given_name,
        surname: row.surname,
        street: [[row.street_number, row.address_1].join(' ').trim(), row.address_2].join('\n').trim(),
        suburb: row.suburb,
        postcode: row.postcode,
        state: row.state,
        born: row.date_of_birth.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'),
      };
    });
