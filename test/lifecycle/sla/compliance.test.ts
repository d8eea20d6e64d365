import { describe, expect, it } from 'vitest';
import type { AccountEntry } from '../../../src/lifecycle/account/account.ts';
import type { Clock } from '../../../src/lifecycle/sla/clock.ts';
import { complianceJson, complianceReport, complianceText } from '../../../src/lifecycle/sla/compliance.ts';
import { alwaysOpen } from '../calendar/calendars.ts';
import { loadWith, shippedText } from '../shipped-files.ts';

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.parse('2026-09-01T00:00Z');
const now = start + 60 * day;
const slaOf = (pilot = '') => {
  const { sla, findings } = loadWith({ 'sla.yaml': `${shippedText('sla.yaml')}\n${pilot}\n` });
  if (sla === null) throw new Error(JSON.stringify(findings));
  return sla;
};
const pilot = slaOf('pilot: { start: 2026-09-01, end: 2026-12-01, owners: [005A], expected: twice as fast }');
const calendar = alwaysOpen();

let next = 0;
/** A lead of somebody: asked for at a day of the pilot, touched after so many hours, and what the rep said. */
const lead = (
  owner: string | null,
  onDay: number,
  hours: number | null,
  leaf: AccountEntry['leaf'] = 'being-worked',
  why: string | null = null,
): { clock: Clock; entry: AccountEntry } => {
  next += 1;
  const startedAt = start + onDay * day;
  return {
    clock: {
      ...{ journey: String(next), turn: 1, kind: 'follow-up', startedAt, asked: true, owner, pauses: [] },
      doneAt: hours === null ? null : startedAt + hours * hour,
    },
    entry: {
      ...{ journey: String(next), turn: 1, readyAt: startedAt, handedAt: startedAt, definition: '1' },
      ...{ hubspot: null, salesforce: null, stage: null, leaf, why },
    },
  };
};
const report = (sla: ReturnType<typeof slaOf>, ...leads: ReturnType<typeof lead>[]) =>
  complianceReport(
    { clocks: leads.map(({ clock }) => clock), entries: leads.map(({ entry }) => entry) },
    sla,
    () => calendar,
    now,
  );

describe('the service level as it was kept', () => {
  it('of nobody says nothing', () => {
    const { everybody } = report(slaOf());
    expect(everybody.quality).toMatchObject({ judged: 0, met: null });
    expect(everybody.clocks.return).toEqual({
      ...{ met: 0, missed: 0, late: 0, running: 0, inTimePercent: null, medianHours: null },
    });
  });

  it('counts what is over, late and running, with the time that half of them took', () => {
    const { everybody } = report(
      slaOf(),
      ...[0.25, 0.5, 3].map((hours) => lead('005A', 1, hours)),
      lead('005A', 1, null),
      lead('005A', 60, null),
    );
    expect(everybody.clocks['follow-up']).toEqual({
      ...{ met: 2, missed: 1, late: 1, running: 1, inTimePercent: 50, medianHours: 0.5 },
    });
  });

  it('keeps how it was with those who had the lead before: who let it lie is not in time because somebody else has it', () => {
    const own = lead('005B', 3, 0.5);
    const before = { ...own.clock, owner: '005A', startedAt: start + day, doneAt: start + 3 * day };
    const passed = (earlier: readonly Clock[]) => ({ ...own, clock: { ...own.clock, moves: 1, earlier } });
    const kept = (...leads: ReturnType<typeof lead>[]) => report(pilot, ...leads).pilot;
    // Taken from them late, answered in time, and taken from them in time.
    const late = kept(passed([{ ...before, isTaken: true }]));
    expect(late?.participants.clocks['follow-up']).toMatchObject({ met: 0, missed: 1 });
    expect(late?.others.clocks['follow-up']).toMatchObject({ met: 1, missed: 0 });
    const soon = { ...before, doneAt: before.startedAt + hour / 2 };
    expect(kept(passed([soon]))?.participants.clocks['follow-up']).toMatchObject({ met: 1, missed: 0 });
    const inTime = kept(passed([{ ...soon, isTaken: true }]));
    expect(inTime?.participants.clocks['follow-up']).toMatchObject({ met: 0, missed: 0 });
    // The turn is that of whoever has it now.
    expect(late?.others.quality).toEqual(report(pilot, own).pilot?.others.quality);
  });

  it('judges quality by what people of sales said, and not by what came back by itself', () => {
    const { everybody } = report(
      slaOf(),
      lead('005A', 1, 1, 'accepted', 'deal lost: No budget'),
      lead('005A', 1, 1, 'accepted'),
      lead('005A', 1, 1, 'rejected', 'Bad data'),
      lead('005A', 1, 1, 'returned', 'Not now'),
      lead('005A', 1, null, 'returned', 'No touch'),
      lead('005A', 1, 1, 'returned', 'Stalled'),
      lead('005A', 1, 1),
    );
    expect(everybody.quality).toMatchObject({
      judged: 4,
      acceptedPercent: 50,
      badDataPercent: 25,
      met: false,
    });
  });
});

