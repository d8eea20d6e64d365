import { largest, type Sum } from '../../lifecycle/report/money.ts';
import type { WeeklyReport } from '../../lifecycle/report/weekly.ts';
import { trendWeeks } from '../../lifecycle/report/weeks.ts';
import { chart } from './charts.ts';
import type { Drills } from './drill.ts';
import { type Html, html } from './html.ts';
import { many, moneyWords, sourceWords, sumWords } from './words.ts';

const chartMax = 12;
const colors = { won: '#1b7a55', open: '#a9c5ef', lost: '#d8b5ae' } as const;

export const moneySection = ({ money }: WeeklyReport, drills: Drills): Html => {
  const shown = money.bySource.slice(0, chartMax);
  const link = (sum: Sum, title: string): Html => drills.link(sumWords(sum), title, sum.deals, 'deals');
  const row = (name: string, title: string, sum: Sum): Html =>
    html`<tr><td>${name}</td><td class="n">${drills.link(sum.deals.length, title, sum.deals, 'deals')}</td><td class="n">${link(sum, title)}</td></tr>`;
  const rows = money.bySource.map(({ source, won, open, lost }) => {
    const name = sourceWords(source);
    return html`<tr><td>${name}</td>${(
      [
        ['Won', won],
        ['Open', open],
        ['Lost', lost],
      ] as const
    ).map(([what, sum]) => html`<td class="n">${link(sum, `${what} deals, source ${name}`)}</td>`)}</tr>`;
  });
  return html`<section id="money"><h2>Revenue back</h2>
<p>Deals of people who were handed over. Won and lost by the close date in Salesforce, open as they stand now. A deal counts once, for the source of the first of its people who became ready. Amounts of several currencies are not added up.</p>
${
  money.deals.length === 0
    ? html`<p class="empty">No deal of these people is open, or was closed in the last ${trendWeeks} weeks.</p>`
    : html`${
        money.isMixed
          ? html`<p class="empty">There is no chart: the deals are in several currencies.</p>`
          : chart({
              title: 'Revenue by source: won, open and lost',
              categories: shown.map(({ source }) => sourceWords(source)),
              bars: [
                { name: 'Won', color: colors.won, values: shown.map(({ won }) => largest(won)) },
                { name: 'Open', color: colors.open, values: shown.map(({ open }) => largest(open)) },
                { name: 'Lost', color: colors.lost, values: shown.map(({ lost }) => largest(lost)) },
              ],
              direction: 'across',
              format: moneyWords,
            })
      }
<table><thead><tr><th>Deals</th><th class="n">How many</th><th class="n">Amount</th></tr></thead><tbody>
${row('Won in this week', 'Won in this week', money.wonInWeek)}
${row(`Won in ${trendWeeks} weeks`, `Won in ${trendWeeks} weeks`, money.won)}
${row('– begun after the hand-off (sourced)', 'Won, begun after the hand-off', money.sourced)}
${row('– there before it (influenced)', 'Won, there before the hand-off', money.influenced)}
${row('Open now', 'Open deals', money.open)}
${row(`Lost in ${trendWeeks} weeks`, `Lost in ${trendWeeks} weeks`, money.lost)}</tbody></table>
<h3>By source</h3><table><thead><tr><th>Source</th><th class="n">Won</th><th class="n">Open</th><th class="n">Lost</th></tr></thead><tbody>${rows}</tbody></table>
${money.withoutAmount.length === 0 ? null : html`<p class="empty">${drills.link(many(money.withoutAmount.length, 'deal has', 'deals have'), 'Deals without an amount', money.withoutAmount, 'deals')} no amount, and count as 0.</p>`}`
}</section>`;
};
