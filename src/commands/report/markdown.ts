import { type AccountTerm, type HandOffAccount, type Term, termOf } from '../../lifecycle/account/account.ts';
import type { Leaf } from '../../lifecycle/account/leaf.ts';
import { leaves } from '../../lifecycle/account/leaf.ts';
import { handWords } from '../../lifecycle/account/next-hand.ts';
import { labels } from '../../lifecycle/account/words.ts';
import { fullMomentText } from '../../lifecycle/digest/when.ts';
import type { Judged } from '../../lifecycle/report/acceptance.ts';
import type { SaidOf } from '../../lifecycle/report/feedback.ts';
import type { Sum } from '../../lifecycle/report/money.ts';
import type { LeadRecord } from '../../lifecycle/report/records.ts';
import type { WeeklyReport } from '../../lifecycle/report/weekly.ts';
import { hubspotUrl, type RecordHomes, salesforceUrl } from './links.ts';
import { repName } from './people-sections.ts';
import {
  capital,
  clockWords,
  leafWords,
  moment,
  percentWords,
  sourceWords,
  sumWords,
  weekWords,
} from './words.ts';

/** Late leads that are named; the others are in the page and its tables. */
const lateMax = 20;
/** Words of one kind that stand in a cell. */
const wordsMax = 5;

/**
 * Text as Markdown shows it, whatever it holds: no link, no tag, no cell that ends early (CommonMark: a backslash before punctuation is that character). Line breaks become
 * blanks.
 */
