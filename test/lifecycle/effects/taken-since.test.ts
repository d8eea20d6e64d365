import { describe, expect, it } from 'vitest';
import type { Effect, RoutePlan } from '../../../src/lifecycle/effects/effect.ts';
import type { Standing } from '../../../src/lifecycle/effects/standing.ts';
import { withTaker } from '../../../src/lifecycle/effects/taken-since.ts';
import { newStored } from '../../../src/lifecycle/look/look.ts';
import type { RouteDecision } from '../../../src/lifecycle/routing/route.ts';
import { makeCalendarBook } from '../../../src/lifecycle/sla/calendar-book.ts';
import { makeStaff } from '../../../src/lifecycle/staff/staff.ts';
import type { Owner } from '../../../src/model/owner.ts';
import { loadWith } from '../shipped-files.ts';

const { routing, sla } = loadWith({});
if (routing === null || sla === null) throw new Error('the shipped files are wrong');

const makeOwner = (id: string, more: Partial<Owner> = {}): Owner => ({
  ...{ id, kind: 'user', name: id, email: null, active: true, owns: null },
  ...more,
});
const owners = [
  ...['ana', 'ben', 'sid'].map((id) => makeOwner(id)),
  makeOwner('left', { active: false }),
  makeOwner('tandem', { isTandem: true }),
  makeOwner('queue', { kind: 'queue' }),
];
const withSdrs = {
  ...routing,
  sdr: { pool: 'sdrs', when: null },
  pools: new Map([
    [
      'sdrs',
      {
        ...{ name: 'sdrs', hours: 'any' as const },
        members: [{ owner: 'sid', weight: 1, perDayMax: 9, openMax: 9 }],
      },
    ],
  ]),
};

const toBen = { kind: 'owner', id: 'ben', stage: 'rep', kept: false } as const;
const toSdr = { ...toBen, stage: 'sdr' } as const;
const toQueue = { kind: 'queue', id: 'queue' } as const;
const byRules = { kind: 'assignment-rules' } as const;

/** Whom the effect is for, and as what, where `now` has the lead. */
const decisionFor = (
  now: string,
  { decision, before }: { decision: RouteDecision; before?: string | null },
  isWritten = false,
): RouteDecision | undefined => {
  const record = { stamp: 0, createdAt: 0, byUs: false };
  const route: RoutePlan = { decision, lines: [], ...(before === undefined ? {} : { before }) };
  const effect: Effect = {
    ...{ key: 'j/1/hand-off', kind: 'hand-off', turn: 1, at: 0, evidence: 'score/1' },
    ...{ journeyId: 'j', contactId: '7', attempts: 1, route },
    steps: isWritten ? { sales: { state: 'done', at: 0 } } : {},
  };
  const standing: Standing = {
    ...{ effect, stored: newStored('j', '7', 0) },
    person: {
      contact: { ...record, ref: { system: 'hubspot', type: 'contacts', id: '7' }, fields: {} },
      sales: { ...record, ref: { system: 'salesforce', type: 'Lead', id: '00Q1' }, fields: { OwnerId: now } },
    },
    ...{ activities: [], transitions: [], feedback: [], clocks: [], now: 0 },
    staff: makeStaff(owners, [], makeCalendarBook(sla)),
  };
  return withTaker(standing, withSdrs).effect.route?.decision;
};
const kept = (id: string, stage: 'rep' | 'sdr' = 'rep') => ({ kind: 'owner', id, stage, kept: true });

describe('whom an effect is for, by who has the lead now', () => {
  it.each<[string, string, RouteDecision, string | null | undefined, unknown]>([
    ['a person who got it since', 'ana', toBen, 'tandem', kept('ana')],
    ['a person, where nobody had it', 'ana', toBen, null, kept('ana')],
    ['a person who took it from the way to a queue', 'ana', toQueue, 'tandem', kept('ana')],
    ["a person, before the org's rules were asked", 'ana', byRules, 'tandem', kept('ana')],
    ['an SDR, of those whom it was meant for', 'sid', toSdr, 'tandem', kept('sid', 'sdr')],
    ['a rep, of what was meant for SDRs', 'ana', toSdr, 'tandem', kept('ana')],
    ['who had it when the way was decided, and is not to keep it', 'ana', toBen, 'ana', toBen],
    ['somebody whom nobody knows to be new', 'ana', toBen, undefined, toBen],
    ['whom it was meant for', 'ben', toBen, 'tandem', toBen],
    ['Tandem itself', 'tandem', toBen, 'ana', toBen],
    ['a queue', 'queue', toBen, 'tandem', toBen],
    ['who has left', 'left', toBen, 'tandem', toBen],
    ['nobody who is known', 'other', toBen, 'tandem', toBen],
  ])('%s, before the write', (_, now, decision, before, expected) => {
    expect(decisionFor(now, before === undefined ? { decision } : { decision, before })).toEqual(expected);
  });

  it.each<[string, string, RouteDecision, unknown]>([
    ['a person who got it since', 'ana', toBen, kept('ana')],
    ['a person who took it out of the queue', 'ana', toQueue, kept('ana')],
    ["whom the org's rule chose", 'ana', byRules, byRules],
    ['a queue', 'queue', toBen, toBen],
    ['whom it was written for', 'ben', toBen, toBen],
  ])('%s, after it', (_, now, decision, expected) => {
    expect(decisionFor(now, { decision, before: 'ana' }, true)).toEqual(expected);
  });
});
