import type { AccountTerm, HandOffAccount, Term } from '../../lifecycle/account/account.ts';
import { entryKey, termOf, termsOf } from '../../lifecycle/account/account.ts';
import type { Leaf } from '../../lifecycle/account/leaf.ts';
import { leaves } from '../../lifecycle/account/leaf.ts';
import { handWords, type NextHands } from '../../lifecycle/account/next-hand.ts';
import { labels } from '../../lifecycle/account/words.ts';
import type { TrendWeek, WeeklyReport } from '../../lifecycle/report/weekly.ts';
import { chart } from './charts.ts';
import type { Drills } from './drill.ts';
import { type Html, html } from './html.ts';
import { capital, leafWords, many, shortWeek } from './words.ts';

/** One colour for each place, throughout the page. */
export const leafColors: Readonly<Record<Leaf, string>> = {
  accepted: '#1b7a55',
  'being-worked': '#4f83d6',
  'not-yet-due': '#a9c5ef',
  overdue: '#cf4a3c',
  returned: '#e2a93f',
  rejected: '#c77f25',
  disqualified: '#8d7b68',
  moved: '#efd28f',
  'in-flight': '#b9a7d9',
  'in-flight-late': '#8a5cc2',
  held: '#b4bac5',
  failed: '#7d2a4a',
};

const isLeaf = (term: Term): term is Leaf => leaves.some((leaf) => leaf === term);

/** The title of a term's list. */
export const titleOf = (term: Term, week: string): string =>
  term === 'ready' ? `Ready in ${week}` : `${capital(labels[term])}, of those ready in ${week}`;

const whyLinks = (term: AccountTerm, week: string, drills: Drills): Html | null =>
  term.whys.length === 0
    ? null
    : html`<small>${term.whys.map(({ why, count }, index) => {
        const records = term.entries.filter((entry) => entry.why === why).map(entryKey);
        return html`${index === 0 ? '' : ' · '}${why} ${drills.link(count, `${titleOf(term.term, week)}: ${why}`, records)}`;
      })}</small>`;

const termRow = (
  term: AccountTerm,
  depth: number,
  week: string,
  hands: NextHands | null,
  drills: Drills,
): Html => {
  const name = term.term;
  const dot = isLeaf(name) ? html`<span class="dot" style="background:${leafColors[name]}"></span>` : null;
  const meaning = isLeaf(name) ? leafWords[name] : '';
  return html`<tr${isLeaf(name) ? '' : html` class="sumrow"`}>
<td class="d${depth}">${dot}${capital(labels[name])}${whyLinks(term, week, drills)}</td>
<td class="n">${drills.link(term.count, titleOf(name, week), term.entries.map(entryKey))}</td>
<td class="meaning soft">${meaning}</td><td class="soft">${isLeaf(name) && hands !== null && term.count > 0 ? handWords(hands[name]) : ''}</td></tr>
${term.parts.map((part) => termRow(part, depth + 1, week, hands, drills))}`;
};

/** The account in one sentence: its sums, each of which the reader can add up. */
const sumWords = (account: HandOffAccount): string => {
  const of = (name: Term): number => termOf(account, name).count;
  return [
    `${of('ready')} ready = ${of('handed')} handed + ${of('held')} held back`,
    `${of('handed')} handed = ${of('received')} received + ${of('in-flight')} in flight + ${of('in-flight-late')} in flight (late) + ${of('failed')} failed`,
    `${of('received')} received = ${of('touched')} touched + ${of('not-yet-due')} not yet due + ${of('overdue')} overdue + ${of('moved')} moved`,
  ].join(' · ');
};

export const accountSection = ({ account, week, hands }: WeeklyReport, drills: Drills): Html => {
  const terms = termsOf(account).filter(({ term }) => isLeaf(term));
  const shown = terms.filter(({ count }) => count > 0);
  const bars = {
    title: `Where the ${many(account.ready.count, 'lead', 'leads')} are that became ready in ${week.name}`,
    categories: shown.map(({ term }) => capital(labels[term])),
    bars: [
      {
        name: 'Leads',
        color: shown.map(({ term }) => (isLeaf(term) ? leafColors[term] : '#888')),
        values: shown.map(({ count }) => count),
      },
    ],
    direction: 'across',
  } as const;
  return html`<section id="account"><h2>Where this week's leads are</h2>
<p>Everybody who became ready in the week is in one place, and the sums are the sums of the places.</p>
${
  account.ready.count === 0
    ? html`<p class="empty">Nobody became ready in this week.</p>`
    : html`${chart(bars)}<p class="sum"><small>${sumWords(account)}</small></p>
<table><thead><tr><th>Place</th><th class="n">Leads</th><th class="meaning">What it means</th><th>Next step</th></tr></thead>
<tbody>${termRow(account.ready, 0, week.name, hands, drills)}</tbody></table>`
}</section>`;
};

/** Places that stand together in the chart of the weeks, so that five colours tell it. */
const groups: readonly { readonly name: string; readonly color: string; readonly leaves: readonly Leaf[] }[] =
  [
    { name: 'Accepted', color: leafColors.accepted, leaves: ['accepted'] },
    { name: 'Being worked', color: leafColors['being-worked'], leaves: ['being-worked'] },
    { name: 'Waiting, in time', color: leafColors['not-yet-due'], leaves: ['not-yet-due'] },
    { name: 'Waiting, late', color: leafColors.overdue, leaves: ['overdue'] },
    {
      name: 'Went back',
      color: leafColors.returned,
      leaves: ['returned', 'rejected', 'disqualified', 'moved'],
    },
    {
      name: 'Not handed over',
      color: leafColors.held,
      leaves: ['held', 'in-flight', 'in-flight-late', 'failed'],
    },
  ];

const inGroup = ({ places }: TrendWeek, own: readonly Leaf[]): readonly string[] =>
  own.flatMap((leaf) => places[leaf]);

export const trendSection = ({ trend }: WeeklyReport, drills: Drills): Html => {
  const isEmpty = trend.every((each) => leaves.every((leaf) => each.places[leaf].length === 0));
  const data = {
    title: `Where those are now who became ready in each of the last ${trend.length} weeks`,
    categories: trend.map(({ week }) => shortWeek(week)),
    bars: groups.map(({ name, color, leaves: own }) => ({
      name,
      color,
      values: trend.map((each) => inGroup(each, own).length),
    })),
    direction: 'up',
  } as const;
  const rows = groups.map(({ name, color, leaves: own }) => {
    const records = trend.flatMap((each) => inGroup(each, own));
    const title = `${name}, ready in the last ${trend.length} weeks`;
    return html`<tr><td><span class="dot" style="background:${color}"></span>${name}</td><td class="n">${drills.link(records.length, title, records)}</td></tr>`;
  });
  return html`<section id="weeks"><h2>The last ${trend.length} weeks</h2>
<p>By the week in which they became ready, where they are now. Old weeks have had time to end well; a young one is not worse because it is young.</p>
${isEmpty ? html`<p class="empty">Nobody became ready in these weeks.</p>` : html`${chart(data)}<table><thead><tr><th>Now</th><th class="n">Leads of all weeks</th></tr></thead><tbody>${rows}</tbody></table>`}</section>`;
};
