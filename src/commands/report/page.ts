import { entryKey, type HandOffAccount, type Term, termOf } from '../../lifecycle/account/account.ts';
import { fullMomentText } from '../../lifecycle/digest/when.ts';
import type { WeeklyReport } from '../../lifecycle/report/weekly.ts';
import { accountSection, titleOf, trendSection } from './account-section.ts';
import { contentSection } from './content-section.ts';
import { type Drills, makeDrills } from './drill.ts';
import { feedbackSection } from './feedback-section.ts';
import { type Html, html, type Part } from './html.ts';
import type { RecordHomes } from './links.ts';
import { listsSection, type TableFiles } from './lists.ts';
import { moneySection } from './money-section.ts';
import { acceptanceSection, lateSection, reasonsSection } from './people-sections.ts';
import { style } from './style.ts';
import { tableFilesOf } from './tables.ts';
import { many, percentWords, sumWords, weekWords } from './words.ts';

const tile = (label: string, figure: Part, below: Part, isBad = false): Html =>
  html`<div class="tile${isBad ? ' bad' : ''}"><small>${label}</small><b>${figure}</b><small>${below}</small></div>`;

const tiles = (report: WeeklyReport, drills: Drills): Html => {
  const { account, before, late, money, acceptance, week } = report;
  const count = (of: HandOffAccount, term: Term): number => termOf(of, term).count;
  const records = (term: Term): readonly string[] => termOf(account, term).entries.map(entryKey);
  const compared = (term: Term): string => `the week before: ${count(before, term)}`;
  const lateKeys = [...new Set(late.late.map(({ key }) => key))];
  return html`<div class="tiles">
${tile('Became ready', drills.link(count(account, 'ready'), titleOf('ready', week.name), records('ready')), compared('ready'))}
${tile('With a rep', drills.link(count(account, 'received'), titleOf('received', week.name), records('received')), compared('received'))}
${tile('Accepted', percentWords(acceptance.all.quality.acceptedPercent), `of ${acceptance.all.quality.judged} in ${report.trend.length} weeks, goal ${acceptance.goalPercent}%`, acceptance.all.quality.met === false)}
${tile('Late now', drills.link(lateKeys.length, 'Late', lateKeys), late.inTimePercent === null ? 'nothing was due this week' : `${percentWords(late.inTimePercent)} in time this week`, lateKeys.length > 0)}
${tile('Won this week', drills.link(sumWords(money.wonInWeek), 'Won in this week', money.wonInWeek.deals, 'deals'), many(money.wonInWeek.deals.length, 'deal', 'deals'))}
</div>`;
};

const signalsSection = ({ signals }: WeeklyReport): Html | null =>
  signals === null
    ? null
    : html`<section id="signals"><h2>What stands out</h2>
<p>Agreed quality that is missed; falls of conversion and longer waits against the own past that luck alone does not explain.</p>
${signals.length === 0 ? html`<p class="empty">Nothing stands out.</p>` : signals.map((text) => html`<p class="signal">${text}</p>`)}</section>`;

/**
 * The weekly report as one page that needs nothing else: no network, no script. Whatever comes from records is escaped. Pure.
 */
export const weeklyPage = (
  report: WeeklyReport,
  homes: RecordHomes,
  files: TableFiles = tableFilesOf(`weekly-${report.week.name}`),
): string => {
  const { week, zone, asOf, signals } = report;
  const drills = makeDrills();
  const body = html`${tiles(report, drills)}
${accountSection(report, drills)}
${lateSection(report, drills)}
${acceptanceSection(report, drills)}
${reasonsSection(report, drills)}
${feedbackSection(report, drills)}
${moneySection(report, drills)}
${contentSection(report, drills)}
${trendSection(report, drills)}
${signalsSection(report)}`;
  const lists = listsSection(report, drills.all, homes, files);
  const when = weekWords(week, zone);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>Sales-ready leads, ${week.name}</title><style>${style}</style></head>
<body id="top"><header><p class="over">Marketing and sales · weekly report</p><h1>Sales-ready leads, ${when}</h1>
<p class="soft">Week ${week.name}, as of ${fullMomentText(asOf, { zone })} (${zone}). Every figure leads to its records.</p>
<nav><a href="#account">Where they are</a><a href="#late">Late leads</a><a href="#acceptance">Acceptance</a><a href="#reasons">Reasons</a><a href="#feedback">What sales said</a><a href="#money">Revenue</a>${report.content === null ? null : html`<a href="#content">Content</a>`}<a href="#weeks">${report.trend.length} weeks</a>${signals === null ? null : html`<a href="#signals">Signals</a>`}${lists === null ? null : html`<a href="#lists">Records</a>`}</nav></header>
<main>${body}${lists}</main>
<footer>${homes.hubspot === null && homes.salesforce === null ? 'The systems were not asked where their records are seen: records have no links. ' : ''}It names people: share it with those who may see their records, and delete it when it has served.</footer></body></html>
`.markup;
};
