import { describe, expect, it } from 'vitest';
import { weeklyMarkdown } from '../../../src/commands/report/markdown.ts';
import { weeklyPage } from '../../../src/commands/report/page.ts';
import { dealsTable, leadsTable } from '../../../src/commands/report/tables.ts';
import { entryKey, termOf } from '../../../src/lifecycle/account/account.ts';
import { weeklyReport } from '../../../src/lifecycle/report/weekly.ts';
import { makeBusyWeekly, makeWeekly } from '../../lifecycle/report/weekly-input.ts';

const homes = {
  hubspot: 'https://app.hubspot.com/contacts/123',
  salesforce: 'https://example.my.salesforce.com',
};
const nowhere = { hubspot: null, salesforce: null };

describe('a page of many leads', () => {
  const report = weeklyReport(makeBusyWeekly(3_000));
  const page = weeklyPage(report, homes);
  const files = ['weekly-2026-W48-leads.csv', 'weekly-2026-W48-deals.csv'];

  it('is below a megabyte, its lists have the first of their records and say how many more there are, and where', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
    const lists = page.split('<div class="list"').slice(1);
    const told = lists.map((list) => {
      const [, figure = '0'] = /<small>([\d,]+) (?:leads?|deals?)/.exec(list) ?? [];
      const [, left = '0'] = /; ([\d,]+) more are in <a href="([^"]+)">/.exec(list) ?? [];
      const rows = (list.split('<tbody>')[1] ?? '').match(/<tr>/g)?.length ?? 0;
      return { all: Number(figure.replace(',', '')), left: Number(left.replace(',', '')), rows };
    });
    expect(told.filter(({ left }) => left > 0).length).toBeGreaterThan(10);
    for (const { all, left, rows } of told) expect(rows + left).toBe(all);
    expect(new Set([...page.matchAll(/href="([^"]+\.csv)"/g)].map(([, name]) => name))).toEqual(
      new Set(files),
    );
  });

  it('has beside it each lead and each deal that a figure counts, once', () => {
    const rows = leadsTable(report, homes).trimEnd().split('\r\n');
    expect(new Set(rows).size).toBe(rows.length);
    const ready = termOf(report.account, 'ready').entries.map(
      (entry) => report.leads.get(entryKey(entry))?.hubspot,
    );
    expect(ready.length).toBeGreaterThan(100);
    const named = new Set(rows.map((row) => row.split(',').at(-4)));
    expect(ready.filter((id) => !named.has(id ?? ''))).toEqual([]);
    const late = rows.filter((row) => row.includes('first touch since') || row.includes('yes or no since'));
    expect(late.length).toBe(new Set(report.late.late.map(({ key }) => key)).size);
    expect(dealsTable(report, homes).trimEnd().split('\r\n')).toHaveLength(report.money.deals.length + 1);
  });

  it('of a few leads leaves nothing out', () => {
    expect(weeklyPage(weeklyReport(makeBusyWeekly(150)), homes)).not.toContain('more are in');
  });
});

describe('what people wrote', () => {
  const hostile = '=HYPERLINK("http://evil.example")|<b>[x](http://evil.example)\n# no';
  const input = makeBusyWeekly(60);
  const report = weeklyReport({
    ...input,
    people: new Map(
      [...input.people].map(([id, each]) => [
        id,
        { ...each, name: hostile, company: hostile, source: hostile },
      ]),
    ),
    owners: new Map([...input.owners.keys()].map((id) => [id, hostile])),
    deals: input.deals.map((deal) => ({ ...deal, stage: hostile, lossReason: hostile })),
    signals: [hostile],
  });

  it('is calculated by no spreadsheet', () => {
    for (const text of [leadsTable(report, homes), dealsTable(report, homes)]) {
      expect(text).toContain(`"'=HYPERLINK(""http://evil.example"")|`);
      expect(text.replaceAll('""', '')).not.toMatch(/(^|[,\n"])=/);
    }
  });

  it('is text in Markdown: no link, no tag, no heading, and no cell of a table', () => {
    const text = weeklyMarkdown(report, nowhere);
    expect(text).toContain('\\[x\\]\\(http://evil.example\\)');
    expect(text).not.toMatch(/\]\(http:\/\/evil|<b>|^# no/m);
    const tables = text.split('\n').filter((line) => line.startsWith('|'));
    const columns = (line: string): number => line.replaceAll('\\|', '').split('|').length;
    let head = 0;
    for (const [at, line] of tables.entries()) {
      if (tables[at + 1]?.includes('---')) head = columns(line);
      expect(columns(line), line).toBe(head);
    }
  });
});

describe('the report as Markdown', () => {
  it('has the figures of the page, the late by name with their records, and says how many more are late', () => {
    const report = weeklyReport(makeBusyWeekly(300));
    const text = weeklyMarkdown(report, homes);
    for (const heading of [
      ...['Where this week', 'Late leads by rep', 'How sales judged them', 'Why they came back'],
      ...['What sales said, by source', 'Revenue back', 'The last 13 weeks', 'What stands out'],
    ]) {
      expect(text).toMatch(new RegExp(`^## ${heading}`, 'm'));
    }
    expect(text).toContain(`- Became ready: ${report.account.ready.count} `);
    const [oldest] = report.late.late;
    const lead = report.leads.get(oldest?.key ?? '');
    expect(text).toContain(`- [${lead?.name}](<https://example.my.salesforce.com/${lead?.salesforce}>)`);
    expect(text).toContain(`- and ${report.late.late.length - 20} more`);
    expect(text).toMatch(/\| · · · · Accepted .*\| \d+ \| \d+ \|/);
  });

  it('of a week without anybody says so', () => {
    const text = weeklyMarkdown(weeklyReport(makeWeekly()), nowhere);
    expect(text).toContain('- Became ready: 0');
    expect(text).toContain('Nobody came back.');
  });
});
