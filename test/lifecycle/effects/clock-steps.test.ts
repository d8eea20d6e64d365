import { describe, expect, it } from 'vitest';
import { mootReason } from '../../../src/lifecycle/effects/clock-steps.ts';
import type { Effect } from '../../../src/lifecycle/effects/effect.ts';
import { clocksOf } from '../../../src/lifecycle/effects/sales-values.ts';
import type { Standing } from '../../../src/lifecycle/effects/standing.ts';
import { newStored } from '../../../src/lifecycle/look/look.ts';
import { makeCalendarBook } from '../../../src/lifecycle/sla/calendar-book.ts';
import type { Clock } from '../../../src/lifecycle/sla/clock.ts';
import { makeStaff } from '../../../src/lifecycle/staff/staff.ts';
import type { Fact } from '../../../src/lifecycle/stage/facts.ts';
import type { Journey } from '../../../src/lifecycle/stage/journey.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { makeCalendar } from '../calendar/calendars.ts';
import { makeDefinition } from '../shipped-files.ts';

const now = Date.parse('2026-06-01T08:00Z');
const definition = makeDefinition();
const clock: Clock = {
  journey: 'j',
  turn: 1,
  kind: 'follow-up',
  startedAt: now - 3_600_000,
  asked: true,
  owner: '005A',
  pauses: [],
  doneAt: null,
};
const lead: RawFields = { OwnerId: '005A', Status: 'Open - Not Contacted' };
const record = (fields: RawFields) => ({
  ref: { system: 'salesforce' as const, type: 'Lead', id: '00Q1' },
  fields,
  stamp: now,
  createdAt: 0,
  byUs: false,
});

interface Change {
  readonly effect?: Partial<Effect>;
  readonly clock?: Partial<Clock>;
  readonly journey?: Partial<Journey>;
  readonly facts?: readonly Fact[];
  readonly lead?: RawFields;
}

const makeStanding = (change: Change = {}): Standing => {
  const stored = newStored('j', '7', 0);
  return {
    effect: {
      key: 'j/1/follow-up/remind',
      kind: 'remind',
      turn: 1,
      at: now,
      evidence: 'j/1/follow-up/remind',
      journeyId: 'j',
      contactId: '7',
      attempts: 0,
      route: null,
      steps: {},
      ...change.effect,
    },
    stored: {
      ...stored,
      journey: { ...stored.journey, stage: 'sales-ready', turn: 1, owner: '005A', ...change.journey },
      sales: { type: 'Lead', id: '00Q1', fields: lead },
      facts: change.facts ?? [],
    },
    person: {
      contact: { ...record({}), ref: { system: 'hubspot', type: 'contacts', id: '7' } },
      sales: record(change.lead ?? lead),
    },
    activities: [],
    transitions: [],
    feedback: [],
    clocks: [{ ...clock, ...change.clock }],
    staff: makeStaff(
      [],
      [],
      makeCalendarBook({
        calendars: new Map([['office', makeCalendar()]]),
        defaultCalendar: 'office',
        reps: new Map(),
      }),
    ),
    now,
  };
};
const fact = (kind: Fact['kind']): Fact => ({ kind, key: 'f', at: now, by: '005A' });
const moot = (change?: Change) => mootReason(makeStanding(change), definition);

