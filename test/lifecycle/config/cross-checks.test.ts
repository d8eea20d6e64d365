import { describe, expect, it } from 'vitest';
import { findLoops } from '../../../src/lifecycle/config/loop-check.ts';
import { firingOf } from '../../../src/lifecycle/config/satisfiable.ts';
import { makeExpression } from '../../../src/mapping/expression.ts';
import { formatFindings } from '../../../src/mapping/finding.ts';
import { loadWith, makeDefinition, shippedText } from '../shipped-files.ts';

type Name =
  Parameters<typeof loadWith>[0] extends Readonly<Partial<Record<infer File, unknown>>> ? File : never;
const changed = (name: Name, from: string, to: string): string => {
  const text = shippedText(name);
  expect(text).toContain(from);
  return text.replace(from, to);
};
const told = (name: Name, from: string, to: string): string =>
  formatFindings(loadWith({ [name]: changed(name, from, to) }).findings);

const bar = "fit in ['A', 'B'] && engagement <= 2";
const engagementRule = '    - { name: Page view, on: [pageView], points: 1, cap: 10 }\n';
const prices = (name: string, on: string, points: number, when = "event.url.contains('/prices')"): string =>
  `    - { name: '${name}', on: [${on}], when: "${when}", points: ${points} }\n`;
const firstFit = '    - name: Manager\n';

describe('rules that never or always fire, contradict or loop are found, with an example', () => {
  it('the shipped files have none', () => {
    expect(loadWith({}).findings).toEqual([]);
  });

  const cases: readonly (readonly [string, Name, string, string, RegExp])[] = [
    [
      'a bar that nobody can reach',
      'scoring.yaml',
      bar,
      'score >= 101',
      /scoring.yaml:\d+ {2}version '2026-1' is never met — the best .* score 100/,
    ],
    ['a bar that only opens reach', 'scoring.yaml', bar, 'engagement_points > 50.0', /is never met/],
    ['a contradiction in a bar', 'scoring.yaml', bar, "fit == 'A' && fit == 'B'", /is never met/],
    [
      'a bar that everybody meets',
      'scoring.yaml',
      bar,
      'score >= 0',
      /is met by everybody — even somebody of fit D/,
    ],
    [
      'a bar without engagement',
      'scoring.yaml',
      bar,
      "fit in ['A', 'B']",
      /sends people round and round — a person of fit A: ready · returned · one 'Page view' \(1 points\) · ready again/,
    ],
    [
      'a rule that never fires',
      'scoring.yaml',
      'contact.company != null',
      "contact.company == 'A' && contact.company == 'B'",
      /note: 'Company known' never fires/,
    ],
    [
      'a rule that always fires',
      'scoring.yaml',
      'contact.company != null',
      "contact.company != 'A' || contact.company == 'A'",
      /note: 'Company known' always fires — .* nothing is known/,
    ],
    [
      'an exclusion of everybody',
      'scoring.yaml',
      'email.domain in lists.own',
      "email.domain != 'x' || email.domain == 'x'",
      /'Own company' always fires/,
    ],
    [
      'a list that is empty',
      'scoring.yaml',
      'own: [our-company.example]',
      'own: []',
      /note: 'Own company' never fires/,
    ],
    [
      'the same people up and down',
      'scoring.yaml',
      firstFit,
      `    - { name: No company, when: contact.company != null, points: -10 }\n${firstFit}`,
      /'Company known' contradicts 'No company' — 'No company' gives -10 and 'Company known' 10/,
    ],
    [
      'the same thing done up and down, by any of what both are about',
      'scoring.yaml',
      engagementRule,
      `${prices('Prices', 'emailClick, pageView', -4)}${engagementRule}${prices('Prices, again', 'pageView', 3, " event.url.contains('/prices') ")}`,
      / {2}'Prices, again' contradicts 'Prices' — 'Prices' gives -4 and 'Prices, again' 3 for the same pageView that meets/,
    ],
    [
      'the same thing done up and down, without a condition',
      'scoring.yaml',
      engagementRule,
      `    - { name: Any page, on: [pageView], points: -1 }\n${engagementRule}`,
      /scoring.yaml:\d+ {2}'Page view' contradicts 'Any page' — 'Any page' gives -1 and 'Page view' 1 for the same pageView/,
    ],
    [
      'a stage that nobody enters',
      'lifecycle.yaml',
      'engagement <= 3',
      'engagement <= 3 && engagement > 3',
      /nobody ever enters 'engaged'/,
    ],
    [
      'a stage that everybody enters',
      'lifecycle.yaml',
      'engagement <= 3',
      'engagement <= 4',
      /note: everybody enters 'engaged'/,
    ],
    [
      'a reason that goes round',
      'lifecycle.yaml',
      "No touch: { place: nurture, program: 'Nurture: general' }",
      'No touch: { place: re-route }',
      /'No touch' sends people round and round with nothing new — day 0 scored → sales-ready · day 10 untouched → sales-ready · day 20 untouched/,
    ],
    [
      'a pause that never ends',
      'sla.yaml',
      'pauses: []',
      "pauses: [{ name: Always, when: lead.Status != 'x' || lead.Status == 'x' }]",
      /'Always' always fires/,
    ],
  ];
  it.each(cases)('%s', (_, name, from, to, words) => {
    expect(told(name, from, to)).toMatch(words);
  });

  it('not where rules are about other things, go the same way, or give nothing', () => {
    const others = [
      [prices('A', 'pageView', -4), prices('B', 'emailClick', 3)],
      [prices('A', 'pageView', 4), prices('B', 'pageView', 3)],
      [prices('A', 'pageView', 0), prices('B', 'pageView', 3)],
      [prices('A', 'pageView', -4), prices('B', 'pageView', 3, "event.url.contains('/price')")],
    ];
    for (const rules of others) {
      expect(told('scoring.yaml', engagementRule, `${rules.join('')}${engagementRule}`)).not.toMatch(
        /contradicts/,
      );
    }
  });

  it('a route behind one that everybody takes', () => {
    const rules = `rules:\n  - { kind: segment, name: All, when: score >= 0, owner: 005000000000001AAA }\n  - { kind: segment, name: Rest, when: score >= 5, owner: 005000000000002AAA }\n  - { kind: segment, name: None, when: score > 5 && score < 3, owner: 005000000000002AAA }\n`;
    const text = `${shippedText('routing.yaml').replace('by: salesforce-assignment-rules', 'by: tandem')}${rules}`;
    const findings = formatFindings(loadWith({ 'routing.yaml': text }).findings);
    expect(findings).toMatch(
      /rule 'All' always fires — everybody meets 'score >= 0', so 'Rest', 'None' are asked only when/,
    );
    expect(findings).toMatch(/rule 'None' never fires/);
  });
});

