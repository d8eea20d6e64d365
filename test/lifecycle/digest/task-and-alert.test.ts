import { describe, expect, it } from 'vitest';
import { mailAlert, slackAlert } from '../../../src/lifecycle/digest/alert.ts';
import { askReasonTask } from '../../../src/lifecycle/digest/ask-reason.ts';
import { nudgeTask } from '../../../src/lifecycle/digest/nudge.ts';
import { scoreReasons } from '../../../src/lifecycle/digest/score-reasons.ts';
import { slackText } from '../../../src/lifecycle/digest/slack-text.ts';
import { followUpTask } from '../../../src/lifecycle/digest/task.ts';
import { day, hour, makeInput, minute, now, personOf, vera } from './digest-input.ts';

const clock = { dueAt: now + hour, remindAt: now + 30 * minute };
const lead = 'https://acme.my.salesforce.example/lightning/r/Lead/00Q000000000001AAA/view';

describe('the follow-up task', () => {
  it('has the why-now line for a subject, and says until when, what to do, and what closes it', () => {
    expect(followUpTask(makeInput(), clock)).toEqual({
      subject: 'Asked for a demo Mon 30 Nov 14:05 · Pricing page 3x in 7 days · Head of IT, 500-1000 people',
      body: `First touch by Mon 30 Nov 2026 15:07 (Europe/Berlin).
- Call and answer what they asked for in 'Demo request'
- Yours: territory 'DACH'
A logged call, mail or meeting of yours, a status that means work, or your verdict closes this task.`,
      dueDay: '2026-11-30',
      remindAt: now + 30 * minute,
      priority: 'High',
    });
  });

  it.each([
    ['Europe/Berlin', '2026-12-01'],
    ['America/Los_Angeles', '2026-11-30'],
    ['Pacific/Auckland', '2026-12-01'],
    [null, '2026-11-30'],
  ])('is due on the day of the rep, in %s', (zone, dueDay) => {
    const dueAt = Date.UTC(2026, 10, 30, 23, 30);
    expect(followUpTask(makeInput({ zone }), { dueAt, remindAt: null })).toMatchObject({
      dueDay,
      remindAt: null,
    });
  });

  it('has neither day nor reminder where the clock stands still', () => {
    const task = followUpTask(makeInput({ trigger: { kind: 'ready', at: now, definition: 'v' } }), {
      dueAt: null,
      remindAt: now,
    });
    expect(task).toMatchObject({ dueDay: null, remindAt: null, priority: 'Normal' });
    expect(task.body).toContain('No time is set.');
  });
});

describe('the task of a nudge', () => {
  const words = { days: 10, offer: 'the case study of their industry', goesBackAt: now + 4 * day };

  it('says what to offer, and when they go back otherwise', () => {
    expect(nudgeTask(makeInput(), words)).toEqual({
      subject: 'Stands still: Vera Hug, Acme GmbH · offer the case study of their industry',
      body: `No step for 10 days. Without one they go back to marketing Fri 4 Dec.
- Offer: the case study of their industry
- Call and answer what they asked for in 'Demo request'
A logged call, mail or meeting of yours keeps them; your verdict closes this task.`,
      dueDay: '2026-11-30',
      remindAt: null,
      priority: 'Normal',
    });
  });

  it('without an offer says what is recommended', () => {
    expect(nudgeTask(makeInput(), { ...words, offer: null }).subject).toBe(
      'Stands still: Vera Hug, Acme GmbH',
    );
  });
});

