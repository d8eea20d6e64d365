import { describe, expect, it } from 'vitest';
import { isSuppressed } from '../../../src/lifecycle/look/suppressed.ts';
import type { RequestPlan, SeenRequest } from '../../../src/lifecycle/requests/request.ts';
import type { RawValue } from '../../../src/model/value.ts';
import { makeDefinition } from '../shipped-files.ts';

const shipped = makeDefinition();
const leave: RequestPlan = { kind: 'leave', programs: [] };
const join: RequestPlan = { kind: 'join', program: 'Nurture: budget' };
const asked = (plan: RequestPlan, stamp: number, state: SeenRequest['state'] = 'answered'): SeenRequest => ({
  ...{ key: `r${stamp}`, word: 'a word', detail: '', number: 1 },
  ...{ plan, stamp, state },
});

/** Whether somebody with this mark in HubSpot, and these requests, is kept off lists. */
const isOut = (mark: RawValue | undefined, requests: readonly SeenRequest[], definition = shipped): boolean =>
  isSuppressed(
    {
      contact: {
        ref: { system: 'hubspot', type: 'contacts', id: '7' },
        fields: mark === undefined ? {} : { tandem_suppressed: mark },
        ...{ stamp: 0, createdAt: 0, byUs: null },
      },
    },
    Object.fromEntries(requests.map((request, at) => [`deal:${at}`, request])),
    definition,
  );

describe('whether somebody was taken out of campaigns on request', () => {
  it('is what the mark in HubSpot says, whoever set it or took it away', () => {
    expect([isOut('true', []), isOut('false', []), isOut(null, [])]).toEqual([true, false, false]);
    expect([isOut('true', [asked(join, 9)]), isOut('false', [asked(leave, 9)])]).toEqual([true, false]);
  });

  it('is what the newest request says while the mark is still to be written', () => {
    expect(isOut('false', [asked(leave, 9, 'open')])).toBe(true);
    expect(isOut('true', [asked(leave, 3), asked(join, 9, 'open')])).toBe(false);
    expect(isOut('false', [asked(join, 9, 'open'), asked(leave, 3)])).toBe(false);
  });

  it('is known by the request alone where the portal has no such mark', () => {
    expect(isOut(undefined, [asked(join, 3), asked(leave, 9)])).toBe(true);
    expect(isOut(undefined, [asked(leave, 3), asked(join, 9)])).toBe(false);
  });

  it('does not follow from a request that is only observed, nor from one about anything else', () => {
    const { behaviours } = shipped;
    const observing = makeDefinition({ behaviours: { ...behaviours, requests: 'observe' } });
    expect(isOut(undefined, [asked(leave, 9, 'open')], observing)).toBe(false);
    expect(isOut(undefined, [asked(leave, 3), asked({ kind: 'say', text: 'no' }, 9, 'open')])).toBe(true);
    expect(isOut(undefined, [asked({ kind: 'say', text: 'no' }, 9, 'open')])).toBe(false);
  });
});
