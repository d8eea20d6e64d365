import { z } from 'zod';
import type { Absence } from '../../model/absence.ts';
import type { CallContext } from '../../model/budget.ts';
import type { Api } from './api.ts';
import { queryPages } from './query.ts';
import { idSchema, instantSchema } from './rows.ts';
import { soqlInstant } from './soql.ts';

const eventSchema = z.object({
  OwnerId: idSchema,
  StartDateTime: instantSchema,
  EndDateTime: instantSchema,
});

const secondMs = 1_000;
const dayMs = 86_400_000;
/** From UTC-12 to UTC+14: a day that is on somewhere has its midnight in UTC within so long. */
const zonesMs = 14 * 60 * 60_000;

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const wholeSeconds = (at: number): string => soqlInstant(Math.floor(at / secondMs) * secondMs);

/**
 * All-day events that show their owner as out of office: how reps tell each other in their calendars that they are away. The times of an all-day event
 * are midnights in UTC and mean the day in whatever zone it is looked at; the last one is the day on which it ends
 * (Object Reference, Event: IsAllDayEvent, EndDateTime, ShowAs; docs/decisions/0053). One query.
 */
export const readAbsences = async (
  api: Api,
  from: number,
  to: number,
  context: CallContext,
): Promise<readonly Absence[]> => {
  const soql = `SELECT OwnerId, StartDateTime, EndDateTime FROM Event WHERE IsAllDayEvent = true AND ShowAs = 'OutOfOffice' AND StartDateTime <= ${wholeSeconds(to + zonesMs)} AND EndDateTime >= ${wholeSeconds(from - dayMs - zonesMs)} ORDER BY Id`;
  const absences: Absence[] = [];
  for await (const { body } of queryPages(api, context, 'query', soql, eventSchema)) {
    for (const { OwnerId: owner, StartDateTime: start, EndDateTime: end } of body.records) {
      absences.push({ owner, firstDay: dayOf(start), lastDay: dayOf(end) });
    }
  }
  return absences;
};