export const plainMarkdown = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\`*_{}[\]<>()#+!|~&]/g, (char) => `\\${char}`);

type Cell = string | number;
const cell = (value: Cell): string => String(value);

/** A table of GitHub's Markdown; the first column is text, the others are figures unless `texts` says so. Cells are Markdown already. */
const table = (
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  texts: readonly number[] = [],
): string => {
  const rule = head.map((_, at) => (at === 0 || texts.includes(at) ? '---' : '--:'));
  return [head, rule, ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
};

const isLeaf = (term: Term): term is Leaf => leaves.some((leaf) => leaf === term);
/** A cell loses the blanks at its beginning. */
const indent = '· ';

const accountRows = (
  term: AccountTerm,
  before: HandOffAccount,
  report: WeeklyReport,
  depth = 0,
): readonly (readonly Cell[])[] => {
  const name = `${indent.repeat(depth)}${isLeaf(term.term) ? capital(labels[term.term]) : `**${capital(labels[term.term])}**`}`;
  const whys = term.whys.map(({ why, count }) => `${plainMarkdown(why)} ${count}`).join(', ');
  const meaning = isLeaf(term.term) ? leafWords[term.term] : '';
  const hand =
    isLeaf(term.term) && report.hands !== null && term.count > 0 ? handWords(report.hands[term.term]) : '';
  return [
    [
      `${name}${whys === '' ? '' : ` (${whys})`}`,
      term.count,
      termOf(before, term.term).count,
      meaning,
      plainMarkdown(hand),
    ],
    ...term.parts.flatMap((part) => accountRows(part, before, report, depth + 1)),
  ];
};

const link = (words: string, url: string | null): string => (url === null ? words : `[${words}](<${url}>)`);

const whoIs = (lead: LeadRecord | undefined, homes: RecordHomes): string => {
  if (lead === undefined) return 'somebody who is not stored any more';
  const name = plainMarkdown(lead.name ?? (lead.hubspot === null ? lead.journey : `Contact ${lead.hubspot}`));
  const company = lead.company === null ? '' : `, ${plainMarkdown(lead.company)}`;
  return `${link(name, salesforceUrl(homes, lead.salesforce) ?? hubspotUrl(homes, lead.hubspot))}${company}`;
};

const lateText = ({ late, leads, zone, asOf }: WeeklyReport, homes: RecordHomes): string => {
  if (late.reps.length === 0) return 'No clock runs, and none was due in this week.';
  const reps = table(
    ['Rep', 'Open', 'Late', 'In time', 'Not in time'],
    late.reps.map((rep) => [
      plainMarkdown(repName(rep)),
      rep.open.length,
      new Set(rep.late.map(({ key }) => key)).size,
      rep.inTime.length,
      rep.missed.length,
    ]),
  );
  const named = late.late.slice(0, lateMax).map(({ key, kind, dueAt }) => {
    const lead = leads.get(key);
    const rep = lead?.ownerName ?? lead?.owner ?? null;
    return `- ${whoIs(lead, homes)}: ${clockWords[kind]}, since ${moment(dueAt, zone, asOf)}${rep === null ? '' : ` (${plainMarkdown(rep)})`}`;
  });
  const left = late.late.length - named.length;
  const more = left > 0 ? [`- and ${left.toLocaleString('en-US')} more`] : [];
  return named.length === 0
    ? reps
    : [reps, '', 'Late now, the longest first:', '', ...named, ...more].join('\n');
};

const judgedTable = (title: string, judged: readonly Judged[], nameOf: (each: Judged) => string): string =>
  table(
    [title, 'Accepted', 'Yes', 'No', 'No word yet', 'Goal'],
    judged.map((each) => [
      plainMarkdown(nameOf(each)),
      percentWords(each.quality.acceptedPercent),
      each.accepted.length,
      each.refused.length,
      each.open.length,
      each.quality.met === null ? '' : each.quality.met ? 'kept' : 'missed',
    ]),
    [5],
  );

const saidWords = (said: readonly SaidOf[]): string => {
  const more = said.length - wordsMax;
  const words = said
    .slice(0, wordsMax)
    .map(({ word, records }) => `${plainMarkdown(word)} ${records.length}`);
  return [...words, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
};

const moneyRow = (name: string, sum: Sum): readonly Cell[] => [name, sum.deals.length, sumWords(sum)];

const moneyText = ({ money, trend }: WeeklyReport): string => {
  if (money.deals.length === 0) return 'No deal of these people is open, or was closed in these weeks.';
  const weeks = `${trend.length} weeks`;
  return [
    table(
      ['Deals', 'How many', 'Amount'],
      [
        moneyRow('Won in this week', money.wonInWeek),
        moneyRow(`Won in ${weeks}`, money.won),
        moneyRow('begun after the hand-off (sourced)', money.sourced),
        moneyRow('there before it (influenced)', money.influenced),
        moneyRow('Open now', money.open),
        moneyRow(`Lost in ${weeks}`, money.lost),
      ],
    ),
    '',
    table(
      ['Source', 'Won', 'Open', 'Lost'],
      money.bySource.map(({ source, won, open, lost }) => [
        plainMarkdown(sourceWords(source)),
        ...[won, open, lost].map(sumWords),
      ]),
    ),
  ].join('\n');
};

const contentText = ({ content }: WeeklyReport): string | null => {
  if (content === null) return null;
  const shown = content.pieces.filter(({ recommended }) => recommended.length > 0);
  if (shown.length === 0) return 'No piece stood on a lead in these weeks.';
  return table(
    ['Piece', 'Recommended', 'Opened', 'Helped', 'Did not', 'Not used', 'Accepted', 'Won'],
    shown.map((piece) => [
      plainMarkdown(piece.title),
      ...[
        piece.recommended,
        piece.used,
        piece.helped,
        piece.didNotHelp,
        piece.notUsed,
        piece.accepted,
        piece.won,
      ].map(({ length }) => length),
    ]),
  );
};

const feedbackText = ({ feedback }: WeeklyReport): string =>
  feedback.bySource.length === 0
    ? 'Sales said nothing of these leads yet.'
    : table(
        ['Source', 'Good because', 'Came back', 'Competitor', 'Deals lost'],
        [...feedback.bySource, { ...feedback.all, source: 'All' }].map((each) => [
          plainMarkdown(sourceWords(each.source)),
          saidWords(each.goodBecause),
          saidWords(each.reasons.map(({ reason, records }) => ({ word: reason, records }))),
          saidWords(each.competitors),
          saidWords(each.lost),
        ]),
        [1, 2, 3, 4],
      );

const weeksText = ({ trend }: WeeklyReport): string => {
  const used = leaves.filter((leaf) => trend.some(({ places }) => places[leaf].length > 0));
  return used.length === 0
    ? 'Nobody became ready in these weeks.'
    : table(
        ['Week', ...used.map((leaf) => capital(labels[leaf]))],
        trend.map(({ week, places }) => [week.name, ...used.map((leaf) => places[leaf].length)]),
      );
};

/** The weekly report as Markdown, to paste into notes or a ticket: the figures of the page as tables, without charts, and by name those who are late. Pure. */
export const weeklyMarkdown = (report: WeeklyReport, homes: RecordHomes): string => {
  const { week, zone, asOf, account, before, acceptance, late, money, reasons, signals } = report;
  const definitionName = ({ group }: Judged): string => group ?? 'Without one: asked, or set by a person';
  const { quality } = acceptance.all;
  const section = (title: string, text: string | null): readonly string[] =>
    text === null ? [] : [`## ${title}`, '', text, ''];
  return `${[
    `# Sales-ready leads, ${weekWords(week, zone)}`,
    '',
    `Week ${week.name}, as of ${fullMomentText(asOf, { zone })} (${zone}).`,
    '',
    `- Became ready: ${account.ready.count} (the week before: ${before.ready.count})`,
    `- Accepted: ${percentWords(quality.acceptedPercent)} of ${quality.judged} judged in ${report.trend.length} weeks, goal ${acceptance.goalPercent}%`,
    `- Late now: ${new Set(late.late.map(({ key }) => key)).size}${late.inTimePercent === null ? '' : `; in time this week: ${percentWords(late.inTimePercent)}`}`,
    `- Won this week: ${sumWords(money.wonInWeek)} in ${money.wonInWeek.deals.length}`,
    '',
    ...section(
      "Where this week's leads are",
      table(
        ['Where', 'Now', 'The week before', 'Meaning', 'Next'],
        accountRows(account.ready, before, report),
        [3, 4],
      ),
    ),
    ...section('Late leads by rep', lateText(report, homes)),
    ...section(
      'How sales judged them',
      acceptance.bySource.length === 0
        ? 'Nobody was handed over.'
        : [
            judgedTable('Source', acceptance.bySource, ({ group }) => sourceWords(group)),
            '',
            judgedTable('Version of sales-ready', acceptance.byDefinition, definitionName),
          ].join('\n'),
    ),
    ...section(
      'Why they came back',
      reasons.length === 0
        ? 'Nobody came back.'
        : table(
            ['Reason', 'Leads'],
            reasons.map(({ reason, records }) => [plainMarkdown(reason), records.length]),
          ),
    ),
    ...section('What sales said, by source', feedbackText(report)),
    ...section('Revenue back', moneyText(report)),
    ...section('What reps were recommended to send', contentText(report)),
    ...section(`The last ${report.trend.length} weeks`, weeksText(report)),
    ...section(
      'What stands out',
      signals === null
        ? null
        : signals.length === 0
          ? 'Nothing stands out.'
          : signals.map((text) => `- ${plainMarkdown(text)}`).join('\n'),
    ),
  ].join('\n')}`;
};
