import { labels } from '../../lifecycle/account/render.ts';
import type { DealRecord } from '../../lifecycle/report/money.ts';
import type { LeadRecord } from '../../lifecycle/report/records.ts';
import type { WeeklyReport } from '../../lifecycle/report/weekly.ts';
import type { Drill } from './drill.ts';
import { type Html, html } from './html.ts';
import { hubspotLink, type RecordHomes, salesforceLink } from './links.ts';
import { capital, many, moment, moneyWords, sourceWords } from './words.ts';

const nameOf = ({ name, hubspot, journey }: LeadRecord): string =>
  name ?? (hubspot === null ? journey : `Contact ${hubspot}`);

const leadRow = (lead: LeadRecord, { zone, asOf }: WeeklyReport, homes: RecordHomes): Html =>
  html`<tr><td>${nameOf(lead)}${lead.turn > 1 ? html` <span class="tag">turn ${lead.turn}</span>` : null}</td><td>${lead.company ?? ''}</td><td>${lead.ownerName ?? lead.owner ?? '–'}</td><td>${moment(lead.readyAt, zone, asOf)}</td><td>${capital(labels[lead.leaf])}${lead.why === null ? null : `: ${lead.why}`}</td><td>${hubspotLink(homes, lead.hubspot)}</td><td>${salesforceLink(homes, lead.salesforce)}</td></tr>
`;

const dealRow = (deal: DealRecord, homes: RecordHomes): Html => {
  const { lead } = deal;
  return html`<tr><td>${lead.company ?? nameOf(lead)}<small>${nameOf(lead)}</small></td><td>${deal.stage}${deal.lossReason === null ? null : `: ${deal.lossReason}`}</td><td class="n">${deal.amount === null ? '–' : moneyWords(deal.amount)}</td><td>${deal.closesOn ?? '–'}</td><td>${sourceWords(lead.source)}</td><td>${hubspotLink(homes, lead.hubspot)}</td><td>${salesforceLink(homes, deal.id)}</td></tr>
`;
};

const heads = {
  leads: ['Who', 'Company', 'Rep', 'Became ready', 'Now', 'HubSpot', 'Salesforce'],
  deals: ['Whose', 'Stage', 'Amount', 'Close date', 'Source', 'HubSpot', 'Salesforce'],
} as const;

/** The lists to which the figures lead, each with the links into both systems. */
export const listsSection = (
  report: WeeklyReport,
  drills: readonly Drill[],
  homes: RecordHomes,
): Html | null => {
  if (drills.length === 0) return null;
  const dealById = new Map(report.money.deals.map((deal) => [deal.id, deal]));
  const rowsOf = ({ kind, records }: Drill): readonly Html[] =>
    kind === 'leads'
      ? records.flatMap((key) => {
          const lead = report.leads.get(key);
          return lead === undefined ? [] : [leadRow(lead, report, homes)];
        })
      : records.flatMap((id) => {
          const deal = dealById.get(id);
          return deal === undefined ? [] : [dealRow(deal, homes)];
        });
  const lists = drills.map((drill) => {
    const { id, title, kind, records } = drill;
    const head = heads[kind].map((name) => html`<th>${name}</th>`);
    return html`<div class="list" id="${id}"><h3>${title}</h3><small>${kind === 'leads' ? many(records.length, 'lead', 'leads') : many(records.length, 'deal', 'deals')} · <a href="#top">to the top</a></small>
<div class="rows" tabindex="0"><table class="${kind}"><thead><tr>${head}</tr></thead><tbody>${rowsOf(drill)}</tbody></table></div></div>`;
  });
  return html`<section class="lists" id="lists"><h2>The records behind the figures</h2>
<p>Each figure above leads to its list here, and each record to both systems.</p>${lists}</section>`;
};
