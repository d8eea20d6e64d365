import { randomUUID } from 'node:crypto';
import type {
  ClaimedUnit,
  DirtyMark,
  LedgerEntry,
  NewIntent,
  Parked,
  UnitSettlement,
} from '../../src/model/state.ts';
import type { RecordRef, Sides } from '../../src/model/system.ts';

export const pair = 'people';
export const holder = 'worker:1';

export const contact = (id: string): RecordRef => ({ system: 'hubspot', type: 'contacts', id });
export const lead = (id: string): RecordRef => ({ system: 'salesforce', type: 'Lead', id });

export const makeMark = (ref: RecordRef, overrides: Partial<DirtyMark> = {}): DirtyMark => ({
  pair,
  ref,
  class: 'live',
  stamp: 1_000,
  cause: 'poll',
  ...overrides,
});

/** A settlement that changes nothing but answers the unit's dirty rows. */
export const makeSettlement = (
  unit: Pick<ClaimedUnit, 'key' | 'fence'> & Partial<ClaimedUnit>,
  overrides: Partial<UnitSettlement> = {},
): UnitSettlement => ({
  unit: { key: unit.key, fence: unit.fence },
  pair,
  closedIntents: [],
  ledger: [],
  clean: (unit.dirty ?? []).map(({ ref, version }) => ({ ref, version })),
  again: [],
  park: [],
  unpark: [],
  ...overrides,
});

export const makeBegin = (ids: Sides<string>): NonNullable<UnitSettlement['begin']> => ({
  ids,
  base: { email: { hubspot: 'ann@example.com', salesforce: 'Ann@example.com' } },
  stamps: { hubspot: 10, salesforce: 20 },
});

export const makeIntent = (
  unit: Pick<ClaimedUnit, 'key'>,
  overrides: Partial<NewIntent> = {},
): NewIntent => ({
  id: randomUUID(),
  pair,
  unit: unit.key,
  linkId: null,
  linkVersion: null,
  op: 'create',
  target: lead(''),
  source: contact('1'),
  writes: [
    {
      field: 'lastname',
      apiField: 'LastName',
      sent: 'Ng',
      replaced: null,
      source: 'Ng',
      rule: 'changed-there',
      clock: null,
      lost: null,
    },
  ],
  cause: 'poll',
  ...overrides,
});

export const makeLedgerEntry = (overrides: Partial<LedgerEntry> = {}): LedgerEntry => ({
  pair,
  event: 'write',
  target: lead('00Q1'),
  field: 'lastname',
  from: null,
  to: 'Ng',
  cause: 'poll',
  rule: 'changed-there',
  clock: null,
  lost: null,
  changedAt: null,
  ...overrides,
});

export const makeParked = (
  unit: Pick<ClaimedUnit, 'key'>,
  overrides: Partial<Omit<Parked, 'since'>> = {},
): Omit<Parked, 'since'> => ({
  pair,
  unit: unit.key,
  system: 'salesforce',
  ref: lead('00Q1'),
  field: 'lastname',
  failure: {
    category: 'value',
    system: 'salesforce',
    code: 'STRING_TOO_LONG',
    message: 'last name too long (max 80)',
    fields: ['LastName'],
  },
  next: 'Shorten it.',
  refused: 'digest',
  ...overrides,
});
