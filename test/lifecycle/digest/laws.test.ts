import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mailAlert, slackAlert, slackMax } from '../../../src/lifecycle/digest/alert.ts';
import { headings, makeDigest } from '../../../src/lifecycle/digest/digest.ts';
import { fold } from '../../../src/lifecycle/digest/fold.ts';
import type {
  DigestActivity,
  DigestInput,
  EarlierTurn,
  Trigger,
} from '../../../src/lifecycle/digest/input.ts';
import { cut, foreign, oneLine } from '../../../src/lifecycle/digest/plain-text.ts';
import { scoreReasons } from '../../../src/lifecycle/digest/score-reasons.ts';
import { slackText } from '../../../src/lifecycle/digest/slack-text.ts';
import { followUpTask } from '../../../src/lifecycle/digest/task.ts';
import { whyNowLine } from '../../../src/lifecycle/digest/why-now.ts';
import { activityTypes } from '../../../src/lifecycle/scoring/activity.ts';
import { day, makeInput, now, personOf } from './digest-input.ts';

/** Text as forms bring it: any script, emoji of many parts, lone surrogates, controls, marks that turn the writing round, markup. */
const wild = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.string({ unit: 'grapheme' }) },
      { weight: 2, arbitrary: fc.string({ unit: 'binary' }) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          '\ud83d',
          '\udc69',
          '👩‍👩‍👧‍👦',
          '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
          'e\u0301\u0301\u0301',
          '\u202eevil',
          '\u2066',
          '\r\n',
          '\u2028',
          '\u0000\u0007',
          'שלום',
          'مرحبا',
          '&amp;',
          '&',
          '<!channel>',
          '<a href="x">',
          '*b*',
          '_i_',
          '@here',
          '](http://x)',
          '\nWhy now\n',
          '\ufffe',
        ),
      },
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const long = fc.oneof(
  wild,
  fc.tuple(wild, fc.nat(1_000)).map(([text, times]) => text.repeat(times).slice(0, 3_000)),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const activity = fc
  .record({
    number: fc.nat(400),
    type: fc.constantFrom(...activityTypes, 'note' as const),
    minutes: fc.integer({ min: -3_000, max: 400 * 1_440 }),
    url: maybe(fc.oneof(fc.constantFrom('https://us.example/pricing', '/blog/a%20b', 'not a url %'), wild)),
    title: maybe(long),
    campaign: maybe(wild),
    form: maybe(wild),
    machine: maybe(fc.boolean()),
    note: maybe(long),
    outcome: maybe(wild),
    durationMs: maybe(fc.integer({ min: -5, max: 9_000_000 })),
  })
  .map(({ number, minutes, type, ...rest }): DigestActivity => {
    const there = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    return { key: `a${number}`, at: now - minutes * 60_000, type, ...there };
  });

const turn = fc.record({
  turn: fc.integer({ min: 1, max: 9 }),
  definition: fc.option(wild),
  handedAt: fc.option(fc.constantFrom(now - 90 * day, Number.NaN)),
  owner: fc.option(wild),
  verdict: fc.option(wild),
  reason: fc.option(wild),
  note: fc.option(long),
  endedAt: fc.option(fc.constant(now - 60 * day)),
}) satisfies fc.Arbitrary<EarlierTurn>;

const at = fc.constantFrom(now, now - 5_000, now - 300 * day, now + day);
const trigger: fc.Arbitrary<Trigger> = fc.oneof(
  fc.record({
    kind: fc.constant('asked' as const),
    at,
    activity: fc.option(fc.constant('a1')),
    type: fc.constantFrom('formSubmission' as const, 'meetingBooked' as const),
    form: fc.option(wild),
    rule: fc.option(wild),
  }),
  fc.record({ kind: fc.constant('ready' as const), at, definition: wild }),
  fc.record({ kind: fc.constant('recontact' as const), at }),
  fc.record({ kind: fc.constantFrom('requested' as const, 'handed-on' as const), at, by: fc.option(wild) }),
  fc.record({ kind: fc.constant('moved' as const), at, reason: fc.option(wild) }),
);

const input: fc.Arbitrary<DigestInput> = fc
  .record({
    person: fc
      .record({
        firstname: wild,
        lastname: wild,
        jobtitle: long,
        company: long,
        message: long,
        city: wild,
        phone: wild,
      })
      .map((fields) => personOf(fields)),
    activities: fc.array(activity, { maxLength: 60 }),
    journey: fc.record({ turn: fc.integer({ min: 1, max: 9 }), definition: fc.option(wild) }),
    earlier: fc.array(turn, { maxLength: 5 }),
    route: fc.array(
      fc.record({
        step: fc.constantFrom('same rep', 'territory', 'territory X', 'otherwise', 'sdr', 'fallback'),
        name: fc.option(wild),
        owner: fc.option(fc.constant('005')),
        outcome: fc.constantFrom('taken' as const, 'absent' as const),
      }),
      { maxLength: 3 },
    ),
    trigger,
    nextStep: fc.record({
      say: fc.option(long),
      send: fc.array(
        fc.record({ title: long, url: fc.option(fc.oneof(fc.webUrl(), wild)), say: fc.option(long) }),
        { maxLength: 4 },
      ),
    }),
    zone: fc.constantFrom('Europe/Berlin', 'Asia/Kolkata', 'Mars/Olympus', null),
  })
  .map((overrides) => makeInput(overrides));

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const control = /[\p{Cc}\u2028\u2029\u202a-\u202e]/u;
const isHarmlessLine = (text: string): boolean => text.isWellFormed() && !control.test(text);

describe('foreign text', () => {
  it('becomes one harmless line, and stays it', () => {
    fc.assert(
      fc.property(long, (text) => {
        const line = oneLine(text);
        expect(isHarmlessLine(line)).toBe(true);
        expect(line).not.toMatch(/^\s|\s$|\s\s/);
        expect(oneLine(line)).toBe(line);
      }),
    );
  });

  it('loses no letter of any script', () => {
    fc.assert(
      fc.property(long, (text) => {
        const letters = (from: string) =>
          from.match(/[\p{L}\p{M}\p{N}\p{Emoji}\u200c\u200d]/gu)?.join('') ?? '';
        expect(letters(oneLine(text))).toBe(letters(text));
      }),
    );
  });

  it('is cut between graphemes alone, no more than the limit asks for, and says so', () => {
    fc.assert(
      fc.property(long.map(oneLine), fc.nat(300), (text, limit) => {
        const short = cut(text, limit);
        expect(short.length).toBeLessThanOrEqual(limit);
        expect(short.isWellFormed()).toBe(true);
        if (short === text || limit === 0) return;
        const ends = [...graphemes.segment(text)].map(({ index, segment }) => index + segment.length);
        const most = Math.max(0, ...ends.filter((end) => end <= limit - 1));
        expect(short).toBe(`${text.slice(0, most).trimEnd()}…`);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps its direction of writing to itself: what is opened is closed', () => {
    fc.assert(
      fc.property(long, fc.integer({ min: 10, max: 100 }), (text, limit) => {
        const piece = foreign(text, limit);
        expect(piece.length).toBeLessThanOrEqual(limit);
        expect(piece.split('\u2068').length).toBe(piece.split('\u2069').length);
      }),
    );
  });

  it('is escaped for Slack once, however often it is done, and neither formats nor links nor calls anybody', () => {
    fc.assert(
      fc.property(long, (text) => {
        const escaped = slackText(text);
        expect(slackText(escaped)).toBe(escaped);
        expect(escaped).not.toMatch(/[<>*~`]|&(?!(?:amp|lt|gt);)|\]\(/);
        expect(escaped).not.toMatch(/(?<![\p{L}\p{N}._%+-])@(?:channel|here|all|everyone)\b/iu);
      }),
      { numRuns: 500 },
    );
  });
});

describe('whatever is known of a person', () => {
  it('gives a why-now line of at most 255 units, one harmless line, never empty', () => {
    fc.assert(
      fc.property(input, fc.constantFrom('lasting' as const, 'at-once' as const), (of, times) => {
        const line = whyNowLine(of, times);
        expect(line.length).toBeLessThanOrEqual(255);
        expect(line.length).toBeGreaterThan(5);
        expect(isHarmlessLine(line)).toBe(true);
      }),
    );
  });

  it('gives a digest within its limit, harmless, in the fixed layout', () => {
    fc.assert(
      fc.property(input, fc.oneof(fc.nat(400), fc.integer({ min: 400, max: 40_000 })), (of, limit) => {
        const { text } = makeDigest(of, limit);
        expect(text.length).toBeLessThanOrEqual(limit);
        const lines = text.split('\n');
        for (const line of lines) expect(isHarmlessLine(line)).toBe(true);
        const whole = makeDigest(of, Number.POSITIVE_INFINITY).text.split('\n');
        const known: readonly string[] = headings;
        expect(whole.filter((line) => known.includes(line))).toEqual(known);
        // Foreign text never begins a line.
        const free = whole.filter((line) => line !== '' && !line.startsWith('- ') && !known.includes(line));
        expect(free.length).toBe(1);
        expect(free[0]).toMatch(/^Times: /);
      }),
    );
  });

  it('loses no activity without counting it, newest first', () => {
    fc.assert(
      fc.property(fc.array(activity, { maxLength: 80 }), (activities) => {
        const { lines, machine, delivered } = fold(activities);
        const shown = lines.reduce((sum, { count }) => sum + count, 0);
        expect(shown + machine + delivered).toBe(new Set(activities.map(({ key }) => key)).size);
        const first = new Map(activities.toReversed().map((each) => [each.key, each]));
        expect(machine).toBe([...first.values()].filter((each) => each.machine === true).length);
        const times = lines.map(({ newest }) => newest.at);
        expect(times).toEqual(times.toSorted((a, b) => b - a));
        for (const { newest, count, times: each } of lines) {
          expect(newest.machine).not.toBe(true);
          expect(each.length).toBe(count);
          expect(Math.max(...each)).toBe(newest.at);
        }
      }),
    );
  });

  it('says how many lines and activities were left out, where the digest is long enough for a whole line', () => {
    fc.assert(
      fc.property(input, fc.integer({ min: 300, max: 9_000 }), (of, limit) => {
        const whole = makeDigest(of, Number.POSITIVE_INFINITY).text;
        const { text } = makeDigest(of, limit);
        if (whole.length <= limit) expect(text).toBe(whole);
        // Cut at its very end, since not even the other parts fit: no promise.
        if (whole.length <= limit || text.endsWith('…')) return;
        const did = (from: string) => from.split('\n\n')[1]?.split('\n').slice(1) ?? [];
        const left = did(text).findIndex((line) => line.startsWith('- Left out: '));
        const turnsLeft = /Left out: \d+ older turns?$/m.test(text);
        expect(left >= 0 || turnsLeft).toBe(true);
        if (left < 0) return;
        expect(did(text).slice(0, left)).toEqual(did(whole).slice(0, left));
        const [, lines, count] = /(\d+) older lines? \((\d+) activit/.exec(did(text)[left] ?? '') ?? [];
        const { lines: folded } = fold(of.activities);
        expect(Number(lines)).toBe(folded.length - left);
        expect(Number(count)).toBe(folded.slice(left).reduce((sum, each) => sum + each.count, 0));
      }),
    );
  });

  it('gives the same text for the same input, in whatever order the activities come', () => {
    const distinct = fc.uniqueArray(activity, { maxLength: 30, selector: ({ key }) => key });
    const shuffled = distinct.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, others]) => {
        const judgement = makeInput().judgement;
        const one = makeDigest(makeInput({ activities: all, judgement }));
        expect(makeDigest(makeInput({ activities: others, judgement }))).toEqual(one);
      }),
    );
  });

  it('says the same at any later time, as long as nothing was in the future', () => {
    fc.assert(
      fc.property(input, fc.integer({ min: 0, max: 1_000 * day }), (of, later) => {
        const past = of.activities.filter(({ at: when }) => when <= now);
        const known = {
          ...of,
          activities: past,
          trigger: { ...of.trigger, at: Math.min(of.trigger.at, now) },
        };
        expect(makeDigest({ ...known, now: now + later })).toEqual(makeDigest(known));
      }),
    );
  });

  it('gives a task that Salesforce takes, and alerts that are whole', () => {
    fc.assert(
      fc.property(input, fc.option(fc.constantFrom(now + 3_600_000, now - day)), wild, (of, dueAt, url) => {
        const clock = { dueAt, remindAt: dueAt };
        const task = followUpTask(of, clock);
        expect(task.subject).toBe(whyNowLine(of));
        expect(task.body.length).toBeLessThanOrEqual(32_000);
        expect(task.dueDay === null).toBe(dueAt === null);
        const slack = slackAlert(of, clock, url);
        expect(slack.length).toBeLessThanOrEqual(slackMax);
        const [head = '', ...rest] = slack.split('\n');
        expect(head).toMatch(/^\*[^*\n]+\*$/);
        for (const line of rest) {
          expect(isHarmlessLine(line)).toBe(true);
          expect(line.replace(/^<https?:[^<>|]+\|Open in Salesforce>$/, '')).not.toMatch(/[<>*]/);
        }
        const mail = mailAlert(of, clock, url);
        expect(isHarmlessLine(mail.subject)).toBe(true);
        expect(mail.subject.length).toBeLessThanOrEqual(255);
      }),
    );
  });

  it('gives reasons of a score within the limit', () => {
    fc.assert(
      fc.property(input, fc.nat(500), ({ judgement }, limit) => {
        expect(scoreReasons(judgement, { zone: null, now }, limit).length).toBeLessThanOrEqual(limit);
      }),
    );
  });
});
