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

/** A target of the service level that is missed, since `at`; its figures are those of the last look. Percents of a hundred, null: nobody was judged. */
export interface KeptTarget {
  readonly key: 'quality';
  readonly at: number;
  readonly text: string;
  readonly step: string;
  readonly figures: {
    readonly judged: number;
    readonly acceptedPercent: number | null;
    readonly badDataPercent: number | null;
  };
  readonly alert: Told;
  readonly task: Told;
}

/** What is kept between looks. */
export interface KeptSignals {
  readonly state: SignalState;
  readonly open: readonly KeptSignal[];
  /** Absent in what was kept before targets were looked at. */
  readonly targets?: readonly KeptTarget[];
}

/** Something that is told once, by an alert and a task. */
export type Tellable = KeptSignal | KeptTarget;

/** The key of its task in Salesforce: one for each time that it is told. */
export const signalTaskKey = (told: Tellable): string =>
  'signal' in told ? `signal/${told.signal.key}/${told.at}` : `target/${told.key}/${told.at}`;
