import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slackMax } from '../../../src/lifecycle/digest/alert.ts';
import {
  type ClockTelling,
  clockAlert,
  clockMail,
  workingTime,
} from '../../../src/lifecycle/digest/clock-alert.ts';
import { hour, makeInput, minute, now } from './digest-input.ts';

const makeTelling = (more: Partial<ClockTelling> = {}): ClockTelling => ({
  step: 'remind',
  kind: 'follow-up',
  reading: { budgetMs: hour, spentMs: 30 * minute, dueAt: now + 30 * minute },
  to: ['Ben Okafor'],
  owner: 'Ben Okafor',
  managerMissing: false,
  ...more,
});

describe('what a clock says', () => {
  it('to the owner: who, what is missing, how long there is, why now, by when', () => {
    expect(clockAlert(makeInput(), makeTelling(), null)).toBe(
      `*Reminder: Vera Hug, Acme GmbH*
Ben Okafor: no touch yet, 30 min of 1 h of working time left
Asked for a demo 2 min ago · Pricing page 3x in 7 days · Head of IT, 500-1000 people
First touch by Mon 30 Nov 14:37 (Europe/Berlin)`,
    );
  });

  it('to the manager: whose it is and how late, in working time', () => {
    const late = makeTelling({
      step: 'escalate',
      reading: { budgetMs: hour, spentMs: 4 * hour + 20 * minute, dueAt: now - 20 * hour },
      to: ['Grace Mensah'],
    });
    expect(clockAlert(makeInput(), late, null).split('\n').slice(0, 2)).toEqual([
      '*Late: Vera Hug, Acme GmbH*',
      'Grace Mensah: no touch yet from Ben Okafor, 3 h 20 min late',
    ]);
  });

  it('the same as a mail: when, and not how long ago, and where to open it', () => {
    const { subject, body } = clockMail(makeInput(), makeTelling(), 'https://org.example/00Q1');
    expect(subject).toBe('Reminder: Vera Hug, Acme GmbH');
    expect(body.split('\n')).toEqual([
      'Ben Okafor: no touch yet, 30 min of 1 h of working time left',
      expect.stringMatching(/^Asked for a demo Mon 30 Nov 14:05/),
      'First touch by Mon 30 Nov 14:37 (Europe/Berlin)',
      'https://org.example/00Q1',
    ]);
  });

  it('says so where nobody is named as manager', () => {
    const late = makeTelling({ step: 'escalate', managerMissing: true });
    expect(clockAlert(makeInput(), late, null)).toContain(
      'Salesforce names no manager of Ben Okafor to be told.',
    );
  });

  it('of a verdict asks for a yes or no', () => {
    expect(clockAlert(makeInput(), makeTelling({ kind: 'verdict' }), null)).toMatch(
      /no yes or no yet.*\n.*\nYes or no by/,
    );
  });

  it('of a return tells marketing where they are to go, and what keeps them', () => {
    const late = makeTelling({
      ...{ step: 'escalate', kind: 'return', to: ['Demand generation'], owner: null },
      reading: { budgetMs: 8 * hour, spentMs: 9 * hour, dueAt: now - hour },
      about: "Given back: Not now · to 'Nurture: later' · HubSpot has no list 'Nurture: later'",
    });
    expect(clockAlert(makeInput(), late, null)).toBe(
      `*Late: Vera Hug, Acme GmbH*
Demand generation: not back in a program yet, 1 h late
Given back: Not now · to 'Nurture: later' · HubSpot has no list 'Nurture: later'
Back in a program by Mon 30 Nov 13:07 (Europe/Berlin)`,
    );
  });

  it.each([
    [0, 'less than a minute'],
    [minute, '1 min'],
    [59 * minute + 59_999, '59 min'],
    [hour, '1 h'],
    [17 * hour + 5 * minute, '17 h 5 min'],
  ])('%d ms are %s', (ms, words) => {
    expect(workingTime(ms)).toBe(words);
  });

  it('is whole lines within the limit, and nothing foreign formats or calls anybody', () => {
    const names = fc.string({ unit: 'grapheme', maxLength: 4_000 });
    fc.assert(
      fc.property(names, fc.array(names, { maxLength: 3 }), (owner, to) => {
        const text = clockAlert(makeInput(), makeTelling({ step: 'escalate', owner, to }), null);
        expect(text.length).toBeLessThanOrEqual(slackMax);
        expect(text.split('\n')[0]).toBe('*Late: Vera Hug, Acme GmbH*');
        expect(text.split('\n').slice(1).join('')).not.toMatch(/[<>*]/);
      }),
      { numRuns: 50 },
    );
  });
});
