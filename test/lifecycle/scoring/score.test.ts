import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Activity, activityTypes } from '../../../src/lifecycle/scoring/activity.ts';
import { addActivities, asksFor, recompute } from '../../../src/lifecycle/scoring/engagement.ts';
import { definitionFor, isInShare, judge, whatIf } from '../../../src/lifecycle/scoring/sales-ready.ts';
import { scoreOf } from '../../../src/lifecycle/scoring/score.ts';
import { shippedText } from '../shipped-files.ts';
import { makeActivity, makePerson, modelOf, shippedScoring } from './scoring-model.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 5, 1);
const person = makePerson();
const model = shippedScoring;
const pricing = 'https://us.com/pricing';

const judged = (history: readonly Activity[], who = person, at = now, rules = model) =>
  judge(who, recompute(history, rules), rules, at);
const form = (key: string, at = now): Activity =>
  makeActivity(key, at, { type: 'formSubmission', form: 'Whitepaper' });

const activity = fc
  .record({
    number: fc.nat(60),
    type: fc.constantFrom(...activityTypes),
    minutes: fc.integer({ min: 0, max: 400 * 1_440 }),
    url: fc.constantFrom('https://us.com/', pricing, 'https://us.com/careers'),
    form: fc.constantFrom('Demo', 'Newsletter'),
    machine: fc.boolean(),
  })
  .map(
    ({ number, type, minutes, ...rest }): Activity => ({
      key: `a${number}`,
      type,
      at: now - minutes * 60_000,
      ...rest,
    }),
  );

describe('the score', () => {
  it('kept up as activity arrives, in any order and in any batches, is that of a recomputation from history', () => {
    const shuffled = fc
      .uniqueArray(activity, { selector: ({ key }) => key, maxLength: 40 })
      .chain((history) =>
        fc.tuple(
          fc.constant(history),
          fc.shuffledSubarray(history, { minLength: history.length }),
          fc.array(fc.integer({ min: 1, max: 5 }), {
            minLength: history.length,
            maxLength: history.length + 1,
          }),
        ),
      );
    fc.assert(
      fc.property(shuffled, fc.nat(400), ([history, arrived, sizes], laterDays) => {
        let tally = {};
        let taken = 0;
        for (const size of sizes) {
          tally = addActivities(tally, arrived.slice(taken, taken + size), model);
          taken += size;
        }
        const at = now + laterDays * day;
        expect(judge(person, tally, model, at)).toEqual(judged([...history, ...history], person, at));
      }),
      { numRuns: 500 },
    );
  });

  it('is the sum of the lines that explain it, and between 0 and 100', () => {
    fc.assert(
      fc.property(fc.array(activity), fc.boolean(), (history, isNobody) => {
        const who = isNobody ? makePerson({ contact: {}, email: 'x@gmail.com' }) : person;
        const { score, lines } = scoreOf(who, recompute(history, model), model, now);
        const total = lines.reduce((sum, { points }) => sum + points, 0);
        expect(Math.abs(Math.max(0, Math.min(100, total)) - score)).toBeLessThanOrEqual(0.500_001);
      }),
    );
  });

  it('explains itself by rule, points, count and time', () => {
    const { score, fit, engagement, lines } = judged([
      form('f', now - 30 * day),
      makeActivity('p', now, { url: pricing }),
    ]).score;
    expect({ score, fit, engagement }).toEqual({ score: 69, fit: 'A', engagement: 3 });
    expect(lines).toContainEqual({
      kind: 'engagement',
      rule: 'Form sent',
      points: 7.5,
      count: 1,
      newestAt: now - 30 * day,
    });
    expect(lines).toContainEqual({
      kind: 'fit',
      rule: 'Head of something',
      points: 20,
      count: null,
      newestAt: null,
    });
    expect(lines.map(({ rule }) => rule)).toContain('Pricing page');
  });

  it('fades by half in 30 days, and a clock that went back adds nothing', () => {
    const at = (days: number): number => judged([form('f')], person, now + days * day).score.engagementPoints;
    expect([at(0), at(30), at(60), at(-10)]).toEqual([15, 7.5, 3.75, 15]);
  });

  it('is capped by rule and by half, and says so', () => {
    const many = Array.from({ length: 20 }, (_, index) => form(`f${index}`));
    const { score, lines } = judged([...many, makeActivity('m', now, { type: 'meetingBooked' })]).score;
    expect(lines).toContainEqual(expect.objectContaining({ rule: 'Form sent', points: 30, count: 20 }));
    expect(lines).toContainEqual(expect.objectContaining({ kind: 'cap', points: -10 }));
    expect(score).toBe(100);
  });

  it('falls by free mail, careers page and unsubscribing', () => {
    const who = makePerson({ email: 'vera@GMAIL.com' });
    expect(judged([], who).score.fitPoints).toBe(35);
    expect(judged([makeActivity('c', now, { url: 'https://us.com/careers' })]).score.engagementPoints).toBe(
      -19,
    );
    expect(judged([makeActivity('u', now, { type: 'unsubscribe' })]).score.engagementPoints).toBe(-20);
  });

  it('takes a score that the company already has', () => {
    const own = modelOf(
      shippedText('scoring.yaml')
        .replace('\n# score: {', '\nscore: {')
        .replace('hubspotscore }', 'hubspotscore } #'),
    );
    const scoreWith = (hubspotscore: string | null) =>
      judged([], makePerson({ contact: { hubspotscore } }), now, own).score;
    expect(scoreWith('73')).toMatchObject({
      score: 73,
      lines: [{ kind: 'property', rule: 'hubspotscore', points: 73 }],
    });
    expect([scoreWith('250').score, scoreWith('x').score, scoreWith(null).score]).toEqual([100, 0, 0]);
  });
});

