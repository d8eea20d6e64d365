import { Temporal } from 'temporal-polyfill';
import type { Absence } from '../../model/absence.ts';
import type { Owner } from '../../model/owner.ts';
import { type Calendar, isZone, type Span } from '../calendar/calendar.ts';
import type { FoundCalendar } from '../sla/calendar-book.ts';

/** Everybody of sales as of some minutes: who they are, when they work, when they are away. */
export interface Staff {
  /** By Salesforce id; queues and former users too. */
  readonly owners: ReadonlyMap<string, Owner>;
  /** By whose hours an owner's clocks run: their own, or the default's by the clock of their zone. */
  calendarOf(owner: string | null): Calendar;
  /** The zone that texts for them are written in; null: none is known. */
  zoneOf(owner: string | null): string | null;
  absencesOf(owner: string): readonly Span[];
  /** To whom they report; null where nobody is named who is still there. */
  managerOf(owner: string | null): Owner | null;
  /** Active users whose zone is none that is known, so that the default's counts. */
  readonly withoutZone: readonly Owner[];
}

type Kind = Pick<Owner, 'kind' | 'isTandem' | 'isMachine'>;

/** A user behind whom nobody is: Tandem itself, the vendor's own, or an automation that sla.yaml names. */
export const isNobody = ({ kind, isTandem, isMachine }: Kind): boolean =>
  kind === 'user' && (isTandem === true || isMachine === true);

/** A person of sales: no queue, and nobody's user. */
export const isPerson = (owner: Kind): boolean => owner.kind === 'user' && !isNobody(owner);

const midnight = (day: string, zone: string, daysLater: number): number =>
  Temporal.PlainDate.from(day).add({ days: daysLater }).toZonedDateTime(zone).epochMilliseconds;

/** The days of an absence as moments of one zone: from the first midnight to that after the last day. */
export const spanOf = ({ firstDay, lastDay }: Absence, zone: string): Span => ({
  from: midnight(firstDay, zone, 0),
  to: midnight(lastDay, zone, 1),
});

/** Owners, with those marked whom the company names as automations. Pure. */
export const withMachines = (owners: readonly Owner[], automations: ReadonlySet<string>): readonly Owner[] =>
  owners.map((owner) => (automations.has(owner.id) ? { ...owner, isMachine: true } : owner));

/** What routing and clocks ask of people, from who they are, their absences and the calendars of sla.yaml. Pure. */
export const makeStaff = (
  owners: readonly Owner[],
  absences: readonly Absence[],
  book: (rep: { readonly id: string; readonly zone: string | null }) => FoundCalendar,
): Staff => {
  const byId = new Map(owners.map((owner) => [owner.id, owner]));
  const byOwner = Map.groupBy(absences, ({ owner }) => owner);
  const found = (owner: string | null): FoundCalendar =>
    book({ id: owner ?? '', zone: byId.get(owner ?? '')?.zone ?? null });
  const zoneOf = (owner: string | null): string | null => {
    const zone = byId.get(owner ?? '')?.zone;
    return zone !== undefined && isZone(zone) ? zone : null;
  };
  return {
    owners: byId,
    calendarOf: (owner) => found(owner).calendar,
    zoneOf,
    absencesOf: (owner) =>
      (byOwner.get(owner) ?? []).map((absence) =>
        spanOf(absence, zoneOf(owner) ?? found(owner).calendar.zone),
      ),
    managerOf: (owner) => {
      const manager = byId.get(byId.get(owner ?? '')?.manager ?? '');
      return manager?.active === true ? manager : null;
    },
    withoutZone: owners.filter((owner) => isPerson(owner) && owner.active && !found(owner.id).zoneKnown),
  };
};
