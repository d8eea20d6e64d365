import type { Term } from './account.ts';

/** What a term is called for people. */
export const labels: Readonly<Record<Term, string>> = {
  ready: 'ready',
  held: 'held back',
  handed: 'handed',
  'in-flight': 'in flight',
  'in-flight-late': 'in flight (late)',
  failed: 'failed',
  received: 'received',
  touched: 'touched',
  'not-yet-due': 'not yet due',
  overdue: 'overdue',
  moved: 'moved',
  accepted: 'accepted',
  returned: 'returned',
  rejected: 'rejected',
  disqualified: 'disqualified',
  'being-worked': 'being worked',
};

/** To the minute, in UTC. */
export const minuteText = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
