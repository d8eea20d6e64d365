import { describe, expect, it } from 'vitest';
import { makeDigest } from '../../../src/lifecycle/digest/digest.ts';
import { whyNowLine } from '../../../src/lifecycle/digest/why-now.ts';
import { companies, day, history, hour, makeInput, minute, now, personOf, vera } from './digest-input.ts';

const secondTurn = makeInput({
  journey: { turn: 3, definition: '2026-1' },
  trigger: { kind: 'recontact', at: Date.UTC(2026, 10, 29, 23) },
  earlier: [
    {
      turn: 1,
      definition: '2025-2',
      handedAt: Date.UTC(2025, 10, 3, 9),
      owner: 'Ana Ruiz',
      verdict: 'returned',
      reason: 'No touch',
      note: null,
      endedAt: Date.UTC(2025, 10, 14, 9),
    },
    {
      turn: 2,
      definition: '2026-1',
      handedAt: Date.UTC(2026, 2, 2, 9),
      owner: 'Ben Ott',
      verdict: 'rejected',
      reason: 'Not now',
      note: 'Budget comes in autumn.\nShe wants to be called then.',
      endedAt: Date.UTC(2026, 2, 10, 9),
    },
  ],
  route: [{ step: 'same rep', name: null, owner: '005000000000001AAA', outcome: 'taken' }],
  nextStep: {
    say: 'Ask whether the budget is there.',
    send: [{ title: 'Case study: Machinery', url: 'https://us.example/cases/machinery', say: null }],
  },
});

describe('the why-now line', () => {
  it('says why, what, who, in a field with times that stay true', () => {
    expect(whyNowLine(makeInput())).toBe(
      'Asked for a demo Mon 30 Nov 14:05 · Pricing page 3x in 7 days · Head of IT, 500-1000 people',
    );
  });

  it('says in an alert how long ago', () => {
    expect(whyNowLine(makeInput(), 'at-once')).toBe(
      'Asked for a demo 2 min ago · Pricing page 3x in 7 days · Head of IT, 500-1000 people',
    );
  });

  it('says of somebody who comes back which turn it is, and how the last one ended', () => {
    expect(whyNowLine(secondTurn)).toBe(
      "To be called again on Mon 30 Nov · Pricing page 3x in 7 days · Head of IT, 500-1000 people · Turn 3, before: Not now (Ben Ott) · Form 'Demo request'",
    );
  });

  it.each([
    [
      { kind: 'ready', at: now - 5 * hour, definition: '2026-1' } as const,
      'Sales-ready (2026-1) Mon 30 Nov 09:07',
    ],
    [
      { kind: 'requested', at: now - 5 * hour, by: 'Mia Lang' } as const,
      'Put forward by Mia Lang Mon 30 Nov 09:07',
    ],
    [{ kind: 'handed-on', at: now - 5 * hour, by: null } as const, 'Qualified Mon 30 Nov 09:07'],
    [{ kind: 'repaired', at: now - 400 * day } as const, 'Data mended Sun 26 Oct 2025 14:07'],
    [
      { kind: 'moved', at: now - day, reason: 'Wrong territory' } as const,
      'From another rep: Wrong territory Sun 29 Nov 14:07',
    ],
  ])('says why: %o', (trigger, words) => {
    expect(whyNowLine(makeInput({ trigger })).split(' · ')[0]).toBe(words);
  });

  it.each([
    ['Contact us', 'Asked to be contacted'],
    ['Request a quote', 'Asked for a price'],
    ['Demographics survey', "Asked by form 'Demographics survey'"],
    ['', 'Asked by form without a name'],
  ])('calls a form %j what it is', (form, words) => {
    const input = makeInput();
    const trigger = { ...input.trigger, form } as typeof input.trigger;
    expect(whyNowLine({ ...input, trigger }).split(' · ')[0]).toBe(`${words} Mon 30 Nov 14:05`);
  });
});

