import { toOwners } from '../../lifecycle/run/rows.ts';
import { clockKinds } from '../../lifecycle/sla/model.ts';
import type { ClockCounts, LateClock } from '../../model/journeys.ts';
import { isPeople, type PairMapping } from '../../model/mapping.ts';
import type { Store } from '../../store/open-store.ts';
import { iso } from '../with-store.ts';

/** Late clocks that are listed one by one; the others are counted. */
const listedMax = 50;
const shownMax = 10;

interface ShownClock {
  readonly clock: string;
  readonly turn: number;
  readonly dueAt: string;
  readonly owner: string | null;
  readonly ownerName: string | null;
  readonly hubspot: string;
  readonly salesforce: string | null;
}

/** `sla` of `status --json`: the follow-up, verdict and return clocks as of each person's last look. */
export interface ShownSla {
  readonly clocks: readonly ClockCounts[];
  readonly overdue: number;
  /** The oldest fifty. */
  readonly late: readonly ShownClock[];
  readonly next: ShownClock | null;
}

const shownClock =
  (names: ReadonlyMap<string, string>) =>
  ({ kind, turn, owner, dueAt, contactId, salesforceId }: LateClock): ShownClock => ({
    clock: kind,
    turn,
    dueAt: iso(dueAt),
    owner,
    ownerName: owner === null ? null : (names.get(owner) ?? null),
    hubspot: contactId,
    salesforce: salesforceId,
  });

/** How sales keeps its times, from the store alone; null where no clock ever began. */
export const shownSla = async (
  { lifecycle }: Pick<Store, 'lifecycle'>,
  pairs: readonly PairMapping[],
): Promise<ShownSla | null> => {
  const clocks = await lifecycle.clockCounts();
  const people = pairs.find(isPeople);
  if (clocks.length === 0 || people === undefined) return null;
  const [late, next, staff] = await Promise.all([
    lifecycle.lateClocks(people.name, listedMax),
    lifecycle.nextClock(people.name),
    lifecycle.staff(),
  ]);
  const show = shownClock(new Map(toOwners(staff).map(({ id, name }) => [id, name])));
  return {
    clocks,
    overdue: clocks.reduce((sum, each) => sum + each.late, 0),
    late: late.map(show),
    next: next === null ? null : show(next),
  };
};

const clockLine = ({ kind, waiting, reminded, late, paused, never, met, missed }: ClockCounts): string => {
  const states = Object.entries({ waiting, reminded, late, paused, 'never due': never });
  const open = states.filter(([, count]) => count > 0).map(([state, count]) => `${count} ${state}`);
  const ended = met + missed === 0 ? '' : `; in 30 days ${met} in time, ${missed} late`;
  return `  ${kind}: ${open.length === 0 ? 'none open' : open.join(', ')}${ended}`;
};

const whoseClock = ({ owner, ownerName, salesforce, hubspot }: ShownClock): string =>
  `${salesforce === null ? `hubspot:contacts/${hubspot}` : `salesforce:${salesforce}`} (${ownerName ?? owner ?? 'nobody'})`;

/** The lines of `status` on the clocks; none where there are no clocks. */
export const slaWords = (sla: ShownSla | null): readonly string[] => {
  if (sla === null) return [];
  const { clocks, overdue, late, next } = sla;
  const order = (kind: string): number => clockKinds.map(String).indexOf(kind);
  const more = overdue - Math.min(late.length, shownMax);
  return [
    'Clocks:',
    ...[...clocks].sort((a, b) => order(a.kind) - order(b.kind)).map(clockLine),
    ...(next === null ? [] : [`  next: ${next.clock} of ${whoseClock(next)} at ${next.dueAt}`]),
    ...late
      .slice(0, shownMax)
      .map((each) => `  late: ${each.clock} of ${whoseClock(each)} since ${each.dueAt}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
};
