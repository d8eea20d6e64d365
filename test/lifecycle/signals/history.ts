import { randomFrom } from '../../random.ts';
import type { Passage } from './passages.ts';

export const day = 86_400_000;
export const end = Date.UTC(2026, 10, 30);

export interface World {
  readonly seed: number;
  readonly days: number;
  readonly perDay: number;
  /** The chance to go on, and the mean stay in days, of somebody who comes on a day (counted back from the end). */
  readonly chance?: (source: string, daysAgo: number) => number;
  readonly stay?: (rep: string, daysAgo: number) => number;
}

const sources = ['ORGANIC_SEARCH', 'PAID_SEARCH', 'EMAIL_MARKETING'] as const;
const segments = ['small', 'large'] as const;
const reps = ['005A', '005B', '005C'] as const;

/** People in `sales-ready`, some of whom go on to `working`, after a stay with a long tail. Nothing changes unless the world says so. */
export const makeHistory = ({
  seed,
  days,
  perDay,
  chance = () => 0.4,
  stay = () => 3,
}: World): readonly Passage[] => {
  const random = randomFrom(seed);
  const pick = <T>(items: readonly [T, ...T[]]): T => items[Math.floor(random() * items.length)] ?? items[0];
  return Array.from({ length: Math.round(days * perDay) }, (_, index): Passage => {
    const daysAgo = random() * days;
    const [source, segment, rep] = [pick(sources), pick(segments), pick(reps)];
    const enteredAt = end - daysAgo * day;
    const leftAt = enteredAt - Math.log(1 - random()) * stay(rep, daysAgo) * day;
    const isLeft = leftAt < end;
    const goesOn = random() < chance(source, daysAgo);
    return {
      journey: String(index),
      stage: 'sales-ready',
      enteredAt,
      leftAt: isLeft ? leftAt : null,
      to: isLeft ? (goesOn ? 'working' : 'returned') : null,
      source,
      segment,
      rep,
    };
  });
};
