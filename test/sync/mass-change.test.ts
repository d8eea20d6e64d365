import { describe, expect, it } from 'vitest';
import { breakerDefaults } from '../../src/model/mapping.ts';
import { changesOfJob, isCreationMeant } from '../../src/sync/breakers/mass-change.ts';
import { makeDraft } from '../../src/sync/draft.ts';
import type { SendJob } from '../../src/sync/send.ts';

const alignedAt = 1_000;

/** A creation in Salesforce for contact 7, whose row has waited since then for this reason. */
const creation = (since: number, cause = 'poll'): SendJob => {
  const unit = { key: 'hubspot:contacts/7', fence: 1, link: null, intents: [], parked: [] };
  const source = { system: 'hubspot', type: 'contacts', id: '7' } as const;
  const mark = { pair: 'people', ref: source, class: 'live', stamp: null, cause } as const;
  const draft = makeDraft({ ...unit, dirty: [{ ...mark, version: 1, since, attempts: 0 }] });
  const target = { system: 'salesforce', type: 'Lead', id: '' } as const;
  const ids = { id: 'i', pair: 'people', unit: unit.key, linkId: null, linkVersion: null };
  const intent = { ...ids, op: 'create', cause, target, source, writes: [] } as const;
  return { draft, intent, readAt: 0, changedAt: null };
};
const nobody: ReadonlySet<string> = new Set();

describe('a creation', () => {
  it('is counted for the system that it is made in', () => {
    expect(changesOfJob(creation(2_000), breakerDefaults.mass)).toEqual([
      { unit: 'hubspot:contacts/7', kind: 'create', scope: 'create:salesforce', field: null },
    ]);
  });

  it.each([
    ['in a first alignment', creation(2_000), null, nobody, true],
    ['left over from a first alignment', creation(1_000), alignedAt, nobody, true],
    ['after it', creation(1_001), alignedAt, nobody, false],
    ['by an alignment with another mapping', creation(1_001, 'first alignment'), alignedAt, nobody, false],
    ['at the word of a person', creation(2_000, 'sync by hand'), alignedAt, nobody, true],
    ['decided in a review', creation(2_000, 'decided by hand: somebody new'), alignedAt, nobody, true],
    ['for who was handed to sales', creation(2_000), alignedAt, new Set(['7']), true],
    ['while somebody else was handed to sales', creation(2_000), alignedAt, new Set(['8']), false],
  ])('%s', (_when, job, aligned, handed, meant) => {
    expect(isCreationMeant(job, aligned, handed)).toBe(meant);
  });
});
