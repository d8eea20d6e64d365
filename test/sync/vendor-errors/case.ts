import type { FailureCategory } from '../../../src/model/failure.ts';

/** What the engine makes of an error. */
export type Action = 'parks the field' | 'parks the record' | 'looks again' | 'waits' | 'settles by looking';

export interface Case {
  readonly name: string;
  /** What the simulator answers; `times` is unlimited. */
  readonly effect: Readonly<Record<string, unknown>>;
  readonly action: Action;
  readonly category?: FailureCategory;
  /** How the step for the person begins, where one is waited for. */
  readonly next?: RegExp;
  /** Of one that waits: not looked at before so long, milliseconds. */
  readonly atLeastMs?: number;
}

export const correctIt = /^Correct the value at its source/;
/** Which words for which code is in test/sync/next-step.test.ts. */
export const giveRight =
  /^(Give the (integration user|private app)|Switch |Free storage|The record is locked|Salesforce has switched|HubSpot writes)/;
export const lookAtIt = /^Look at the record/;
export const mapIt = /^The field or object is not in/;
export const reportIt = /^This is a defect of Tandem/;

/**
 * By day one error of each kind: what the engine does is decided by that alone, and that each code is of its kind is in the pure tables of
 * test/connectors. By night all of them.
 */
export const played = <T>(cases: readonly T[], kindOf: (each: T) => string): readonly T[] =>
  process.env.TANDEM_NIGHTLY ? cases : [...new Map(cases.map((each) => [kindOf(each), each])).values()];

export const kindOf = ({ action, category, next }: Case): string =>
  `${action} ${category ?? ''} ${next ?? ''}`;
