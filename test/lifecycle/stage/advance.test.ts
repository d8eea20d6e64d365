import { describe, expect, it } from 'vitest';
import { advance } from '../../../src/lifecycle/stage/advance.ts';
import type { LifecycleDefinition } from '../../../src/lifecycle/stage/definition.ts';
import { eventKinds, type Fact, type FactKind, noRecord } from '../../../src/lifecycle/stage/facts.ts';
import { type Journey, newJourney } from '../../../src/lifecycle/stage/journey.ts';
import { seenMax } from '../../../src/lifecycle/stage/late.ts';
import { shownFields } from '../../../src/lifecycle/stage/shown-fields.ts';
import { moveOf, type Stage, stages } from '../../../src/lifecycle/stage/stages.ts';
import { stageTable } from '../../../src/lifecycle/stage/table.ts';
import { nextTimer } from '../../../src/lifecycle/stage/timers.ts';
import { makeDefinition } from '../shipped-files.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 5, 9);
const record = { ...noRecord, contact: { company: 'Acme' }, engagement: 2 };

/** `scored` that is ready by engagement of that day; the other facts of a day. */
const makeFact = (kind: FactKind, days: number, extra: Partial<Fact> = {}): Fact => {
  const at = start + days * day;
  return { kind, key: `${kind}/${days}`, at, by: '005A', ...extra };
};
const ready = (days: number, newestDays = days): Fact =>
  makeFact('scored', days, {
    score: {
      score: 80,
      fit: 'A',
      engagement: 1,
      ready: { definition: '2026-1' },
      newestAt: start + newestDays * day,
    },
  });

interface Told {
  readonly journey: Journey;
  readonly path: string;
  readonly why: readonly string[];
}

const tell = (
  facts: readonly Fact[],
  untilDays: number,
  definition: LifecycleDefinition = makeDefinition(),
  from: Journey = newJourney('1', start),
): Told => {
  const { journey, transitions, unmoved } = advance(
    from,
    { events: facts, record },
    definition,
    start + untilDays * day,
  );
  const path = transitions
    .map(({ to, cause, effects }) => [`${cause}>${to}`, ...effects].join('+'))
    .join(' ');
  return { journey, path, why: unmoved.map(({ kind, why }) => `${kind}:${why}`) };
};

describe('the table', () => {
  it('has a cell for every stage and event', () => {
    for (const stage of stages) expect(new Set(Object.keys(stageTable[stage]))).toEqual(new Set(eventKinds));
  });

  it('every stage can be entered', () => {
    const entered = new Set(
      stages.flatMap((stage) => eventKinds.flatMap((kind) => stageTable[stage][kind].map(({ to }) => to))),
    );
    const byPlace: readonly Stage[] = ['returned', 'disqualified', 'sales-ready'];
    for (const stage of stages.filter((each) => each !== 'subscriber')) {
      expect(entered.has(stage) || byPlace.includes(stage)).toBe(true);
    }
  });
});

