import { expect, it } from 'vitest';
import { weeklyPage } from '../../../src/commands/report/page.ts';
import {
  contentReport,
  type ReportContentInput,
  type ReportRecommendation,
} from '../../../src/lifecycle/report/content.ts';
import type { ReportDeal } from '../../../src/lifecycle/report/input.ts';
import type { LeadRecord } from '../../../src/lifecycle/report/records.ts';
import { weeklyReport } from '../../../src/lifecycle/report/weekly.ts';
import { makePiece, site } from '../content/catalogue.ts';
import { makeBusyWeekly, reportedAt, week48 } from './weekly-input.ts';

const day = 86_400_000;
const at = reportedAt - 10 * day;

const recommended = (piece: string, more: Partial<ReportRecommendation> = {}): ReportRecommendation => ({
  ...{ journey: 'vera', turn: 1, record: '00Q1', piece, observed: false, at, until: null },
  ...more,
});
const opened = (id: string, when: number) => ({
  ...{ key: `${id}/${when}`, at: when, type: 'pageView' as const, url: `${site}/${id}` },
});
const makeInput = (overrides: Partial<ReportContentInput>): ReportContentInput => ({
  pieces: [makePiece('a'), makePiece('b'), makePiece('old', { expiresAt: at })],
  recommended: [],
  activities: new Map(),
  words: [],
  ...overrides,
});
const leaf = (of: LeadRecord['leaf']): LeadRecord => ({ leaf: of }) as LeadRecord;
const report = (
  overrides: Partial<ReportContentInput>,
  leads: ReadonlyMap<string, LeadRecord> = new Map(),
  won: Parameters<typeof contentReport>[2] = [],
) => contentReport(makeInput(overrides), leads, won, reportedAt);
const deal: ReportDeal = {
  ...{ id: '0061', state: 'won', stage: 'Closed Won', amount: 5, currency: null, lossReason: null },
  ...{ createdAt: at, closesOn: '2026-11-25', journeys: ['vera'] },
};

it('used is what was opened after it was recommended; before it counts for nothing', () => {
  const activities = new Map([['vera', [opened('a', at - 1), opened('b', at + day)]]]);
  const { pieces } = report({ recommended: [recommended('a'), recommended('b')], activities });
  expect(pieces.map(({ id, recommended: shown, used }) => [id, shown, used])).toEqual([
    ['b', ['vera/1'], ['vera/1']],
    ['a', ['vera/1'], []],
    ['old', [], []],
  ]);
});

it('of those who used it: who was accepted, and what was won after it', () => {
  const given = {
    recommended: [recommended('a'), recommended('a', { journey: 'kai', record: '00Q2' })],
    activities: new Map([['vera', [opened('a', at + day)]]]),
  };
  const leads = new Map([
    ['vera/1', leaf('accepted')],
    ['kai/1', leaf('accepted')],
  ]);
  const closed = (when: number) => [{ ...deal, closedAt: when }];
  expect(report(given, leads, closed(at + 2 * day)).pieces[0]).toMatchObject({
    accepted: ['vera/1'],
    won: ['0061'],
  });
  expect(report(given, leads, closed(at)).pieces[0]?.won).toEqual([]);
});

it("a rep's word is about what stood on the record when it was said, in the same second too", () => {
  const word = { journey: 'vera', record: '00Q1', value: 'Helped', at: at + 5 * day };
  const stood = recommended('a', { until: at + 6 * day });
  const gone = recommended('b', { until: at + 4 * day });
  const other = recommended('b', { journey: 'kai', record: '00Q2' });
  const helped = (words: ReportContentInput['words'], rows = [stood, gone, other]) =>
    report({ recommended: rows, words }).pieces.flatMap((piece) =>
      piece.helped.map((key) => `${piece.id} ${key}`),
    );
  expect(helped([word])).toEqual(['a vera/1']);
  expect(helped([{ ...word, at: at - (at % 1_000) }], [recommended('a')])).toEqual(['a vera/1']);
  expect(helped([{ ...word, value: 'Not used' }])).toEqual([]);
  expect(
    report({ recommended: [stood], words: [{ ...word, value: 'Not used' }] }).pieces[0]?.notUsed,
  ).toEqual(['vera/1']);
});

it("what only was observed is told apart, and an expired piece is nobody's neglect", () => {
  const { pieces, neverRecommended, neverUsed } = report({
    recommended: [recommended('a', { observed: true }), recommended('b'), recommended('gone')],
  });
  expect(pieces.find(({ id }) => id === 'a')).toMatchObject({ recommended: [], observed: ['vera/1'] });
  expect([neverRecommended, neverUsed]).toEqual([['a'], ['b']]);
  expect(pieces.find(({ id }) => id === 'gone')).toMatchObject({ title: 'gone', kind: null });
});

it('the page has a table whose figures lead to their leads, and nothing of content without a catalogue', () => {
  const input = makeBusyWeekly(60);
  const homes = { hubspot: null, salesforce: null };
  expect(weeklyPage(weeklyReport(input), homes)).not.toContain('id="content"');
  const lead = [...weeklyReport(input).leads.values()].find(({ readyAt: ready }) => ready >= week48.from);
  const { journey = '', turn = 1, readyAt = 0 } = lead ?? {};
  const content = makeInput({
    pieces: [makePiece('a', { title: '<b>Pumps</b>' }), makePiece('b')],
    recommended: [recommended('a', { journey, turn, at: readyAt })],
    activities: new Map([[journey, [opened('a', readyAt + 1)]]]),
  });
  const page = weeklyPage(weeklyReport({ ...input, content }), homes);
  const section = page.slice(
    page.indexOf('id="content"'),
    page.indexOf('</section>', page.indexOf('id="content"')),
  );
  expect(section).toContain('&lt;b&gt;Pumps&lt;/b&gt;');
  expect(section).not.toContain('<b>Pumps');
  expect([...section.matchAll(/class="figure" href="#list-\d+">1</g)]).toHaveLength(
    lead?.leaf === 'accepted' ? 3 : 2,
  );
  expect(section).toContain('Recommended to nobody: About b.');
});
