import type { AccountTransition, HandOffRow } from '../../../src/lifecycle/account/rows.ts';

export const hour = 3_600_000;
export const day = 24 * hour;
/** Monday 2 November 2026, 9:00. */
export const start = Date.UTC(2026, 10, 2, 9);

export const makeTransition = (overrides: Partial<AccountTransition> = {}): AccountTransition => ({
  journey: '1',
  from: 'engaged',
  to: 'sales-ready',
  move: 'forward',
  legal: true,
  at: start,
  cause: 'scored',
  evidence: 'scored/1',
  by: 'tandem',
  turn: 1,
  reason: null,
  version: '1',
  definition: '2026-1',
  behaviour: 'hand-off',
  mode: 'act',
  effects: ['hand-off'],
  ...overrides,
});

export const makeHandOff = (overrides: Partial<HandOffRow> = {}): HandOffRow => ({
  journey: '1',
  turn: 1,
  readyAt: start,
  mode: 'act',
  state: 'handed',
  why: null,
  handedAt: start + 60_000,
  hubspot: '101',
  salesforce: '00Q000000000001AAA',
  ...overrides,
});