describe('push', () => {
  const cases: readonly (readonly [string, readonly Fact[], number, string])[] = [
    [
      'a person becomes lead, engaged, ready, is worked, accepted and buys',
      [
        makeFact('known', 0),
        ready(1),
        makeFact('handed', 1, { key: 'h', to: 'rep', owner: '005B' }),
        makeFact('touched', 2),
        makeFact('accepted', 3),
        makeFact('opened', 4, { opportunity: '006' }),
        makeFact('won', 20, { opportunity: '006' }),
      ],
      30,
      'known>engaged scored>sales-ready+hand-off touched>working accepted>accepted opened>opportunity won>customer',
    ],
    [
      'an SDR qualifies first, in the same turn',
      [
        ready(0),
        makeFact('handed', 0, { key: 'h1', at: start + 1, to: 'sdr' }),
        makeFact('qualified', 1),
        makeFact('handed', 1, { key: 'h2', at: start + day + 1, to: 'rep' }),
        makeFact('touched', 2),
      ],
      3,
      'scored>sales-ready+hand-off handed>sdr qualified>sales-ready+hand-on touched>working',
    ],
    [
      'who asks goes at once, past score and cool-down',
      [
        ready(0),
        makeFact('rejected', 1, { reason: 'No budget' }),
        makeFact('placed', 2),
        makeFact('asked', 3),
      ],
      4,
      'scored>sales-ready+hand-off rejected>returned+return placed>nurture asked>sales-ready+hand-off',
    ],
    [
      'a customer who asks stays one, and the owner is told',
      [makeFact('won', 0, { opportunity: '006' }), makeFact('asked', 1)],
      2,
      'won>customer asked>customer+tell-owner',
    ],
  ];
  it.each(cases)('%s', (_, facts, days, path) => {
    expect(tell(facts, days).path).toBe(path);
  });

  it('who is excluded does not go, even when asking; lifted by a person, they do', () => {
    const out = tell([makeFact('excluded', 0), makeFact('asked', 1)], 2);
    expect(out).toMatchObject({ path: 'excluded>disqualified', why: ['asked:excluded'] });
    // Of one moment, too, whichever was told first.
    expect(tell([makeFact('asked', 0), makeFact('excluded', 0)], 2)).toMatchObject({
      ...{ path: 'excluded>disqualified', why: ['asked:excluded'] },
    });
    expect(
      tell([makeFact('readmitted', 3), makeFact('asked', 4)], 5, makeDefinition(), out.journey).path,
    ).toBe('readmitted>nurture asked>sales-ready+hand-off');
  });

  it('the turn, the definition that fired and the owner are kept', () => {
    const { journey } = tell(
      [ready(0), makeFact('handed', 0, { key: 'h', at: start + 5, owner: '005B' })],
      1,
    );
    expect(journey).toMatchObject({ turn: 1, definition: '2026-1', owner: '005B', turnAt: start });
  });
});

