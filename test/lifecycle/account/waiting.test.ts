import { describe, expect, it } from 'vitest';
import { waitingJson, waitingOf, waitingText } from '../../../src/lifecycle/account/waiting.ts';
import type { WaitingRow } from '../../../src/model/journeys.ts';

const march = Date.UTC(2027, 2, 1);
const row = (contactId: string, more: Partial<WaitingRow>): WaitingRow => ({
  ...{ contactId, salesforceId: `00Q${contactId}`, stage: 'nurture', turn: 1, owner: '005A' },
  ...{ reason: 'Not now', program: 'Nurture: later', recontactAt: null, heldUntil: null },
  ...{ cooledAt: march, isReady: false, nextAt: march },
  ...more,
});
const all = (...rows: readonly WaitingRow[]) => rows.flatMap((each) => waitingOf(each) ?? []);

describe('who is with marketing until a day', () => {
  it("is told by whose day it is: the rep's own first, then marketing's; a cool-down only of who is ready", () => {
    const own = { heldUntil: march + 1, cooledAt: march + 1 };
    expect(
      all(
        row('1', { recontactAt: march, ...own }),
        row('2', own),
        row('3', { isReady: true }),
        row('4', {}),
        row('5', { isReady: true, cooledAt: null }),
      ).map(({ contactId, why, until }) => [contactId, why, until]),
    ).toEqual([
      ['1', 'recontact', march],
      ['2', 'held', march + 1],
      ['3', 'cooling', march],
    ]);
  });

  it('stands below the account with record, day, reason and program; JSON has everybody', () => {
    const many = Array.from({ length: 12 }, (_, at) => row(String(at), { recontactAt: march }));
    const waiting = all(
      ...many,
      row('99', { heldUntil: march, salesforceId: null, reason: null, program: null }),
    );
    const lines = waitingText(waiting);
    expect(lines.slice(0, 4)).toEqual([
      '',
      'With marketing until a day: 13 (sooner: who asks for contact, or is asked for by a request)',
      '  a rep has them back on the day that they named: 12',
      '    - hubspot:contacts/0, salesforce:00Q0: comes back 2027-03-01 00:00 UTC (Not now; Nurture: later)',
    ]);
    expect(lines.slice(-3)).toEqual([
      '    and 2 more; --json lists all',
      '  held by marketing: 1',
      '    - hubspot:contacts/99: until 2027-03-01 00:00 UTC',
    ]);
    expect(waitingJson(waiting)).toHaveLength(13);
    expect(waitingJson(waiting)[12]).toEqual({
      ...{ hubspot: '99', salesforce: null, stage: 'nurture', turn: 1, owner: '005A', reason: null },
      ...{ program: null, why: 'held', until: '2027-03-01T00:00:00.000Z' },
    });
    expect(waitingText([])).toEqual([]);
  });
});
