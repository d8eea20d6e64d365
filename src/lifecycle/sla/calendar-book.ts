import { BoundedCache } from '../../mapping/bounded-cache.ts';
import { type Calendar, isZone } from '../calendar/calendar.ts';
import type { SlaModel } from './model.ts';

export interface FoundCalendar {
  readonly calendar: Calendar;
  /** False: the rep's zone is not one that is known, so the default's counts; `status` should say so. */
  readonly zoneKnown: boolean;
}

/** More zones than there are. */
const zonesMax = 1_000;

/**
 * Which calendar counts for whom: the one that the file names for the rep, else the default's hours by the clock of the rep's own zone
 * (Salesforce: User.TimeZoneSidKey). @throws where the default calendar is not among the calendars, which `check` finds before
 */
export const makeCalendarBook = (
  sla: Pick<SlaModel, 'calendars' | 'defaultCalendar' | 'reps'>,
): ((rep: { readonly id: string; readonly zone: string | null }) => FoundCalendar) => {
  const standard = sla.calendars.get(sla.defaultCalendar);
  if (standard === undefined) throw new Error(`there is no calendar '${sla.defaultCalendar}'`);
  // One object for each zone: what a calendar's days are is kept by the object.
  const byZone = new BoundedCache<Calendar>(zonesMax);
  return ({ id, zone }) => {
    const named = sla.calendars.get(sla.reps.get(id) ?? '');
    if (named !== undefined) return { calendar: named, zoneKnown: true };
    if (zone === null || zone === standard.zone) return { calendar: standard, zoneKnown: true };
    if (!isZone(zone)) return { calendar: standard, zoneKnown: false };
    return { calendar: byZone.get(zone, (name) => ({ ...standard, zone: name })), zoneKnown: true };
  };
};