describe('pull', () => {
  it('reason decides: another rep, repair, account owner, the end', () => {
    const rejectedFor = (reason: string): Told => tell([ready(0), makeFact('rejected', 1, { reason })], 2);
    expect(rejectedFor('Wrong territory')).toMatchObject({
      path: expect.stringMatching(/rejected>sales-ready\+re-route$/),
      journey: { turn: 1, reroutes: 1 },
    });
    expect(rejectedFor('Already a customer').journey).toMatchObject({
      stage: 'sales-ready',
      place: 'account-owner',
      turn: 1,
    });
    expect(rejectedFor('Bad data').journey).toMatchObject({ stage: 'returned', place: 'repair' });
    expect(rejectedFor('Is a competitor or job seeker').journey).toMatchObject({ stage: 'disqualified' });
    expect(rejectedFor('No budget').journey).toMatchObject({
      stage: 'returned',
      program: 'Nurture: budget',
      cooledAt: start + 91 * day,
    });
    expect(rejectedFor('a word that is none of the list').journey).toMatchObject({
      reason: 'Unknown',
      program: 'Nurture: general',
    });
  });

  it('a reason that comes later sends them where it belongs', () => {
    const facts = [
      ready(0),
      makeFact('rejected', 1),
      makeFact('placed', 2),
      makeFact('rejected', 3, { reason: 'No budget' }),
    ];
    expect(tell(facts, 4).journey).toMatchObject({
      stage: 'returned',
      reason: 'No budget',
      program: 'Nurture: budget',
    });
  });

  it('a missing reason is asked for once', () => {
    expect(tell([ready(0), makeFact('rejected', 1)], 2).path).toMatch(
      /rejected>returned\+return\+ask-reason$/,
    );
    expect(tell([ready(0), makeFact('rejected', 1, { reason: 'No need' })], 2).path).toMatch(
      /rejected>returned\+return$/,
    );
    expect(tell([ready(0), makeFact('handed', 0.1)], 11).path).toMatch(/untouched>returned\+return$/);
  });

  it('a no for good ends the turn, with its reason, wherever the reason leads', () => {
    const { journey, path } = tell([ready(0), makeFact('disqualified', 1, { reason: 'No budget' })], 2);
    expect(path).toMatch(/disqualified>disqualified$/);
    expect(journey).toMatchObject({ reason: 'No budget', program: null, cooledAt: null });
  });

  it('mended data goes back to sales as a new turn', () => {
    const { journey } = tell(
      [ready(0), makeFact('rejected', 1, { reason: 'Bad data' }), makeFact('repaired', 2)],
      3,
    );
    expect(journey).toMatchObject({ stage: 'sales-ready', turn: 2 });
  });

  it('whom nobody was given yet, no rep left untouched: the hand-over stalls', () => {
    expect(tell([ready(0)], 13.9).journey.stage).toBe('sales-ready');
    expect(tell([ready(0)], 14)).toMatchObject({ journey: { stage: 'returned', reason: 'Stalled' } });
    const late = [ready(0), makeFact('handed', 9)];
    expect(tell(late, 18.9).journey.stage).toBe('sales-ready');
    expect(tell(late, 19)).toMatchObject({ journey: { stage: 'returned', reason: 'No touch' } });
  });

  it('no touch for 10 days, and 14 days without a step, come back by themselves', () => {
    const handed = [ready(0), makeFact('handed', 0.1)];
    expect(tell(handed, 10).journey.stage).toBe('sales-ready');
    expect(tell(handed, 10.1)).toMatchObject({ journey: { stage: 'returned', reason: 'No touch' } });
    expect(tell([ready(0), makeFact('touched', 1)], 14.9).journey.stage).toBe('working');
    expect(tell([ready(0), makeFact('touched', 1)], 15).journey).toMatchObject({
      stage: 'returned',
      reason: 'Stalled',
    });
    expect(tell([ready(0), makeFact('touched', 1), makeFact('touched', 9)], 22).journey.stage).toBe(
      'working',
    );
  });

  it('a nudge comes first where configured, once for each time that they stand still', () => {
    const { pull } = makeDefinition();
    const nudge = { afterDays: 10, as: 'task', program: null, offer: null } as const;
    const definition = makeDefinition({ pull: { ...pull, nudge } });
    const tail = 'touched>working working+nudge';
    const path = (facts: readonly Fact[], days: number): string =>
      tell([ready(0), ...facts], days, definition).path.replaceAll('nudge>working+nudge', 'working+nudge');
    expect(path([makeFact('touched', 1)], 11)).toContain(tail);
    expect(path([makeFact('touched', 1)], 15)).toContain(`${tail} stalled>returned`);
    expect(path([makeFact('touched', 1), makeFact('touched', 12)], 25)).toContain(`${tail} working+nudge`);
    expect(path([], 9)).not.toContain('nudge');
  });

  it('ready with nothing new stays; ready while cooling goes when the time is over', () => {
    const returned = [ready(0), makeFact('rejected', 1, { reason: 'Unresponsive' }), makeFact('placed', 2)];
    expect(tell([...returned, ready(3, 0)], 60)).toMatchObject({
      journey: { stage: 'nurture' },
      why: ['scored:nothing-new'],
    });
    const cooling = tell([...returned, ready(3)], 30);
    expect(cooling).toMatchObject({ journey: { stage: 'nurture' }, why: ['scored:cooling'] });
    expect(tell([], 31, makeDefinition(), cooling.journey)).toMatchObject({
      path: 'cooled>sales-ready+hand-off',
      journey: { turn: 2 },
    });
    const later = [
      ...returned,
      ready(3),
      makeFact('scored', 5, { score: { score: 9, fit: 'D', engagement: 4, ready: null, newestAt: null } }),
    ];
    expect(tell(later, 60).journey.stage).toBe('nurture');
  });

  it("comes back on the rep's date, past the cool-down", () => {
    const facts = [
      ready(0),
      makeFact('sent-back', 1, { reason: 'Not now', recontactAt: start + 20 * day }),
      makeFact('placed', 2),
    ];
    expect(tell(facts, 19).journey.stage).toBe('nurture');
    expect(tell(facts, 20)).toMatchObject({
      path: expect.stringMatching(/recontact>sales-ready\+hand-off$/),
      journey: { turn: 2 },
    });
  });

  it('an open deal and a customer are never recycled; the last open deal that is lost is', () => {
    const open = [makeFact('opened', 0, { opportunity: 'a' }), makeFact('opened', 1, { opportunity: 'b' })];
    const lost = (id: string, days: number): Fact =>
      makeFact('deal-lost', days, { opportunity: id, reason: 'No budget' });
    expect(tell([...open, makeFact('rejected', 2)], 40)).toMatchObject({
      journey: { stage: 'opportunity' },
      why: ['rejected:open-deal'],
    });
    expect(tell([...open, lost('a', 3)], 40)).toMatchObject({
      journey: { stage: 'opportunity' },
      why: ['deal-lost:open-deal'],
    });
    expect(tell([...open, lost('a', 3), lost('b', 4)], 5).journey).toMatchObject({
      stage: 'returned',
      program: 'Nurture: budget',
    });
    expect(
      tell([makeFact('won', 0), makeFact('rejected', 1), makeFact('stage-set', 2, { stage: 'nurture' })], 90),
    ).toMatchObject({
      journey: { stage: 'customer' },
      why: ['rejected:protected', 'stage-set:protected'],
    });
  });

  it('a lost customer goes to win-back after 90 days', () => {
    expect(tell([makeFact('won', 0), makeFact('churned', 1)], 91).path).toBe(
      'won>customer churned>lost cooled>win-back',
    );
  });
});

