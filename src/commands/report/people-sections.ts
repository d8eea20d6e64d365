import type { Judged } from '../../lifecycle/report/acceptance.ts';
import type { RepTimes } from '../../lifecycle/report/late.ts';
import type { WeeklyReport } from '../../lifecycle/report/weekly.ts';
import { trendWeeks } from '../../lifecycle/report/weeks.ts';
import { clockKinds } from '../../lifecycle/sla/model.ts';
import { leafColors } from './account-section.ts';
import { chart } from './charts.ts';
import type { Drills } from './drill.ts';
import { type Html, html } from './html.ts';
import { clockWords, many, moment, percentWords, sourceWords } from './words.ts';

/** So many names stand in a chart; the table has all. */
const chartMax = 12;

const lateColors = {
  'hand-off': leafColors['in-flight-late'],
  'follow-up': leafColors.overdue,
  verdict: '#e39a8f',
  return: '#8d7b68',
} as const;

export const repName = ({ owner, name }: Pick<RepTimes, 'owner' | 'name'>): string =>
  name ?? (owner === null ? 'Nobody' : `Salesforce user ${owner}`);

export const lateSection = ({ late, zone, asOf, week }: WeeklyReport, drills: Drills): Html => {
  const lateReps = late.reps.filter((rep) => rep.late.length > 0).slice(0, chartMax);
  const data = {
    title: 'Late leads by rep',
    categories: lateReps.map(repName),
    bars: clockKinds
      .map((kind) => ({
        name: `No ${clockWords[kind]}`,
        color: lateColors[kind],
        values: lateReps.map((rep) => rep.late.filter((each) => each.kind === kind).length),
      }))
      .filter(({ values }) => values.some((value) => value > 0)),
    direction: 'across',
  } as const;
  const rows = late.reps.map((rep) => {
    const name = repName(rep);
    const [oldest] = rep.late;
    const keys = [...new Set(rep.late.map(({ key }) => key))];
    return html`<tr><td>${name}</td>
<td class="n">${drills.link(rep.open.length, `With ${name}`, rep.open)}</td>
<td class="n">${drills.link(keys.length, `Late with ${name}`, keys)}</td>
<td class="meaning">${oldest === undefined ? '' : `${clockWords[oldest.kind]}, since ${moment(oldest.dueAt, zone, asOf)}`}</td>
<td class="n">${drills.link(rep.inTime.length, `In time in ${week.name}: ${name}`, rep.inTime)}</td>
<td class="n">${drills.link(rep.missed.length, `Not in time in ${week.name}: ${name}`, rep.missed)}</td></tr>`;
  });
  return html`<section id="late"><h2>Late leads by rep</h2>
<p>Leads whose clock is over at this moment, by the business hours of each rep; beside them, what was due in the week and how it was kept.</p>
${late.late.length === 0 ? html`<p class="empty">Nobody is late.</p>` : chart(data)}
${rows.length === 0 ? html`<p class="empty">No clock runs, and none was due in this week.</p>` : html`<table><thead><tr><th>Rep</th><th class="n">Open</th><th class="n">Late</th><th class="meaning">Longest</th><th class="n">In time</th><th class="n">Not</th></tr></thead><tbody>${rows}</tbody></table>`}</section>`;
};

const goalTag = ({ quality }: Judged): Html | null =>
  quality.met === null
    ? null
    : html`<span class="tag ${quality.met ? 'good' : 'bad'}">${quality.met ? 'keeps the goal' : 'below the goal'}</span>`;