describe('the digest', () => {
  it('of somebody new to sales', () => {
    expect(makeDigest(makeInput()).text).toBe(`Why now
- Asked for a demo Mon 30 Nov 14:05, form 'Demo request'
- Pricing page 3x in 7 days
- Sales-ready by 2026-1
- Yours: territory 'DACH'

What they did, newest first
- Form 'Demo request', Mon 30 Nov 14:05
- Pricing page, 4 times, last Mon 30 Nov 11:07
- Call, 12 min, Connected, Tue 10 Nov 14:07: Wants a price for 50 seats
- Mails sent to them: 1
- Opened or clicked by mail programs, not by a person: 1

Who and company
- Vera Hug, Head of IT
- Acme GmbH, Machinery, 500-1000 people
- Zürich, Switzerland
- Phone +41 44 668 18 00
- Mail vera@acme.example
- Fit A, engagement 1 (A and 1 are the best)
- Speaks for them: Head of something, Company known, 50 people or more, Phone known, Form sent, Pricing page 4x, Page view 4x

Earlier turns and what the last rep said
- This is the first turn

Say or send this
- Call and answer what they asked for in 'Demo request'

Times: Europe/Berlin. Last news: Mon 30 Nov 2026 14:05.`);
  });

  it('of somebody who comes back', () => {
    const [, , , turns, step] = makeDigest(secondTurn).text.split('\n\n');
    expect(turns).toBe(`Earlier turns and what the last rep said
- Turn 2, Ben Ott, from Mon 2 Mar, sales-ready 2026-1: rejected, Not now on Tue 10 Mar
- Ben Ott said: Budget comes in autumn. She wants to be called then.
- Turn 1, Ana Ruiz, from Mon 3 Nov 2025, sales-ready 2025-2: returned, No touch on Fri 14 Nov 2025`);
    expect(step).toBe(`Say or send this
- Ask whether the budget is there.
- Send: Case study: Machinery
- https://us.example/cases/machinery`);
  });

  it('leaves out the oldest lines first where it does not fit, and counts them', () => {
    const activities = [
      ...history,
      ...Array.from({ length: 60 }, (_, index) => ({
        key: `blog/${index}`,
        at: now - (50 + Math.floor(index / 2)) * day,
        type: 'pageView' as const,
        url: `https://us.example/blog/post-${Math.floor(index / 2)}`,
      })),
    ];
    const input = makeInput({ activities });
    const { text } = makeDigest(input, 1_500);
    expect(text.length).toBeLessThanOrEqual(1_500);
    const did = text.split('\n\n')[1]?.split('\n') ?? [];
    const shown = did.filter((line) => line.includes('Post'));
    const left = 30 - shown.length;
    expect(shown.length).toBeGreaterThan(3);
    expect(shown[0]).toBe('- Post 0 page, 2 times, last Sun 11 Oct 15:07');
    expect(did).toContain(`- Left out: ${left} older lines (${2 * left} activities)`);
    expect(text).toContain('Say or send this\n- Call and answer');
  });

  it.each([
    ['sent-back', 'given back'],
    ['untouched', 'not touched'],
    ['Not a fit', 'Not a fit'],
    ['constructor', 'constructor'],
    [null, 'no verdict'],
  ])('says of a turn that ended by %j what people say', (verdict, words) => {
    const turn = {
      turn: 1,
      definition: null,
      handedAt: null,
      owner: null,
      reason: null,
      note: null,
      endedAt: null,
    };
    const input = makeInput({ journey: { turn: 2, definition: null }, earlier: [{ ...turn, verdict }] });
    expect(makeDigest(input).text).toContain(`- Turn 1: ${words}\n`);
    expect(makeDigest(input).whyNow).toContain(
      verdict === null ? ' · Turn 2' : ` · Turn 2, before: ${words}`,
    );
  });

  it('is whole at any length that has room for everything but what they did', () => {
    const activities = Array.from({ length: 300 }, (_, index) => ({
      key: `blog/${index}`,
      at: now - index * hour,
      type: 'pageView' as const,
      url: `https://us.example/blog/post-${index}`,
    }));
    const input = makeInput({ activities, judgement: makeInput().judgement });
    for (let limit = 900; limit < 1_000; limit += 1) {
      const { text } = makeDigest(input, limit);
      expect(text.length).toBeLessThanOrEqual(limit);
      // Another line would have fitted if more than its length were left.
      expect(text.length).toBeGreaterThan(limit - 60);
      expect(text).toMatch(/\nTimes: Europe\/Berlin\. Last news: Mon 30 Nov 2026 14:07\.$/);
    }
  });

  it('has the company as its own records have it', () => {
    const fields = {
      hubspot: {
        name: 'Acme Holding',
        numberofemployees: '12000',
        annualrevenue: '1250000',
        domain: 'acme.example',
      },
      salesforce: { Name: 'Acme', BillingCity: 'Winterthur' },
    };
    const text = makeDigest(
      makeInput({ person: personOf({ firstname: 'Vera' }), company: { pair: companies, fields } }),
    ).text;
    expect(text).toContain(
      '- Vera\n- Acme Holding, 12,000 people\n- Winterthur\n- Revenue 1,250,000\n- Web acme.example\n',
    );
  });

  it('shows nothing that the mapping does not have, and no placeholder of Tandem’s own', () => {
    const text = makeDigest(
      makeInput({
        person: personOf(
          { ...vera.fields.hubspot, company: '', secret_note: 'divorced', hs_lead_status: 'SECRET' },
          { ...vera.fields.salesforce, Private__c: 'in debt' },
        ),
      }),
    ).text;
    for (const hidden of ['divorced', 'in debt', 'SECRET', 'not provided'])
      expect(text).not.toContain(hidden);
    const without = { ...vera, pair: { fields: vera.pair.fields.filter(({ name }) => name !== 'phone') } };
    expect(makeDigest(makeInput({ person: without })).text).not.toContain('668');
  });

  it('says who must not be called or mailed, and does not tell the rep to call', () => {
    const text = makeDigest(
      makeInput({
        person: personOf({ ...vera.fields.hubspot, hs_email_optout: 'true' }, { DoNotCall: true }),
      }),
    ).text;
    expect(text).toContain('- Opted out of marketing mail\n- Do not call\n');
    expect(text).toContain('- Write and answer what they asked for');
  });

  it('takes a value from Salesforce where HubSpot has none', () => {
    const text = makeDigest(
      makeInput({ person: personOf({ email: 'a@b.example' }, { Title: 'CTO', NumberOfEmployees: 730 }) }),
    ).text;
    expect(text).toContain('- CTO\n- 500-1000 people\n');
  });

  it('tells times by the clock of the rep, and which hour where the clock change repeats it', () => {
    const at = Date.UTC(2026, 9, 25, 1, 30);
    const trigger = { kind: 'ready', at, definition: 'v' } as const;
    const line = (zone: string | null) =>
      whyNowLine(makeInput({ trigger, zone, activities: [], person: personOf({}) }));
    expect(line('Europe/Berlin')).toBe('Sales-ready (v) Sun 25 Oct 02:30 (UTC+01:00)');
    expect(line('America/New_York')).toBe('Sales-ready (v) Sat 24 Oct 21:30');
    expect(line('Mars/Olympus')).toBe('Sales-ready (v) Sun 25 Oct 01:30');
    expect(makeDigest(makeInput({ zone: 'Mars/Olympus' })).text).toContain('Times: UTC.');
  });

  it('keeps the words of any script, and their direction to themselves', () => {
    const text = makeDigest(
      makeInput({
        person: personOf({
          firstname: 'יעל',
          lastname: 'כהן',
          jobtitle: '首席技术官',
          company: 'नमस्ते 👩‍👩‍👧‍👦',
        }),
      }),
    ).text;
    expect(text).toContain('- \u2068יעל\u2069 \u2068כהן\u2069, 首席技术官\n- नमस्ते 👩‍👩‍👧‍👦');
  });
});

describe('the fingerprint', () => {
  it('stays while there is nothing new, however long', () => {
    const first = makeDigest(makeInput()).fingerprint;
    for (const later of [minute, hour, 9 * day, 400 * day])
      expect(makeDigest(makeInput({ now: now + later })).fingerprint).toBe(first);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is another one once they do something, a field changes, or a rep says something', () => {
    const prints = [
      makeInput(),
      makeInput({ activities: history.slice(1) }),
      makeInput({ person: personOf({ ...vera.fields.hubspot, jobtitle: 'CIO' }) }),
      makeInput({ nextStep: { say: 'Ask for the budget', send: [] } }),
      secondTurn,
    ].map((input) => makeDigest(input).fingerprint);
    expect(new Set(prints).size).toBe(prints.length);
  });
});