describe('customers of before the turn', () => {
  /** With a rep, and found then to have bought years ago. */
  const handed = tell(
    [makeFact('bought', -400, { opportunity: '006old', standing: true })],
    0.5,
    makeDefinition(),
    tell([ready(0), makeFact('handed', 0, { key: 'h', at: start + 1, to: 'rep', owner: '005B' })], 0.4)
      .journey,
  );
  const then = (facts: readonly Fact[], days: number): Told =>
    tell(facts, days, makeDefinition(), handed.journey);
  const ways: readonly (readonly [string, readonly Fact[], string])[] = [
    ['nobody touches', [], 'untouched>customer'],
    ['stalls', [makeFact('touched', 1)], 'touched>working stalled>customer'],
    ['is rejected', [makeFact('rejected', 1, { reason: 'No budget' })], 'rejected>customer'],
    ['is rejected without a reason', [makeFact('rejected', 1)], 'rejected>customer'],
    ['is sent back', [makeFact('sent-back', 1, { reason: 'Not now' })], 'sent-back>customer'],
    ['has bad data', [makeFact('rejected', 1, { reason: 'Bad data' })], 'rejected>customer'],
    ['is said to be nobody', [makeFact('disqualified', 1)], 'disqualified>customer'],
    [
      'loses a further deal',
      [makeFact('opened', 1, { opportunity: 'b' }), makeFact('deal-lost', 2, { opportunity: 'b' })],
      'opened>opportunity deal-lost>customer',
    ],
  ];
  it.each(ways)(
    'one whom a rep has stays with the rep, and is a customer, not recycled, who %s',
    (_, facts, path) => {
      expect(handed).toMatchObject({ path: '', journey: { stage: 'sales-ready' } });
      const told = then(facts, 90);
      expect(told.path).toBe(path);
      expect(told.journey).toMatchObject({ stage: 'customer', program: null, place: null });
    },
  );

  it('keep why, and come back on the day that the rep named', () => {
    const date = makeFact('sent-back', 1, { reason: 'Not now', recontactAt: start + 60 * day });
    const back = then([date], 59);
    expect(back.journey).toMatchObject({ stage: 'customer', reason: 'Not now' });
    const again = tell([], 61, makeDefinition(), back.journey);
    expect(again).toMatchObject({ path: 'recontact>sales-ready+hand-off', journey: { turn: 2 } });
    expect(tell([], 90, makeDefinition(), again.journey).journey.stage).toBe('customer');
  });

  it('go to whoever has the account where the rep says so', () => {
    const told = then([makeFact('rejected', 1, { reason: 'Already a customer' })], 2);
    expect(told.path).toMatch(/rejected>sales-ready\+re-route$/);
    expect(tell([], 90, makeDefinition(), told.journey).path).toBe('stalled>customer');
  });

  it('are put into no program by a request, nor when an exclusion is lifted', () => {
    const asked = then([makeFact('stage-set', 1, { stage: 'nurture' })], 2);
    expect(asked).toMatchObject({ journey: { stage: 'sales-ready' }, why: ['stage-set:protected'] });
    const out = then([makeFact('excluded', 1)], 2).journey;
    expect(out.stage).toBe('disqualified');
    expect(tell([makeFact('readmitted', 3)], 4, makeDefinition(), out).path).toBe('readmitted>customer');
  });

  it('leave nurture once it is known, and are leads again once they are lost', () => {
    const recycled = tell(
      [ready(0), makeFact('rejected', 1, { reason: 'No need' }), makeFact('placed', 2)],
      3,
    );
    const known = tell([makeFact('bought', -400)], 4, makeDefinition(), recycled.journey);
    expect(known).toMatchObject({ path: 'bought>customer', journey: { program: null } });
    const lost = tell([makeFact('churned', 5), makeFact('asked', 6)], 7, makeDefinition(), known.journey);
    expect(lost.path).toBe('churned>lost asked>sales-ready+hand-off');
    const old = tell([makeFact('bought', -300), makeFact('rejected', 8)], 9, makeDefinition(), lost.journey);
    expect(old).toMatchObject({ journey: { stage: 'returned' }, why: ['bought:late'] });
  });

  it('are known however much has happened since', () => {
    const busy = Array.from({ length: seenMax + 1 }, (_, at) => makeFact('activity', at / 1_000));
    const { journey } = tell([...busy, ready(1)], 2);
    expect(journey.forgottenAt).not.toBeNull();
    const known = tell([makeFact('bought', -400), makeFact('rejected', 3)], 4, makeDefinition(), journey);
    expect(known.journey.stage).toBe('customer');
  });

  it('who asks is handed over where sales has nobody, and else their owner is told', () => {
    const facts = [makeFact('bought', 0, { standing: true }), makeFact('asked', 1)];
    expect(tell(facts, 2).path).toBe('bought>customer asked>sales-ready+hand-off');
    const definition = makeDefinition();
    const known = { ...record, lead: { OwnerId: '005B' } };
    const { transitions } = advance(
      newJourney('1', start),
      { events: facts, record: known },
      definition,
      start + 2 * day,
    );
    expect(transitions.map(({ to, effects }) => [to, ...effects])).toEqual([
      ['customer'],
      ['customer', 'tell-owner'],
    ]);
  });
});