describe('files that need one another', () => {
  it('a behaviour without its file', () => {
    expect(formatFindings(loadWith({ 'scoring.yaml': null }).findings)).toContain(
      "lifecycle.yaml:12  scoring.yaml is missing — score is 'act'",
    );
    expect(formatFindings(loadWith({ 'sla.yaml': null }).findings)).toContain('sla.yaml is missing');
    expect(formatFindings(loadWith({ 'routing.yaml': null }).findings)).toContain('routing.yaml is missing');
  });

  it('files without lifecycle.yaml are read by nobody', () => {
    const { findings } = loadWith({ 'lifecycle.yaml': null });
    expect(findings.map(({ file, level }) => `${level} ${file}`)).toEqual([
      'note scoring.yaml',
      'note routing.yaml',
      'note sla.yaml',
      'note content.yaml',
    ]);
  });

  it('SDRs without their stage, and the stage without SDRs', () => {
    const tandem = shippedText('routing.yaml').replace('by: salesforce-assignment-rules', 'by: tandem');
    const pools = 'pools: { s: { members: [{ owner: 005000000000001AAA }] } }\n';
    const withSdr = loadWith({ 'routing.yaml': `${tandem}${pools}sdr: { pool: s }\n` });
    expect(formatFindings(withSdr.findings)).toContain('there is no such stage');
    const stage = changed('lifecycle.yaml', '  # sdr: {', '  sdr: {');
    expect(formatFindings(loadWith({ 'lifecycle.yaml': stage, 'routing.yaml': tandem }).findings)).toContain(
      "nobody enters 'sdr'",
    );
  });
});

describe('whether a rule can hold', () => {
  const firing = (text: string) =>
    firingOf(makeExpression(text, 1), { score: [0, 50, 100], fit: ['A', 'B'] });
  const cases: readonly (readonly [string, string])[] = [
    ["contact.country == 'DE'", 'sometimes'],
    ["contact.country in ['DE', 'AT'] && contact.phone != null", 'sometimes'],
    ["contact.url.contains('/pricing')", 'sometimes'],
    ['double(contact.size) >= 50.0', 'sometimes'],
    ['lead.IsConverted', 'sometimes'],
    ["contact.country == 'DE' && contact.country == 'AT'", 'never'],
    ['score > 100', 'never'],
    ["fit in ['A', 'B']", 'always'],
    ["contact.title.matches('[Hh]ead')", 'unknown'],
    [
      "contact.a == '1' && contact.b == '2' && contact.c == '3' && contact.d == '4' && contact.e == '5' && contact.f == '6'",
      'unknown',
    ],
  ];
  it.each(cases)('%s: %s', (text, expected) => {
    expect(firing(text)).toBe(expected);
  });
});

it('no loop is found where every reason leads to nurture, repair or the end', () => {
  expect(findLoops(makeDefinition(), 3)).toEqual([]);
});
