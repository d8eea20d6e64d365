import type { Signal, SignalState } from './signals.ts';

/** How far a message is: null before, `sent` stored before it is sent, since a second one would be seen. */
export type Told = null | 'sent' | 'done';

/** A signal that was told and is not over, with its words. Plain data, times in milliseconds. */
export interface KeptSignal {
  readonly signal: Signal;
  /** Of the look that found it, or found it clearly worse. */
  readonly at: number;
  readonly text: string;
  /** What to do about it. */
  readonly step: string;
  readonly alert: Told;
  readonly task: Told;
}

/** What is kept between looks. */
export interface KeptSignals {
  readonly state: SignalState;
  readonly open: readonly KeptSignal[];
}

/** The key of a signal's task in Salesforce: one for each time that it is told. */
export const signalTaskKey = ({ signal, at }: KeptSignal): string => `signal/${signal.key}/${at}`;