describe('bad input', () => {
  it('a touch from before the turn, and a verdict older than the last, move nobody', () => {
    const facts = [ready(2), makeFact('touched', 3), makeFact('rejected', 5, { reason: 'No need' })];
    const { journey } = tell(facts, 6);
    expect(
      tell([makeFact('touched', 4), makeFact('accepted', 1)], 7, makeDefinition(), journey),
    ).toMatchObject({ path: '', why: ['accepted:late', 'touched:late'] });
  });

  const words = [
    'qualified',
    'touched',
    'accepted',
    'rejected',
    'sent-back',
    'disqualified',
    'asked',
  ] as const;
  it.each(words)('%s, told late from before the last word, moves nobody', (kind) => {
    const { journey } = tell([ready(0), makeFact('touched', 1), makeFact('accepted', 5)], 6);
    const late = tell([makeFact(kind, 3, { reason: 'No need' })], 7, makeDefinition(), journey);
    expect(late).toMatchObject({ path: '', why: [`${kind}:late`], journey: { stage: 'accepted' } });
    expect(
      tell([makeFact('rejected', 6, { reason: 'No need' })], 7, makeDefinition(), journey).journey.stage,
    ).toBe('returned');
  });

  it('a touch that is told after the lead was returned for want of one brings it back', () => {
    const { journey } = tell([ready(0), makeFact('handed', 0.1)], 11);
    expect(journey.stage).toBe('returned');
    expect(tell([makeFact('touched', 8)], 12, makeDefinition(), journey).journey.stage).toBe('working');
  });

  it('an asking that is told late still goes', () => {
    const { journey } = tell([makeFact('known', 0), makeFact('activity', 5)], 6);
    expect(tell([makeFact('asked', 1)], 7, makeDefinition(), journey).journey.stage).toBe('sales-ready');
  });

  it('a deal that is told open after it closed stays closed', () => {
    const { journey } = tell(
      [makeFact('opened', 0, { opportunity: 'a' }), makeFact('deal-lost', 5, { opportunity: 'a' })],
      6,
    );
    expect(
      tell([makeFact('opened', 1, { key: 'again', opportunity: 'a' })], 7, makeDefinition(), journey),
    ).toMatchObject({ path: '', why: ['opened:late'] });
  });

  it('the future waits', () => {
    const result = advance(
      newJourney('1', start),
      { events: [makeFact('asked', 3)], record },
      makeDefinition(),
      start,
    );
    expect(result).toMatchObject({ transitions: [], waiting: [{ kind: 'asked' }] });
  });

  it('memory is bounded, and what is older than it does not count again', () => {
    const events = Array.from({ length: seenMax + 50 }, (_, index) =>
      makeFact('activity', index / 100, { key: `a${index}` }),
    );
    const { journey } = tell(events, 10);
    expect(journey.seen).toHaveLength(seenMax);
    expect(tell([makeFact('asked', 0.1)], 11, makeDefinition(), journey).why).toEqual(['asked:too-old']);
  });

  it('requests that are not allowed are refused with the reason', () => {
    const ask = (stage: string): readonly string[] =>
      tell([makeFact('known', 0), makeFact('stage-set', 1, { stage })], 2).why;
    expect([ask('customer'), ask('nonsense'), ask('win-back')]).toEqual([
      ['stage-set:not-allowed'],
      ['stage-set:not-a-stage'],
      ['stage-set:not-allowed'],
    ]);
    expect(tell([makeFact('known', 0), makeFact('stage-set', 1, { stage: 'sales-ready' })], 2).path).toMatch(
      /sales-ready\+hand-off$/,
    );
  });
});

