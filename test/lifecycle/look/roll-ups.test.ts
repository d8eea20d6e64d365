import { describe, expect, it } from 'vitest';
import { activitiesIn, instantOf } from '../../../src/lifecycle/look/roll-ups.ts';

const at = Date.parse('2026-11-30T09:00:00.000Z');

describe('an instant of HubSpot', () => {
  it.each([
    ['2026-11-30T09:00:00.000Z', at],
    ['2026-11-30T09:00:00Z', at],
    [String(at), at],
    [at, at],
    ['', null],
    [null, null],
    [undefined, null],
    ['yesterday', null],
    [true, null],
  ])('%s', (raw, expected) => {
    expect(instantOf(raw)).toBe(expected);
  });
});

describe('what the roll-ups of a contact tell', () => {
  const fields = {
    recent_conversion_date: '2026-11-30T09:00:00.000Z',
    recent_conversion_event_name: 'Demo page: Request a demo',
    hs_analytics_last_timestamp: '2026-11-30T08:59:00.000Z',
    hs_analytics_last_url: 'https://example.com/pricing',
    hs_email_last_open_date: '',
  };

  it('is the last activity of each kind, with its names', () => {
    expect(activitiesIn(fields, null)).toEqual([
      { key: `formSubmission/${at}`, at, type: 'formSubmission', form: 'Demo page: Request a demo' },
      {
        key: `pageView/${at - 60_000}`,
        at: at - 60_000,
        type: 'pageView',
        url: 'https://example.com/pricing',
      },
    ]);
  });

  it('is told once, however the moment is written', () => {
    expect(activitiesIn(fields, fields)).toEqual([]);
    expect(activitiesIn(fields, { ...fields, recent_conversion_date: String(at) })).toEqual([]);
    const earlier = { ...fields, recent_conversion_date: String(at - 1) };
    expect(activitiesIn(fields, earlier).map(({ type }) => type)).toEqual(['formSubmission']);
  });
});
