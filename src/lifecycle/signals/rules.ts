import type { Stage } from '../stage/stages.ts';

/** When a change against the own past is worth telling. Days are of 24 hours. */
export interface SignalRules {
  /** Watched stages, and how long somebody is given there: who has not gone on by then has not. */
  readonly horizonDays: Readonly<Partial<Record<Stage, number>>>;
  /** Length of the time that is compared, and of the past before it. */
  readonly recentDays: number;
  readonly pastDays: number;
  /** A look is taken so often; in between nothing is computed. */
  readonly lookEveryDays: number;
  /** Fewer people than this say nothing. */
  readonly recentMin: number;
  readonly pastMin: number;
  /** The probability that a look at a company in which nothing changed tells of anything. */
  readonly falseAlarmRate: number;
  /** What is proved but small is not told: relative fall of conversion, relative growth of the median time. */
  readonly fallMin: number;
  readonly growthMin: number;
  /** A signal is over once a change as large as what is seen would come by luck so often. */
  readonly overAt: number;
}

export const signalRules: SignalRules = {
  horizonDays: {
    lead: 30,
    engaged: 30,
    'sales-ready': 14,
    sdr: 14,
    working: 30,
    accepted: 30,
    opportunity: 90,
  },
  recentDays: 28,
  pastDays: 168,
  lookEveryDays: 7,
  recentMin: 20,
  pastMin: 60,
  falseAlarmRate: 0.01,
  fallMin: 0.2,
  growthMin: 0.25,
  overAt: 0.2,
};