describe('off, observe, act', () => {
  it('off hands nobody over, and says so', () => {
    expect(tell([ready(0)], 1, makeDefinition({ behaviours: { 'hand-off': 'off' } }))).toMatchObject({
      path: '',
      why: ['scored:off'],
    });
  });

  it('observe tells the same story, marked, and what it owes', () => {
    const definition = makeDefinition({ behaviours: { 'hand-off': 'observe', return: 'observe' } });
    const events = [ready(0), makeFact('rejected', 1, { reason: 'No need' })];
    const { transitions, journey } = advance(
      newJourney('1', start),
      { events, record },
      definition,
      start + 2 * day,
    );
    expect(transitions.map(({ to, mode }) => `${to} ${mode}`)).toEqual([
      'sales-ready observe',
      'returned observe',
      'nurture observe',
    ]);
    expect(journey.program).toBe('Nurture: problem');
    expect(tell([ready(0)], 1, definition).journey.owed).toEqual(['hand-off']);
  });

  it('nothing follows by itself from an observed hand-off, and both systems see the stage before', () => {
    const definition = makeDefinition({ behaviours: { 'hand-off': 'observe' } });
    const events = [makeFact('known', 0), ready(1)];
    const { transitions, journey } = advance(
      newJourney('1', start),
      { events, record },
      definition,
      start + 20 * day,
    );
    expect(transitions.map(({ cause, to, mode }) => `${cause} ${to} ${mode}`)).toEqual([
      'known engaged act',
      'scored sales-ready observe',
    ]);
    const shown = shownFields(journey, definition, null);
    expect(shown.hubspot).toEqual({
      ...{ tandem_stage: 'engaged', lifecyclestage: 'marketingqualifiedlead' },
      // Nobody was given back either.
      ...{ tandem_return_reason: null, tandem_returned_at: null },
    });
    expect(shown.salesforce).toEqual({ Tandem_Stage__c: 'engaged' });
  });

  it('what a rep does with somebody whose hand-off was observed is shown, without the hand-off', () => {
    const definition = makeDefinition({ behaviours: { 'hand-off': 'observe' } });
    const events = [ready(0), makeFact('touched', 1), makeFact('rejected', 2, { reason: 'No need' })];
    const { transitions, journey } = advance(
      newJourney('1', start),
      { events, record },
      definition,
      start + 3 * day,
    );
    expect(transitions.map(({ to, mode }) => `${to} ${mode}`)).toEqual([
      'sales-ready observe',
      'working act',
      'returned act',
    ]);
    const { hubspot } = shownFields(journey, definition, null);
    expect(hubspot).toMatchObject({ tandem_stage: 'returned', tandem_return_reason: 'No need' });
    expect(hubspot).not.toHaveProperty('tandem_ready_at');
  });

  it('a skip that is not allowed is refused where Tandem decides, flagged where it happened', () => {
    const definition = makeDefinition({ skips: new Set() });
    expect(tell([ready(0)], 1, definition).path).toBe('scored>lead');
    const { journey } = tell([ready(0)], 1, definition);
    expect(tell([makeFact('stage-set', 2, { stage: 'sales-ready' })], 3, definition, journey).why).toEqual([
      'stage-set:not-allowed',
    ]);
    const { transitions } = advance(
      newJourney('1', start),
      { events: [makeFact('won', 0)], record },
      definition,
      start,
    );
    expect(transitions).toMatchObject([{ to: 'customer', move: 'skip', legal: false }]);
  });
});

