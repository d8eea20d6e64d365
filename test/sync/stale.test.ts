import { describe, expect, it } from 'vitest';
import type { RecordSnapshot } from '../../src/model/record.ts';
import type { ClaimedUnit, DirtyRow } from '../../src/model/state.ts';
import { makeDraft } from '../../src/sync/draft.ts';
import { isStale } from '../../src/sync/found.ts';

const now = Date.UTC(2026, 10, 25, 9);
const ref = { system: 'hubspot', type: 'contacts', id: '1' } as const;

/** Whether a read at `now` that shows the record as it was at `shown` is stale after the row's last signal, all as seconds before now. */
const isStaleAfter = (
  row: { readonly signal: number; readonly since: number; readonly attempts: number },
  shown: number,
): boolean => {
  const dirty: DirtyRow = {
    ...{ pair: 'people', ref, class: 'live', cause: 'poll of hubspot', version: 1, attempts: row.attempts },
    ...{ stamp: now - row.signal * 1_000, since: now - row.since * 1_000 },
  };
  const unit: ClaimedUnit = {
    ...{ key: 'hubspot:contacts/1', fence: 1, link: null, dirty: [dirty], intents: [], parked: [] },
  };
  const snapshot: RecordSnapshot = {
    ...{ ref, fields: {}, createdAt: 0, deleted: false, lastModifiedByUs: null, readAt: now },
    stamp: now - shown * 1_000,
  };
  return isStale(makeDraft(unit), snapshot);
};

describe('a read that does not show what a signal told of', () => {
  it('is stale after any number of looks within two minutes, since each further signal costs one', () => {
    expect(isStaleAfter({ signal: 20, since: 60, attempts: 7 }, 30)).toBe(true);
    expect(isStaleAfter({ signal: 119, since: 300, attempts: 50 }, 120)).toBe(true);
  });

  it('is what there is after two minutes and four looks', () => {
    expect(isStaleAfter({ signal: 120, since: 120, attempts: 3 }, 130)).toBe(true);
    expect(isStaleAfter({ signal: 120, since: 120, attempts: 4 }, 130)).toBe(false);
  });

  it('is what there is after ten minutes of signals that no read ever reaches', () => {
    expect(isStaleAfter({ signal: 5, since: 599, attempts: 40 }, 10)).toBe(true);
    expect(isStaleAfter({ signal: 5, since: 600, attempts: 40 }, 10)).toBe(false);
  });

  it('is what there is after four looks where the signal is of a time to come', () => {
    expect(isStaleAfter({ signal: -100_000, since: 5, attempts: 3 }, 10)).toBe(true);
    expect(isStaleAfter({ signal: -100_000, since: 5, attempts: 4 }, 10)).toBe(false);
  });
});

it('a read that shows what the signal told of is never stale', () => {
  expect(isStaleAfter({ signal: 5, since: 5, attempts: 0 }, 5)).toBe(false);
});