describe('a pilot', () => {
  const leads = [
    lead('005A', 1, 0.5, 'accepted'),
    lead('005A', 35, 0.5, 'accepted'),
    lead('005B', 1, 4, 'rejected', 'Bad data'),
    lead(null, 2, null),
    // Before it began, and after it is over.
    lead('005A', -3, 9, 'rejected'),
    lead('005B', 100, null),
  ];

  it('sets those who take part beside the others, by what began in its time', () => {
    const { pilot: seen, everybody } = report(pilot, ...leads);
    expect(seen).toMatchObject({ owners: 1, actsFrom: start + 30 * day, expected: 'twice as fast' });
    expect(seen?.participants.clocks['follow-up']).toMatchObject({ met: 2, missed: 0, late: 0 });
    expect(seen?.participants.quality).toMatchObject({ judged: 2, acceptedPercent: 100 });
    expect(seen?.others.clocks['follow-up']).toMatchObject({ met: 0, missed: 1, late: 1 });
    expect(seen?.others.quality).toMatchObject({ judged: 1, acceptedPercent: 0, badDataPercent: 100 });
    expect(everybody.clocks['follow-up']).toMatchObject({ met: 2, missed: 1, late: 1 });
  });

  it('measures a hand-over, which is nobody’s, with whoever got the lead', () => {
    const own = lead('005A', 1, 0.5);
    const { clock } = own;
    const handOver = { ...own, clock: { ...clock, kind: 'hand-off' as const, owner: null } };
    const { pilot: seen } = report(pilot, own, handOver);
    expect(seen?.participants.clocks['hand-off']).toMatchObject({ met: 1 });
    expect(seen?.others.clocks['hand-off']).toMatchObject({ met: 0 });
  });

  it('is told in words and as JSON', () => {
    const told = report(pilot, ...leads);
    expect(complianceText(told).split('\n').slice(0, 5)).toEqual([
      'Service level, pilot of 1 rep from 2026-09-01 to 2026-12-01, only measured before 2026-10-01:',
      '  expected: twice as fast',
      '  those who take part:',
      '    quality: 100% accepted, 0% bad data, of 2 judged, met',
      '    follow-up: 100% in time (2 in time, 0 too late, 0 late now, 0 running); half took at most 0.5 h',
    ]);
    expect(complianceJson(told)).toMatchObject({
      from: '2026-09-01T00:00:00.000Z',
      pilot: { actsFrom: '2026-10-01T00:00:00.000Z', others: { quality: { badDataPercent: 100 } } },
    });
    expect(complianceText(report(slaOf()))).toMatch(
      /^Service level:\n {2}everybody:\n {4}quality: - accepted/,
    );
  });
});