describe("a clock's step, at the moment before it is taken", () => {
  it('is taken while nobody acted', () => {
    expect(moot()).toBeNull();
    expect(moot({ lead: { ...lead, Title: 'Head of IT' } })).toBeNull();
  });

  it.each<[string, Change, RegExp]>([
    ['the clock stopped', { clock: { doneAt: now } }, /stopped/],
    ['another turn began', { journey: { turn: 2 } }, /stopped/],
    ['it began anew for another owner', { clock: { moves: 1 } }, /another owner/],
    ['a touch was told, and no look has come to it', { facts: [fact('touched')] }, /acted/],
    ['the status on the record means work', { lead: { ...lead, Status: 'Working - Contacted' } }, /acted/],
    ['a verdict stands on the record', { lead: { ...lead, Tandem_Disposition__c: 'Accepted' } }, /acted/],
  ])('is not, where %s', (_, change, why) => {
    expect(moot(change)).toMatch(why);
  });

  it('of a verdict, is taken though the rep touched: they said neither yes nor no', () => {
    const verdict: Change = { effect: { key: 'j/1/verdict/remind' }, clock: { kind: 'verdict' } };
    expect(moot({ ...verdict, facts: [fact('touched')] })).toBeNull();
    expect(moot({ ...verdict, facts: [fact('rejected')] })).toMatch(/acted/);
  });

  it('of a return, is taken whatever a rep says, until they are back', () => {
    const back: Change = { effect: { key: 'j/1/return/remind' }, clock: { kind: 'return' } };
    expect(moot({ ...back, facts: [fact('rejected')] })).toBeNull();
    expect(moot({ ...back, lead: { ...lead, Tandem_Disposition__c: 'Rejected' } })).toBeNull();
    expect(moot({ ...back, facts: [fact('placed')] })).toMatch(/back/);
  });

  it('of a rep who left, is taken as long as the lead is theirs and untouched', () => {
    const left: Change = {
      effect: { kind: 'reassign', key: 'j/1/reassign/left/005A', evidence: 'left/005A' },
    };
    expect(moot(left)).toBeNull();
    expect(moot({ ...left, lead: { ...lead, OwnerId: '005B' } })).toMatch(/somebody else/);
    expect(moot({ ...left, facts: [fact('touched')] })).toMatch(/acted/);
    const written: Change['effect'] = { ...left.effect, steps: { sales: { state: 'done', at: now } } };
    expect(moot({ ...left, effect: written, lead: { ...lead, OwnerId: '005B' } })).toBeNull();
  });

  it('of a rep who left, goes on where the lead has its new owner by this very order', () => {
    const effect = { kind: 'reassign', key: 'j/1/reassign/left/005A', evidence: 'left/005A' } as const;
    const byB = { lead: { ...lead, OwnerId: '005B' } };
    const route = (id: string) => ({
      decision: { kind: 'owner' as const, id, stage: 'rep' as const, kept: false },
      lines: [],
    });
    expect(
      moot({ ...byB, effect: { ...effect, steps: { route: { state: 'sent', at: now, id: '005A' } } } }),
    ).toBeNull();
    const done = { route: { state: 'done' as const, at: now } };
    expect(moot({ ...byB, effect: { ...effect, steps: done, route: route('005B') } })).toBeNull();
    expect(moot({ ...byB, effect: { ...effect, steps: done, route: route('005C') } })).toMatch(
      /somebody else/,
    );
  });
});

describe('the clocks that an effect begins', () => {
  const begun = (effect: Partial<Effect>, more: Change = {}) =>
    clocksOf(makeStanding({ ...more, effect: { at: now, ...effect } }));

  it('of another owner are whole, as urgent as the first, and counted', () => {
    expect(begun({ kind: 're-route', evidence: 'rejected' })).toMatchObject([
      { kind: 'follow-up', startedAt: now, asked: true, moves: 1, doneAt: null },
      { kind: 'verdict', startedAt: now },
    ]);
    expect(begun({ kind: 'reassign' }, { clock: { moves: 1, doneAt: now - 1 } })[0]).toMatchObject({
      moves: 2,
      doneAt: null,
    });
    // How it was with whoever had them stays, whether they had answered or it was taken from them.
    const [taken] = begun({ kind: 'reassign' });
    expect(taken?.earlier).toEqual([{ ...clock, doneAt: now, isTaken: true }]);
    const [again] = begun(
      { kind: 're-route' },
      { clock: { doneAt: now - 1, earlier: taken?.earlier ?? [] } },
    );
    expect(again?.earlier).toEqual([...(taken?.earlier ?? []), { ...clock, doneAt: now - 1 }]);
  });

  it('are those that run already, where they began with this effect or later', () => {
    const running = { startedAt: now, pauses: [{ from: now, to: null, rule: 'x' }] };
    expect(begun({ kind: 'hand-off' }, { clock: running })[0]).toEqual({ ...clock, ...running });
    expect(begun({ kind: 'show' })).toEqual([]);
  });
});
