import { labels } from '../../lifecycle/account/words.ts';
import type { LeadRecord } from '../../lifecycle/report/records.ts';
import type { WeeklyReport } from '../../lifecycle/report/weekly.ts';
import { iso } from '../with-store.ts';
import { hubspotUrl, type RecordHomes, salesforceUrl } from './links.ts';
import type { TableFiles } from './lists.ts';
import { clockWords } from './words.ts';

/** The names of the tables beside a page. */
export const tableFilesOf = (page: string): TableFiles => ({
  leads: `${page}-leads.csv`,
  deals: `${page}-deals.csv`,
});

type Cell = string | number | null;

/** A text that a spreadsheet would take for a formula is none: whoever fills in a form must not calculate in somebody's sheet (OWASP, CSV injection). */
const isFormula = /^[=+\-@\t\r]/;

const cellText = (cell: Cell): string => {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = isFormula.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** RFC 4180, with the mark by which spreadsheets know UTF-8. */
const csv = (rows: readonly (readonly Cell[])[]): string =>
  `\uFEFF${rows.map((row) => row.map(cellText).join(',')).join('\r\n')}\r\n`;

const rowOf = (
  lead: LeadRecord,
  late: ReadonlyMap<string, readonly string[]>,
  homes: RecordHomes,
): readonly Cell[] => [
  lead.name,
  lead.company,
  lead.turn,
  lead.ownerName ?? lead.owner,
  iso(lead.readyAt),
  lead.handedAt === null ? null : iso(lead.handedAt),
  labels[lead.leaf],
  lead.why,
  (late.get(lead.key) ?? []).join('; '),
  lead.source,
  lead.definition,
  lead.hubspot,
  lead.salesforce,
  hubspotUrl(homes, lead.hubspot),
  salesforceUrl(homes, lead.salesforce),
];

/**
 * Every lead that a figure of the page counts, once: those that became ready in its weeks, those of whom a clock runs or was due, those of its deals. What a list of the
 * page has is what its columns say. Pure.
 */
export const leadsTable = (report: WeeklyReport, homes: RecordHomes): string => {
  const { trend, late, money, content, leads } = report;
  const counted = new Set([
    ...trend.flatMap(({ places }) => Object.values(places).flat()),
    ...late.reps.flatMap(({ open, inTime, missed }) => [...open, ...inTime, ...missed]),
    ...money.deals.map(({ lead }) => lead.key),
    ...(content?.pieces ?? []).flatMap(({ recommended, observed, used }) => [
      ...recommended,
      ...observed,
      ...used,
    ]),
  ]);
  const lateBy = new Map(
    [...Map.groupBy(late.late, ({ key }) => key)].map(([key, own]) => [
      key,
      own.map(({ kind, dueAt }) => `${clockWords[kind]} since ${iso(dueAt)}`),
    ]),
  );
  const head = ['name', 'company', 'turn', 'rep', 'became ready', 'handed over', 'now', 'why', 'late'];
  const ids = [
    'source',
    'version of sales-ready',
    'HubSpot',
    'Salesforce',
    'HubSpot link',
    'Salesforce link',
  ];
  const own = [...leads.values()].filter(({ key }) => counted.has(key));
  return csv([[...head, ...ids], ...own.map((lead) => rowOf(lead, lateBy, homes))]);
};

/** Every deal that the page counts, once. Pure. */
export const dealsTable = ({ money }: WeeklyReport, homes: RecordHomes): string =>
  csv([
    [
      'deal',
      'whose',
      'company',
      'state',
      'stage',
      'reason lost',
      'amount',
      'currency',
      'close date',
      'source',
      'begun',
      'Salesforce link',
    ],
    ...money.deals.map((deal) => [
      deal.id,
      deal.lead.name,
      deal.lead.company,
      deal.state,
      deal.stage,
      deal.lossReason,
      deal.amount,
      deal.currency,
      deal.closesOn,
      deal.lead.source,
      deal.sourced ? 'after the hand-off' : 'before it',
      salesforceUrl(homes, deal.id),
    ]),
  ]);