describe('the question for a reason', () => {
  it('says what to choose, and what holds until then', () => {
    expect(askReasonTask(makeInput(), 'lead', 'Nurture: general')).toEqual({
      subject: 'Why did you give back Vera Hug, Acme GmbH?',
      body: `Choose a Tandem Reason on the record: Not now, No budget, No authority, No need, Unresponsive, Chose a competitor, Is a competitor or job seeker, Wrong person, Wrong territory, Duplicate, Already a customer, Bad data, Other.
- 'Not now' with a day in Tandem Recontact On brings them back to you on that day.
- Until then the reason counts as unknown, and they are in 'Nurture: general'.
The reason closes this task, and sends them where it belongs.`,
      dueDay: '2026-11-30',
      remindAt: null,
      priority: 'Normal',
    });
  });

  it('is asked of a deal too, and of whom nobody knows the name', () => {
    expect(askReasonTask(makeInput(), 'deal', null).subject).toBe(
      'Why was the deal with Vera Hug, Acme GmbH lost?',
    );
    const [first, second] = askReasonTask(makeInput(), 'deal', null).body.split('\n');
    expect(first).toBe(
      'Choose a Tandem Loss Reason in the opportunity: Price, Product, Timing, Competitor, No decision, Other.',
    );
    expect(second).toMatch(/^- Or a Tandem Reason on this record: Not now, No budget, /);
    expect(askReasonTask(makeInput(), 'deal', null, undefined, false).body).toMatch(
      /^Choose a Tandem Reason on the record: /,
    );
    const nobody = makeInput({ person: personOf({ firstname: null, lastname: null, company: null }) });
    expect(askReasonTask(nobody, 'lead', null).subject).toMatch(/^Why did you give back /);
  });
});

describe('the alert', () => {
  it('for Slack', () => {
    expect(slackAlert(makeInput(), clock, lead)).toBe(
      `*Vera Hug, Acme GmbH*
Asked for a demo 2 min ago · Pricing page 3x in 7 days · Head of IT, 500-1000 people
<${lead}|Open in Salesforce>
Call and answer what they asked for in 'Demo request'
First touch by Mon 30 Nov 15:07 (Europe/Berlin)`,
    );
  });

  it('takes nothing from a name but its words', () => {
    const person = personOf({
      ...vera.fields.hubspot,
      firstname: '*<!channel>',
      lastname: '[R&D](http://evil.example)',
    });
    const [head] = slackAlert(makeInput({ person }), clock, 'javascript:alert(1)').split('\n');
    expect(head).toBe('*∗&lt;!channel&gt; [R&amp;D] (http://evil.example), Acme GmbH*');
    expect(slackAlert(makeInput({ person }), clock, 'javascript:alert(1)')).not.toContain('javascript');
  });

  it.each([
    ['R&D', 'R&amp;D'],
    ['R&amp;D', 'R&amp;D'],
    ['a_b_c@x.example', 'a_b_c@x.example'],
    ['_loud_', 'ˍloudˍ'],
    ['@channel @here info@all.example', '＠channel ＠here info@all.example'],
    ['&amp;lt;', '&amp;lt;'],
  ])('escapes %j', (text, escaped) => {
    expect(slackText(text)).toBe(escaped);
  });

  it('by mail, with the time instead of how long ago, and the digest', () => {
    const mail = mailAlert(makeInput(), clock, lead);
    expect(mail.subject).toBe(
      'Vera Hug, Acme GmbH: Asked for a demo Mon 30 Nov 14:05 · Pricing page 3x in 7 days · Head of IT, 500-1000 people',
    );
    expect(mail.body).toMatch(
      /^Asked for a demo Mon 30 Nov 14:05 .+\nCall and answer .+\nFirst touch by .+\nhttps:.+\n\nWhy now\n/,
    );
  });

  it('knows somebody without a name', () => {
    expect(slackAlert(makeInput({ person: personOf({}) }), { dueAt: null }, null).split('\n')[0]).toBe(
      '*A new lead*',
    );
  });
});

describe('the reasons of a score', () => {
  it('are its lines with points, what weighs most first', () => {
    expect(
      scoreReasons(makeInput().judgement, { zone: 'Europe/Berlin', now }),
    ).toBe(`98 of 100, fit A, engagement 1
Sales-ready by 2026-1
+30 Pricing page (4x, last Mon 30 Nov)
+20 Head of something
+15 50 people or more
+15 Form sent (last Mon 30 Nov)
+10 Company known
+5 Phone known
+3 Page view (4x, last Mon 30 Nov)`);
  });

  it('say who is excluded, and who is ready by opens alone', () => {
    const { judgement } = makeInput();
    const second = (changed: Partial<typeof judgement>) =>
      scoreReasons({ ...judgement, ready: null, ...changed }, { zone: null, now }).split('\n')[1];
    expect(second({ excluded: 'Competitor' })).toBe('Never handed over: Competitor');
    expect(second({ onlyOpens: true })).toBe('Not sales-ready by 2026-1: opened mails alone do not count');
    expect(second({ askedOf: null })).toBe('No definition of sales-ready is in force');
  });
});
