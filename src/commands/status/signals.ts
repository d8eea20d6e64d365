import { toKeptSignals } from '../../lifecycle/run/rows.ts';
import type { KeptSignal } from '../../lifecycle/signals/kept.ts';
import type { Figure } from '../../lifecycle/signals/measure.ts';
import type { Store } from '../../store/open-store.ts';
import { iso } from '../with-store.ts';

interface ShownSignal {
  readonly measure: string;
  readonly stage: string;
  /** `all`, `source`, `segment` or `rep`; and which of them. */
  readonly dimension: string;
  readonly group: string | null;
  readonly since: string;
  /** Conversion: a share from 0 to 1; time: the median in days. */
  readonly recent: Figure;
  readonly past: Figure;
  readonly horizonDays: number;
  /** How often luck alone makes such a change. */
  readonly byLuck: number;
  readonly text: string;
  readonly next: string;
}

interface ShownTarget {
  readonly target: string;
  readonly since: string;
  readonly judged: number;
  readonly acceptedPercent: number | null;
  readonly badDataPercent: number | null;
  readonly text: string;
  readonly next: string;
}

/** `signals` of `status --json`: changes for the worse in the stages that are not over, and when they were looked for. */
export interface ShownSignals {
  readonly lookedAt: string;
  readonly open: readonly ShownSignal[];
  /** Targets of the service level that are missed; each is a problem, too. */
  readonly targets: readonly ShownTarget[];
}

const shown =
  (open: Readonly<Record<string, { readonly since: number }>>) =>
  ({ signal, at, text, step }: KeptSignal): ShownSignal => {
    const { key, measure, stage, dimension, group, recent, past, horizonDays, byLuck } = signal;
    const since = iso(open[key]?.since ?? at);
    return { measure, stage, dimension, group, since, recent, past, horizonDays, byLuck, text, next: step };
  };

/** What changed for the worse in the stages, from the store alone; null before the first look. */
export const shownSignals = async ({ lifecycle }: Pick<Store, 'lifecycle'>): Promise<ShownSignals | null> => {
  const { state, open, targets = [] } = toKeptSignals((await lifecycle.keptSignals()).state);
  return state.lookedAt === null
    ? null
    : {
        lookedAt: iso(state.lookedAt),
        open: open.map(shown(state.open)),
        targets: targets.map(({ key, at, figures, text, step }) => ({
          ...{ target: key, since: iso(at), ...figures, text, next: step },
        })),
      };
};

/** The lines of `status` on signals; none where there are none. */
export const signalWords = (signals: ShownSignals | null): readonly string[] =>
  signals === null || signals.open.length === 0
    ? []
    : [
        'Signals:',
        ...signals.open.flatMap(({ text, since }) => {
          const [what = '', ...lines] = text.split('\n');
          return [`  ${what} (since ${since})`, ...lines.map((line) => `    ${line}`)];
        }),
      ];
