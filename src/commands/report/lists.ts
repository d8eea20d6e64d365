import { labels } from '../../lifecycle/account/words.ts';
import type { DealRecord } from '../../lifecycle/report/money.ts';
import type { LeadRecord } from '../../lifecycle/report/records.ts';
import type { WeeklyReport } from '../../lifecycle/report/weekly.ts';
import type { Drill } from './drill.ts';
import { type Html, html } from './html.ts';
import { hubspotLink, type RecordHomes, salesforceLink } from './links.ts';
import { capital, many, moment, sourceWords, sumWords } from './words.ts';

const nameOf = ({ name, hubspot, journey }: LeadRecord): string =>
  name ?? (hubspot === null ? journey : `Contact ${hubspot}`);

const leadRow = (lead: LeadRecord, { zone, asOf }: WeeklyReport, homes: RecordHomes): Html =>
  html`<tr><td>${nameOf(lead)}${lead.turn > 1 ? html` <span class="tag">turn ${lead.turn}</span>` : null}</td><td>${lead.company ?? ''}</td><td>${lead.ownerName ?? lead.owner ?? '–'}</td><td>${moment(lead.readyAt, zone, asOf)}</td><td>${capital(labels[lead.leaf])}${lead.why === null ? null : `: ${lead.why}`}</td><td>${hubspotLink(homes, lead.hubspot)}</td><td>${salesforceLink(homes, lead.salesforce)}</td></tr>
`;

const dealRow = (deal: DealRecord, homes: RecordHomes): Html => {
  const { lead } = deal;
  return html`<tr><td>${lead.company ?? nameOf(lead)}<small>${nameOf(lead)}</small></td><td>${deal.stage}${deal.lossReason === null ? null : `: ${deal.lossReason}`}</td><td class="n">${deal.amount === null ? '–' : sumWords({ amounts: [{ amount: deal.amount, currency: deal.currency }] })}</td><td>${deal.closesOn ?? '–'}</td><td>${sourceWords(lead.source)}</td><td>${hubspotLink(homes, lead.hubspot)}</td><td>${salesforceLink(homes, deal.id)}</td></tr>
`;
};

const heads = {
  leads: ['Who', 'Company', 'Rep', 'Became ready', 'Now', 'HubSpot', 'Salesforce'],
  deals: ['Whose', 'Stage', 'Amount', 'Close date', 'Source', 'HubSpot', 'Salesforce'],
} as const;

/** What all rows of the page may take together, so that it stays below a megabyte with its charts: a page that is mailed. */
const rowBytesMax = 700_000;

/** So many rows of each list as fit into the page, the same of each; at least one. A list is made as far as it is shown, however long it is. */
const fittingRows = (
  drills: readonly Drill[],
  rowOf: (drill: Drill, record: string) => Html | null,
): readonly (readonly Html[])[] => {
  const shown = drills.map((): Html[] => []);
  const longest = Math.max(...drills.map(({ records }) => records.length));
  let bytes = 0;
  for (let at = 0; at < longest; at += 1) {
    const round = drills.map((drill) => {
      const record = drill.records[at];
      return record === undefined ? null : rowOf(drill, record);
    });
    bytes += round.reduce((sum, row) => sum + (row === null ? 0 : Buffer.byteLength(row.markup)), 0);
    if (at > 0 && bytes > rowBytesMax) break;
    for (const [index, row] of round.entries()) if (row !== null) shown[index]?.push(row);
  }
  return shown;
};

/** The tables beside the page that have all records, by their file names. */
export interface TableFiles {
  readonly leads: string;
  readonly deals: string;
}

/** The lists to which the figures lead, each with the links into both systems; of long ones the first, and where the others are. */
export const listsSection = (
  report: WeeklyReport,
  drills: readonly Drill[],
  homes: RecordHomes,
  files: TableFiles,
): Html | null => {
  if (drills.length === 0) return null;
  const dealById = new Map(report.money.deals.map((deal) => [deal.id, deal]));
  const rowOf = ({ kind }: Drill, record: string): Html | null => {
    const [lead, deal] = [report.leads.get(record), dealById.get(record)];
    if (kind === 'leads') return lead === undefined ? null : leadRow(lead, report, homes);
    return deal === undefined ? null : dealRow(deal, homes);
  };
  const rows = fittingRows(drills, rowOf);
  const lists = drills.map((drill, index) => {
    const { id, title, kind, records } = drill;
    const own = rows[index] ?? [];
    const left = records.length - own.length;
    const more =
      left <= 0
        ? null
        : html`<p class="empty">The first ${own.length}; ${left.toLocaleString('en-US')} more are in <a href="${files[kind]}">${files[kind]}</a>, beside this page.</p>`;
    const head = heads[kind].map((name) => html`<th>${name}</th>`);
    return html`<div class="list" id="${id}"><h3>${title}</h3><small>${kind === 'leads' ? many(records.length, 'lead', 'leads') : many(records.length, 'deal', 'deals')} · <a href="#top">to the top</a></small>
<div class="rows" tabindex="0"><table class="${kind}"><thead><tr>${head}</tr></thead><tbody>${own}</tbody></table></div>${more}</div>`;
  });
  return html`<section class="lists" id="lists"><h2>The records behind the figures</h2>
<p>Each figure above leads to its list here, and each record to both systems. All of them, each once, are in <a href="${files.leads}">${files.leads}</a> and <a href="${files.deals}">${files.deals}</a>.</p>${lists}</section>`;
};