describe('what shows it', () => {
  const definition = makeDefinition();
  const shownIn = (
    stage: Stage,
    lifecyclestage: string | null,
    mode: LifecycleDefinition['lifecyclestage'] = 'forward',
  ) =>
    shownFields(
      { ...newJourney('1', start), stage },
      { ...definition, lifecyclestage: mode },
      lifecyclestage,
    );

  it("moves HubSpot's lifecyclestage forward, and back only where the file says so, emptied first", () => {
    expect(shownIn('sales-ready', 'lead').hubspot).toMatchObject({
      tandem_stage: 'sales-ready',
      lifecyclestage: 'salesqualifiedlead',
      hs_lead_status: 'OPEN',
    });
    expect(shownIn('engaged', 'opportunity').hubspot).not.toHaveProperty('lifecyclestage');
    expect(shownIn('engaged', 'opportunity', 'both')).toMatchObject({
      hubspot: { lifecyclestage: 'marketingqualifiedlead' },
      clearFirst: true,
    });
    expect(shownIn('sales-ready', '51439524').hubspot).not.toHaveProperty('lifecyclestage');
    expect(shownIn('sales-ready', 'lead', 'never').hubspot).not.toHaveProperty('lifecyclestage');
  });

  it('knows a move past an unused stage from a skip', () => {
    expect(moveOf('lead', 'sales-ready', (stage) => stage !== 'engaged')).toBe('forward');
    expect(moveOf('lead', 'sales-ready', () => true)).toBe('skip');
  });

  it('a journey at rest has no clock, one with sales always has', () => {
    expect(nextTimer(newJourney('1', start), definition)).toBeNull();
    expect(nextTimer({ ...newJourney('1', start), stage: 'working' }, definition)?.kind).toBe('stalled');
  });
});
