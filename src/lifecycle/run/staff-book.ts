import type { Absence } from '../../model/absence.ts';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { Owner } from '../../model/owner.ts';
import type { FoundCalendar } from '../sla/calendar-book.ts';
import { makeStaff, type Staff, withMachines } from '../staff/staff.ts';
import type { Problems } from './ports.ts';

/** Salesforce is asked so often at most who is there and who is away: four queries. */
export const staffMs = 10 * 60_000;
/** Even where somebody is known to be otherwise. */
const freshMs = 1_000;
/** An absence that begins before the next time is asked for. */
const aheadMs = 2 * staffMs;

export interface StaffSources {
  readonly owners: (context: CallContext) => Promise<readonly Owner[]>;
  readonly absences: (from: number, to: number, context: CallContext) => Promise<readonly Absence[]>;
  readonly book: (rep: { readonly id: string; readonly zone: string | null }) => FoundCalendar;
  /** Users whom the company names as automations. */
  readonly automations: ReadonlySet<string>;
  /** What was last known, as JSON, for those who ask the store alone; null: nothing yet. */
  readonly save: (owners: string) => Promise<void>;
  readonly problems: Problems;
  /** Milliseconds by the store's clock. */
  readonly now: () => Promise<number>;
}

const zoneKey = 'lifecycle:zones';
const absencesKey = 'lifecycle:absences';
const namesMax = 5;

/** Up to five names, then how many more. */
export const ownerNames = (owners: readonly Pick<Owner, 'name'>[]): string => {
  const shown = owners.slice(0, namesMax).map(({ name }) => name);
  const more = owners.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
};

const tellZones = async (staff: Staff, problems: Problems): Promise<void> => {
  const { withoutZone } = staff;
  if (withoutZone.length === 0) return problems.clearProblem(zoneKey);
  const zones = [...new Set(withoutZone.map(({ zone }) => zone))].sort();
  await problems.raiseProblem({
    key: zoneKey,
    what: `time zones that nobody knows: ${zones.join(', ')}`,
    cause: `Salesforce names them for ${ownerNames(withoutZone)}; the default calendar's hours and zone count for them.`,
    fault: 'salesforce',
    next: 'Correct the time zone of these users in Salesforce, or name a calendar for them under reps in sla.yaml.',
  });
};

/** Absences, none where they cannot be seen: then somebody who is away may be given a lead, which is told. */
const askAbsences = async (
  { absences, problems, now }: StaffSources,
  call: CallContext,
): Promise<readonly Absence[]> => {
  const at = await now();
  try {
    const found = await absences(at, at + aheadMs, call);
    await problems.clearProblem(absencesKey);
    return found;
  } catch (error) {
    if (!(error instanceof CallFailed) || !['schema', 'permission'].includes(error.failure.category))
      throw error;
    await problems.raiseProblem({
      key: absencesKey,
      what: 'absences of reps cannot be read',
      cause: `${error.failure.code}: ${error.failure.message}. Whoever is away counts as being there.`,
      fault: 'salesforce',
      next: 'Give the integration the right to read events (calendar), with the fields IsAllDayEvent and ShowAs.',
    });
    return [];
  }
};

/**
 * Who is there, asked at most once in ten minutes. While Salesforce cannot be asked, what was known counts.
 * @throws CallFailed where nothing is known yet
 */
export const makeStaffBook = (sources: StaffSources): ((fresh?: true) => Promise<Staff>) => {
  const { owners: readOwners, book, automations, save, problems } = sources;
  const call: CallContext = { class: 'live', purpose: 'describe' };
  let known: Staff | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  const ask = async (): Promise<Staff> => {
    const owners = withMachines(await readOwners(call), automations);
    const staff = makeStaff(owners, await askAbsences(sources, call), book);
    await save(JSON.stringify(owners));
    await tellZones(staff, problems);
    return staff;
  };
  return async (fresh) => {
    const age = performance.now() - askedAt;
    if (known !== null && age < (fresh === true ? freshMs : staffMs)) return known;
    askedAt = performance.now();
    try {
      known = await ask();
    } catch (error) {
      if (known === null) throw error;
    }
    return known;
  };
};
