import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { defaultDataDir } from '../../test/data/sources.ts';

/** A lead as a rule may see it: attributes known before anybody of sales spoke to them, and what became of it. */
export interface Lead {
  readonly id: string;
  /** Text by attribute; blank where unanswered. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Numbers by attribute, made into bands. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly visits: number;
  readonly won: boolean;
}

export interface DataSet {
  readonly name: string;
  readonly leads: readonly Lead[];
  /** Columns that are left out since they are filled after contact or for won leads alone. */
  readonly leftOut: readonly string[];
}

const rowsOf = (file: string): readonly Readonly<Record<string, string>>[] =>
  z
    .array(z.record(z.string(), z.string()))
    .parse(
      parse(readFileSync(join(defaultDataDir, file)), { columns: true, bom: true, relax_column_count: true }),
    );

/** 'Select' is the form's own word for unanswered; 'Google' and 'google' are one. */
const answer = (text: string | undefined): string => {
  const plain = (text ?? '').trim().toLowerCase();
  return plain === 'select' ? '' : plain;
};

const xEducationText = {
  origin: 'Lead Origin',
  source: 'Lead Source',
  no_email: 'Do Not Email',
  specialization: 'Specialization',
  heard: 'How did you hear about X Education',
  occupation: 'What is your current occupation',
  matters: 'What matters most to you in choosing a course',
  city: 'City',
  country: 'Country',
  free_copy: 'A free copy of Mastering The Interview',
} as const;

const xEducation = (): DataSet => ({
  name: 'x-education',
  leftOut: [
    'Tags',
    'Lead Quality',
    'Lead Profile',
    'Asymmetrique (4)',
    'Last Activity',
    'Last Notable Activity',
  ],
  leads: rowsOf('x_education/leads.csv').map((row) => ({
    id: row['Prospect ID'] ?? '',
    attributes: Object.fromEntries(
      Object.entries(xEducationText).map(([name, column]) => [name, answer(row[column])]),
    ),
    numbers: {
      seconds: Number(row['Total Time Spent on Website'] ?? 0),
      pages_per_visit: Number(row['Page Views Per Visit'] ?? 0),
    },
    visits: Number(row.TotalVisits ?? 0),
    won: row.Converted === '1',
  })),
});

const olist = (): DataSet => {
  const won = new Set(rowsOf('olist_funnel/closed_deals.csv').map(({ mql_id }) => mql_id));
  return {
    name: 'olist',
    leftOut: ['every column of closed_deals.csv', 'first_contact_date (the last months are not over)'],
    leads: rowsOf('olist_funnel/marketing_qualified_leads.csv').map((row) => ({
      id: row.mql_id ?? '',
      attributes: { origin: answer(row.origin), page: answer(row.landing_page_id) },
      numbers: {},
      visits: 0,
      won: won.has(row.mql_id ?? ''),
    })),
  };
};

export const hasScoringData = (): boolean =>
  ['x_education/leads.csv', 'olist_funnel/closed_deals.csv'].every((file) =>
    existsSync(join(defaultDataDir, file)),
  );

export const readDataSets = (): readonly DataSet[] => [xEducation(), olist()];
