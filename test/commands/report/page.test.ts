import { describe, expect, it } from 'vitest';
import type { RecordHomes } from '../../../src/commands/report/links.ts';
import { weeklyPage } from '../../../src/commands/report/page.ts';
import { moneyWords, sourceWords, weekWords } from '../../../src/commands/report/words.ts';
import { weeklyReport } from '../../../src/lifecycle/report/weekly.ts';
import { weekNamed } from '../../../src/lifecycle/report/weeks.ts';
import { makeBusyWeekly, makeWeekly, week48 } from '../../lifecycle/report/weekly-input.ts';

const homes: RecordHomes = {
  hubspot: 'https://app.hubspot.com/contacts/123',
  salesforce: 'https://example.my.salesforce.com',
};
const pageOf = (input: Parameters<typeof weeklyReport>[0], where: RecordHomes = homes): string =>
  weeklyPage(weeklyReport(input), where);

/** What the page asks for from elsewhere, and figures that lead to no list. */
const loadsAnything = /<script|<link|<img|<iframe|@import|url\(|\son\w+=/i;
const deadAnchors = (page: string): readonly string[] => {
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  return [...page.matchAll(/href="#([^"]+)"/g)].flatMap(([, id = '']) => (ids.has(id) ? [] : [id]));
};

describe('the page of the weekly report', () => {
  it('needs nothing else, has charts, and each figure leads to its records in both systems', () => {
    const page = pageOf(makeBusyWeekly(120));
    const [, ready, handed, held] = /(\d+) ready = (\d+) handed \+ (\d+) held back/.exec(page) ?? [];
    expect(Number(ready)).toBeGreaterThan(0);
    expect(Number(handed) + Number(held), 'the balance as it is read').toBe(Number(ready));
    expect(page).not.toMatch(loadsAnything);
    expect(deadAnchors(page)).toEqual([]);
    expect(page.match(/<svg/g)?.length).toBeGreaterThanOrEqual(12);
    expect(page).toContain('href="https://app.hubspot.com/contacts/123/record/0-1/1000"');
    expect(page).toContain('href="https://example.my.salesforce.com/00Q000000000001AAA"');
    for (const heading of [
      'Where this week&#39;s',
      'Late leads by rep',
      'By version of sales-ready',
      'Revenue back',
    ]) {
      expect(page.replaceAll("week's", 'week&#39;s')).toContain(heading);
    }
  });

  it('whatever comes from records is text, wherever it stands', () => {
    const hostile = `<script>alert(1)</script>"><img src=x onerror=alert(2)>`;
    const input = makeBusyWeekly(60);
    const page = pageOf({
      ...input,
      people: new Map(
        [...input.people].map(([id, person]) => [
          id,
          {
            ...person,
            name: hostile,
            company: hostile,
            source: hostile,
            salesforce: hostile,
            hubspot: hostile,
          },
        ]),
      ),
      owners: new Map([...input.owners.keys()].map((id) => [id, hostile])),
      rows: {
        ...input.rows,
        transitions: input.rows.transitions.map((each) => ({
          ...each,
          definition: each.definition && hostile,
        })),
        handOffs: input.rows.handOffs.map((each) => ({ ...each, why: each.why && hostile })),
      },
      deals: input.deals.map((deal) => ({ ...deal, stage: hostile, lossReason: hostile })),
      signals: [hostile],
      words: [...input.people.keys()].flatMap((journey) =>
        ['good-because', 'competitor'].map((kind) => ({ journey, turn: 1, kind, value: hostile })),
      ),
    });
    expect(page).toContain('What sales said, by source');
    expect(page).not.toMatch(/<script|<img/i);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    // No text of theirs ends an attribute.
    expect(page.match(/<[a-z][^>]*\sonerror\s*=/i)).toBeNull();
  });

  it('a home that is no web address is no link', () => {
    const page = pageOf(makeBusyWeekly(20), { hubspot: 'javascript:alert(1)//', salesforce: null });
    expect(page).not.toContain('javascript:');
    expect(page).toContain('00Q000000000001AAA');
  });

  it('an empty company has a page', () => {
    const empty = pageOf(makeWeekly({ signals: [] }));
    expect(empty).toContain('Nobody became ready in this week.');
    expect(deadAnchors(empty)).toEqual([]);
  });

  it('the same report is the same page', () => {
    const strip = (page: string): string => page.replaceAll(/zr\d+-cls-\d+/g, 'zr');
    const [one, other] = [pageOf(makeBusyWeekly(20)), pageOf(makeBusyWeekly(20))];
    expect(strip(one)).toBe(strip(other));
  });
});

describe('words of the report', () => {
  it.each([
    ['ORGANIC_SEARCH', 'Organic search'],
    ['Trade show 2026', 'Trade show 2026'],
    [null, 'Not known'],
  ])('source %s is %s', (source, words) => {
    expect(sourceWords(source)).toBe(words);
  });
  it.each([
    [0, '0'],
    [1234.4, '1,234'],
    [1_250_000, '1.25 M'],
  ])('%d is %s', (amount, words) => {
    expect(moneyWords(amount)).toBe(words);
  });
  it('a week that ends in another month or year says so', () => {
    const named = (name: string) => weekWords(weekNamed(name, 'UTC') ?? week48, 'UTC');
    expect([named('2026-W48'), named('2026-W49'), named('2026-W53')]).toEqual([
      '23 to 29 Nov 2026',
      '30 Nov to 6 Dec 2026',
      '28 Dec 2026 to 3 Jan 2027',
    ]);
  });
});