const judgedTable = (
  title: string,
  judged: readonly Judged[],
  nameOf: (each: Judged) => string,
  drills: Drills,
): Html => {
  const rows = judged.map((each) => {
    const name = nameOf(each);
    return html`<tr><td>${name} ${goalTag(each)}</td>
<td class="n">${percentWords(each.quality.acceptedPercent)}</td>
<td class="n">${drills.link(each.accepted.length, `Accepted: ${title.toLowerCase()} ${name}`, each.accepted)}</td>
<td class="n">${drills.link(each.refused.length, `Not accepted: ${title.toLowerCase()} ${name}`, each.refused)}</td>
<td class="n">${drills.link(each.open.length, `No word yet: ${title.toLowerCase()} ${name}`, each.open)}</td></tr>`;
  });
  return html`<table><thead><tr><th>${title}</th><th class="n">Accepted</th><th class="n">Yes</th><th class="n">No</th><th class="n">No word yet</th></tr></thead><tbody>${rows}</tbody></table>`;
};

const judgedChart = (
  title: string,
  judged: readonly Judged[],
  nameOf: (each: Judged) => string,
  goalPercent: number,
): Html | null => {
  const shown = judged.filter(({ quality }) => quality.judged > 0).slice(0, chartMax);
  if (shown.length === 0) return null;
  return chart({
    title,
    categories: shown.map((each) => `${nameOf(each)} (${each.quality.judged})`),
    bars: [
      {
        name: 'Accepted',
        color: shown.map(({ quality }) =>
          (quality.acceptedPercent ?? 0) >= goalPercent ? leafColors.accepted : leafColors.returned,
        ),
        values: shown.map(({ quality }) => Math.round(quality.acceptedPercent ?? 0)),
      },
    ],
    direction: 'across',
    format: (value) => `${value}%`,
    max: 100,
    goal: { value: goalPercent, words: `goal ${goalPercent}%` },
  });
};

const definitionName = ({ group }: Judged): string =>
  group === null ? 'Without one: asked, or set by a person' : group;

export const acceptanceSection = ({ acceptance }: WeeklyReport, drills: Drills): Html => {
  const { all, bySource, byDefinition, goalPercent } = acceptance;
  const source = ({ group }: Judged): string => sourceWords(group);
  return html`<section id="acceptance"><h2>How sales judged them</h2>
<p>Of those who became ready in the last ${trendWeeks} weeks and on whom sales gave a word: how many it took. The number in brackets is how many were judged; of a few, a share says little.</p>
${
  all.quality.judged === 0
    ? html`<p class="empty">Sales gave no word on anybody of these weeks yet.</p>`
    : html`<p class="sum">${percentWords(all.quality.acceptedPercent)} of ${many(all.quality.judged, 'judged lead was', 'judged leads were')} accepted, ${percentWords(all.quality.badDataPercent)} had bad data. ${goalTag(all)}</p>`
}
<h3>By source</h3>${judgedChart('Accepted by source', bySource, source, goalPercent)}${bySource.length === 0 ? html`<p class="empty">Nobody was handed over.</p>` : judgedTable('Source', bySource, source, drills)}
<h3>By version of sales-ready</h3>${judgedChart('Accepted by version of sales-ready', byDefinition, definitionName, goalPercent)}${byDefinition.length === 0 ? html`<p class="empty">Nobody was handed over.</p>` : judgedTable('Version', byDefinition, definitionName, drills)}</section>`;
};

export const reasonsSection = ({ reasons }: WeeklyReport, drills: Drills): Html => {
  const shown = reasons.slice(0, chartMax);
  return html`<section id="reasons"><h2>Why they came back</h2>
<p>What sales said of those whom it gave back, rejected or disqualified, of the last ${trendWeeks} weeks.</p>
${
  reasons.length === 0
    ? html`<p class="empty">Nobody came back.</p>`
    : html`${chart({
        title: 'Reasons for returns',
        categories: shown.map(({ reason }) => reason),
        bars: [
          { name: 'Leads', color: leafColors.returned, values: shown.map(({ records }) => records.length) },
        ],
        direction: 'across',
      })}<table><thead><tr><th>Reason</th><th class="n">Leads</th></tr></thead><tbody>${reasons.map(
        ({ reason, records }) =>
          html`<tr><td>${reason}</td><td class="n">${drills.link(records.length, `Came back: ${reason}`, records)}</td></tr>`,
      )}</tbody></table>`
}</section>`;
};
