import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readLifecycle } from '../../../src/commands/load-lifecycle.ts';
import { jsonSchemaOf } from '../../../src/lifecycle/config/file-words.ts';
import { lifecycleFile } from '../../../src/lifecycle/config/lifecycle-shape.ts';
import type { Finding } from '../../../src/mapping/finding.ts';
import { loadWith, shippedText } from '../shipped-files.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const shipped = shippedText('lifecycle.yaml');

const findingsOf = (text: string): readonly Finding[] => loadWith({ 'lifecycle.yaml': text }).findings;

/** The shipped file with one text replaced, which must be there. */
const changed = (from: string, to: string): string => {
  expect(shipped).toContain(from);
  return shipped.replace(from, to);
};
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

describe('the shipped lifecycle.yaml', () => {
  it('is right, and every behaviour acts, a first start with care', () => {
    const { lifecycle, findings } = readLifecycle(`${root}config`);
    expect(findings).toEqual([]);
    expect(new Set(Object.values(lifecycle?.behaviours ?? {}))).toEqual(new Set(['act']));
    expect(lifecycle?.firstStart).toEqual({
      'hand-off': 50,
      return: 50,
      lifecyclestage: 50,
      observed: 50,
      'observed-return': 50,
      'stage-back': 50,
    });
    expect(lifecycle?.lifecyclestage).toBe('forward');
    expect(lifecycle?.pull).toEqual({ noTouchDays: 10, stalledDays: 14, nudge: null, winBackDays: 90 });
  });

  it('is not part of the mirror', () => {
    expect(readLifecycle(`${root}config/presets/mirror`)).toMatchObject({
      lifecycle: null,
      scoring: null,
      findings: [],
    });
  });

  it('has a place for every reason of Tandem_Reason__c', () => {
    const contract =
      'Not now, No budget, No authority, No need, Unresponsive, Chose a competitor, Is a competitor or job seeker, Wrong person, Wrong territory, Duplicate, Already a customer, Bad data, Other';
    expect(Object.keys((parse(shipped) as { reasons: object }).reasons)).toEqual(
      expect.arrayContaining(contract.split(', ')),
    );
  });
});

it('the published schema is that of the shape', () => {
  const published = readFileSync(`${root}config/schema/lifecycle.schema.json`, 'utf8');
  expect(published).toBe(`${JSON.stringify(jsonSchemaOf(lifecycleFile), null, 2)}\n`);
});

describe('a mistake is told with its line, its cause and what to do', () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['not a mode', 'hand-off: act', 'hand-off: on', 'allowed are off, observe, act'],
    ['an unknown key', 'no-touch-days: 10', 'no-tuch-days: 10', "did you mean 'no-touch-days'"],
    ['a stage that is none', '  engaged:', '  engagd:', "did you mean 'engaged'"],
    ['a missing stage', '  returned: {', '  sdr: {', "'returned' is missing"],
    ['a missing reason', '  Duplicate: { place: repair }\n', '', "no 'Duplicate'"],
    ['a name that is not there', 'engagement <= 3', 'engagment <= 3', "did you mean 'engagement'"],
    ['not an expression', 'engagement <= 3', 'engagement <=', 'this rule cannot be read'],
    ['a rule that is the same for all', 'engagement <= 3', '1 <= 3', 'always gives the same answer'],
    ['not a move', 'growing -> customer', 'growing -> custmer', "did you mean 'customer'"],
    ['a move of another kind', 'growing -> customer', 'lead -> customer', "that move is 'skip'"],
    ['moves of another type', 'skips: any', 'skips: 3', 'it must be any, or a list of moves'],
    [
      'nurture without a program',
      "place: nurture, program: 'Nurture: budget'",
      'place: nurture',
      'without a program',
    ],
    [
      'a program nobody uses',
      'Duplicate: { place: repair }',
      'Duplicate: { place: repair, program: x }',
      'never used',
    ],
    [
      'a program while a rep works them',
      'Owner of the lead, leadStatus: CONNECTED',
      'Owner of the lead, program: x',
      "'accepted' can have no program",
    ],
    [
      'a program of those who are nobody',
      'nobody, leadStatus: UNQUALIFIED',
      'nobody, program: x',
      "'disqualified' can have no program",
    ],
    [
      'a program beside the one of the reason',
      'returned: { marketing: Demand generation, sales: nobody',
      'returned: { marketing: Demand generation, sales: nobody, program: x',
      'the reason says which program',
    ],
    [
      'unknown that leads elsewhere',
      "Unknown: { place: nurture, program: 'Nurture: general',",
      'Unknown: { place: repair,',
      'must lead to nurture',
    ],
    ['a hand-off to nobody', 'route: act', 'route: observe', 'a route that is only observed gives it none'],
    ['a hand-off without an owner', 'route: act', 'route: off', 'needs an owner'],
    ['hand-off without a way back', 'hand-off: act', 'hand-off: observe', ''],
    ['a first start without a number', 'returns: 50', 'returns: all', 'it must be a number'],
    [
      'a stage that cannot be asked for',
      'set-stage: [lead',
      'set-stage: [sdr, lead',
      'every such request would be refused',
    ],
    [
      'a stage that HubSpot would not show',
      'Owner of the lead, leadStatus: CONNECTED',
      'Owner of the lead, lifecyclestage: lead',
      'would never be seen in HubSpot',
    ],
    [
      'an entry that is never asked',
      'sales: nobody, lifecyclestage: subscriber',
      'sales: nobody, entry: score > 3',
      'is never asked',
    ],
  ];
  it.each(cases)('%s', (name, from, to, words) => {
    const text = changed(from, to);
    const findings = findingsOf(text);
    if (name === 'hand-off without a way back') {
      expect(findings).toEqual([]);
      expect(findingsOf(shipped.replace('return: act', 'return: off'))[0]?.why).toContain('for ever');
      return;
    }
    const told = findings.map((each) => `${each.what} ${each.why} ${each.fix}`).join('\n');
    expect(told).toContain(words);
    expect(
      findings.every(({ file, line, fix }) => file === 'lifecycle.yaml' && line >= 1 && fix !== ''),
    ).toBe(true);
    if (to !== '' && words.startsWith('did you mean')) {
      expect(findings[0]?.line).toBe(lineOf(text, to.trim()));
    }
  });
});
