import { longId } from '../../mapping/codecs/reference.ts';
import type { YamlSource } from '../../mapping/yaml-source.ts';
import type { SlaModel } from '../sla/model.ts';
import { expressionAt } from './build-lifecycle.ts';
import { buildCalendar } from './calendar-shape.ts';
import type { SlaFile } from './sla-shape.ts';

/** sla.yaml, already without findings, as what clocks run by. */
export const buildSla = (source: YamlSource, file: SlaFile): SlaModel => ({
  version: file.version,
  calendars: new Map(
    Object.entries(file.calendars).map(([name, calendar]) => [name, buildCalendar(calendar)]),
  ),
  defaultCalendar: file.default,
  reps: new Map(Object.entries(file.reps).map(([id, calendar]) => [longId(id), calendar])),
  automations: new Set(file.automations.map(longId)),
  quality: {
    acceptedPercentMin: file.quality['accepted-percent'],
    badDataPercentMax: file.quality['bad-data-percent'],
  },
  followUp: {
    askedHours: file['follow-up']['asked-hours'],
    scoredHours: file['follow-up']['scored-hours'],
    verdictDays: file['follow-up']['verdict-days'],
  },
  returnHours: file.return.hours,
  handOffHours: file['hand-off'].hours,
  remindPercent: file['remind-percent'],
  breach: { tells: file.breach.tells, reassignHours: file.breach['reassign-hours'] ?? null },
  pauses: file.pauses.map(({ name, when }, index) => ({
    name,
    when: expressionAt(source, ['pauses', index, 'when'], when),
  })),
  pilot:
    file.pilot === undefined
      ? null
      : {
          start: Date.parse(file.pilot.start),
          end: Date.parse(file.pilot.end),
          owners: new Set(file.pilot.owners.map(longId)),
          measureOnlyDays: file.pilot['measure-only-days'],
          expected: file.pilot.expected ?? null,
        },
});
