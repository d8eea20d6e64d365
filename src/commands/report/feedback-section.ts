import type { SaidOf, SourceFeedback } from '../../lifecycle/report/feedback.ts';
import type { WeeklyReport } from '../../lifecycle/report/weekly.ts';
import { trendWeeks } from '../../lifecycle/report/weeks.ts';
import type { Drills } from './drill.ts';
import { type Html, html } from './html.ts';
import { sourceWords } from './words.ts';

/** So many words stand in a cell; of the others it is said how many there are. */
const wordsMax = 5;

const cell = (
  said: readonly SaidOf[],
  what: string,
  whose: string,
  drills: Drills,
  kind: 'leads' | 'deals' = 'leads',
): Html => {
  const more = said.length - wordsMax;
  return html`<td>${said
    .slice(0, wordsMax)
    .map(
      ({ word, records }, at) =>
        html`${at === 0 ? '' : ' · '}${word} ${drills.link(records.length, `${what}: ${word}, ${whose}`, records, kind)}`,
    )}${more > 0 ? html` · and ${more} more` : null}</td>`;
};

const row = (name: string, each: SourceFeedback, drills: Drills): Html => html`<tr><td>${name}</td>
${cell(each.goodBecause, 'Good because', name, drills)}
${cell(
  each.reasons.map(({ reason, records }) => ({ word: reason, records })),
  'Came back',
  name,
  drills,
)}
${cell(each.competitors, 'Competitor', name, drills)}
${cell(each.lost, 'Lost', name, drills, 'deals')}</tr>
`;

/** What reps said of the leads of each source: why they were good, why they came back, whom else they met, why deals were lost. */
export const feedbackSection = ({ feedback }: WeeklyReport, drills: Drills): Html => {
  const { all, bySource } = feedback;
  return html`<section id="feedback"><h2>What sales said, by source</h2>
<p>Of the leads that became ready in the last ${trendWeeks} weeks: why a rep found them good, why they came back, which competitor the rep met; and why deals were lost in these weeks. With each word, of how many.</p>
${
  bySource.length === 0
    ? html`<p class="empty">Sales said nothing of these leads yet.</p>`
    : html`<table><thead><tr><th>Source</th><th>Good because</th><th>Came back</th><th>Competitor</th><th>Deals lost</th></tr></thead><tbody>${bySource.map((each) => row(sourceWords(each.source), each, drills))}${row('All', all, drills)}</tbody></table>`
}</section>`;
};