describe('sales-ready', () => {
  const hot = [form('f'), makeActivity('p', now, { url: pricing })];

  it('fires the version that holds, and names it', () => {
    expect(judged(hot)).toMatchObject({ ready: { definition: '2026-1' }, askedOf: '2026-1', excluded: null });
    expect(judged(hot, makePerson({ contact: {} })).ready).toBeNull();
    expect(judged(hot, person, Date.UTC(2025, 11, 31))).toMatchObject({ ready: null, askedOf: null });
  });

  it('opens alone never make ready, however many and whatever the bar', () => {
    const low = modelOf(
      shippedText('scoring.yaml').replace("fit in ['A', 'B'] && engagement <= 2", 'engagement_points > 0.0'),
    );
    const opens = Array.from({ length: 50 }, (_, index) =>
      makeActivity(`o${index}`, now, { type: 'emailOpen' }),
    );
    expect(judged(opens, person, now, low)).toMatchObject({ ready: null, onlyOpens: true });
    expect(judged([...opens, form('f')], person, now, low).ready).not.toBeNull();
    fc.assert(
      fc.property(fc.array(activity), (history) => {
        const onlyOpens = history.map((each): Activity => ({ ...each, type: 'emailOpen' }));
        expect(judged(onlyOpens, person, now, low).ready).toBeNull();
      }),
    );
  });

  it('after a return only what came since makes ready, though all of it shows', () => {
    const all = recompute([...hot, form('g')], model);
    const since = recompute([makeActivity('p2', now)], model);
    expect(judge(person, all, model, now, since)).toMatchObject({ ready: null, score: { engagement: 1 } });
    expect(judge(person, all, model, now, recompute(hot, model)).ready).not.toBeNull();
  });

  it('what a machine opened or clicked counts nothing', () => {
    const clicks = Array.from({ length: 9 }, (_, index) =>
      makeActivity(`c${index}`, now, { type: 'emailClick', machine: true }),
    );
    expect(judged(clicks).score).toMatchObject({ engagementPoints: 0, newestAt: null });
  });

  it('competitors and the own company are never ready', () => {
    expect(judged(hot, makePerson({ email: 'x@rival.com' }))).toMatchObject({
      ready: null,
      excluded: 'Competitor',
    });
    expect(judged(hot, makePerson({ email: 'x@us.com' }))).toMatchObject({
      ready: null,
      excluded: 'Own company',
    });
  });

  it('knows who asks for contact', () => {
    expect(asksFor(makeActivity('d', now, { type: 'formSubmission', form: 'Demo request' }), model)).toBe(
      'Demo or contact form',
    );
    expect(asksFor(makeActivity('m', now, { type: 'meetingBooked' }), model)).toBe('Meeting');
    expect(asksFor(form('w'), model)).toBeNull();
    expect(asksFor(makeActivity('p', now, { url: pricing }), model)).toBeNull();
  });

  const version = (name: string, from: string, rest: string): string =>
    `  - { version: ${name}, from: ${from}, approved: { marketing: A, sales: B }, when: score >= 10${rest} }\n`;

  it('a pilot stands beside the version for the others: by owner, segment or share, for its time', () => {
    const rules = modelOf(
      shippedText('scoring.yaml') +
        version('2026-2', '2026-05-01', '') +
        version('later', '2027-01-01', '') +
        version(
          'pilot',
          '2026-05-10',
          ", pilot: { owners: ['005A'], segment: contact.country == 'DE', share: 10, until: 2026-07-01 }",
        ),
    );
    const versionOf = (overrides: Parameters<typeof makePerson>[0], at = now) =>
      definitionFor(makePerson(overrides), rules, at)?.version;
    expect(versionOf({ id: 'nobody-special' })).toBe('2026-2');
    expect(versionOf({ id: 'nobody-special', owner: '005A' })).toBe('pilot');
    expect(versionOf({ id: 'nobody-special', contact: { country: 'DE' } })).toBe('pilot');
    expect(versionOf({ owner: '005A' }, Date.UTC(2026, 6, 1))).toBe('2026-2');
    expect(versionOf({ owner: '005A' }, Date.UTC(2026, 2, 1))).toBe('2026-1');
    const inPilot = Array.from({ length: 5_000 }, (_, id) => versionOf({ id: String(id) })).filter(
      (name) => name === 'pilot',
    );
    expect(inPilot.length).toBeGreaterThan(400);
    expect(inPilot.length).toBeLessThan(600);
  });

  it('a share of all is everybody, of none nobody', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        (name, id) => isInShare(name, id, 100) && !isInShare(name, id, 0),
      ),
    );
  });

  it('what-if tells who would change sides', () => {
    const stricter = modelOf(
      shippedText('scoring.yaml').replace(
        "fit in ['A', 'B'] && engagement <= 2",
        "fit == 'A' && engagement <= 1",
      ),
    );
    const people = [hot, [...hot, form('g')], []].map((history, index) => ({
      person: makePerson({ id: String(index) }),
      tally: { before: recompute(history, model), after: recompute(history, stricter) },
    }));
    expect(whatIf(people, model, stricter, now)).toEqual({
      entering: [],
      leaving: ['0'],
      stayReady: 1,
      stayNot: 1,
    });
    expect(
      whatIf(
        people.map(({ person: who, tally }) => ({
          person: who,
          tally: { before: tally.after, after: tally.before },
        })),
        stricter,
        model,
        now,
      ).entering,
    ).toEqual(['0']);
  });
});
