import { describe, expect, it } from 'vitest';
import { checkPrograms } from '../../../src/lifecycle/config/program-check.ts';
import type { ProgramStanding } from '../../../src/model/programs.ts';
import { loadWith, shippedText } from '../shipped-files.ts';

const text = shippedText('lifecycle.yaml').replace(
  "  # programs: ['Event: spring fair']",
  "  programs: ['Nurture: later', 'Event: spring fair']",
);
const loadWhere = (returns: string, requests: string) =>
  loadWith({
    'lifecycle.yaml': text
      .replace(/^ {2}return: \w+/m, `  return: ${returns}`)
      .replace(/^ {2}requests: \w+/m, `  requests: ${requests}`),
  });
const acting = loadWhere('act', 'observe');
const lineOf = (part: string): number => text.split('\n').findIndex((line) => line.includes(part)) + 1;
const standing = (name: string, more: Partial<ProgramStanding> = {}): ProgramStanding => ({
  ...{ name, list: 'there', flows: [{ name: 'Flow', enabled: true }] },
  ...more,
});
const found = (...standings: ProgramStanding[]) =>
  checkPrograms(acting, standings).map(({ level, line, what }) => [level, line, what]);

describe('check of programs', () => {
  it('finds those of stages at the stage', () => {
    expect(
      found(
        standing('Nurture: win-back', { list: 'missing', flows: [] }),
        standing('Nurture: general', { flows: [] }),
      ),
    ).toEqual([
      ['error', lineOf('win-back:'), "HubSpot has no list 'Nurture: win-back'"],
      ['note', lineOf('Other:'), "no workflow of HubSpot listens to the list 'Nurture: general'"],
    ]);
  });

  it('says nothing of those that a workflow listens to', () => {
    expect(checkPrograms(acting, [standing('Nurture: later')])).toEqual([]);
  });

  it('notes a list that nothing listens to, or a workflow that is switched off, with the line', () => {
    const off = [{ name: 'Old', enabled: false }];
    expect(
      found(
        standing('Nurture: referral', { flows: [] }),
        standing('Nurture: competitor', { flows: off }),
        standing('Event: spring fair', { flows: [] }),
      ),
    ).toEqual([
      ['note', lineOf('Wrong person:'), "no workflow of HubSpot listens to the list 'Nurture: referral'"],
      [
        'note',
        lineOf('Chose a competitor:'),
        "the workflow 'Old', which listens to the list 'Nurture: competitor', is switched off",
      ],
      [
        'note',
        lineOf('Event: spring fair'),
        "no workflow of HubSpot listens to the list 'Event: spring fair'",
      ],
    ]);
  });

  it('refuses a list that is not there, or takes nobody, where somebody would be put into it', () => {
    const [gone, full] = [
      standing('Nurture: budget', { list: 'missing', flows: [] }),
      standing('Nurture: general', { list: 'filters', flows: [] }),
    ];
    expect(found(gone, full)).toEqual([
      ['error', lineOf('No budget:'), "HubSpot has no list 'Nurture: budget'"],
      ['error', lineOf('Other:'), "the HubSpot list 'Nurture: general' fills itself by filters"],
    ]);
    expect(checkPrograms(loadWhere('observe', 'act'), [gone]).map(({ level }) => level)).toEqual(['note']);
    expect(found(standing('Event: spring fair', { list: 'missing', flows: [] }))).toEqual([
      ['note', lineOf('Event: spring fair'), "HubSpot has no list 'Event: spring fair'"],
    ]);
  });

  it('says once what HubSpot does not show', () => {
    const hidden = ['Nurture: later', 'Nurture: budget'].map((name) => standing(name, { flows: null }));
    expect(found(...hidden)).toEqual([
      ['note', lineOf('reasons:') + 1, 'whether a workflow listens to the programs is not known'],
    ]);
    expect(checkPrograms(acting, null).map(({ fix }) => fix)).toEqual([
      expect.stringContaining('crm.lists.read'),
    ]);
  });
});
