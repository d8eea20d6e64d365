import type { Finding } from '../../mapping/finding.ts';
import { didYouMean } from '../../mapping/suggest.ts';
import type { KeyPath, YamlSource } from '../../mapping/yaml-source.ts';
import { pauseNames } from '../sla/model.ts';
import { dayMs } from '../stage/timers.ts';
import { checkCalendar } from './calendar-shape.ts';
import { errorAt, expressionFindings, noteAt } from './rule-findings.ts';
import type { SlaFile } from './sla-shape.ts';

const named = (source: YamlSource, file: SlaFile, path: KeyPath, name: string): readonly Finding[] => {
  const names = Object.keys(file.calendars);
  if (names.includes(name)) return [];
  const why = `the calendars are ${names.join(', ') || 'none'}`;
  return [
    errorAt(
      source,
      path,
      `there is no calendar '${name}'`,
      why,
      `${didYouMean(name, names)}correct the name`,
    ),
  ];
};

const pilotFindings = (source: YamlSource, { pilot }: SlaFile): readonly Finding[] => {
  if (pilot === undefined) return [];
  const days = (Date.parse(pilot.end) - Date.parse(pilot.start)) / dayMs;
  if (days <= 0) {
    return [
      errorAt(
        source,
        ['pilot', 'end'],
        'the pilot is over before it begins',
        `it begins on ${pilot.start}`,
        'write a later day',
      ),
    ];
  }
  if (pilot['measure-only-days'] < days) return [];
  const why = `it lasts ${days} days and only measures for ${pilot['measure-only-days']}`;
  return [
    noteAt(
      source,
      ['pilot', 'end'],
      'the pilot never acts',
      why,
      'write a later end, or fewer days of measuring',
    ),
  ];
};

const levelFindings = (source: YamlSource, file: SlaFile): readonly Finding[] => {
  const { 'asked-hours': asked, 'scored-hours': scored } = file['follow-up'];
  if (asked <= scored) return [];
  const why = `who asked waits ${asked} hours, who did not ${scored}`;
  return [
    noteAt(
      source,
      ['follow-up', 'asked-hours'],
      'who asks for contact waits longer than who does not',
      why,
      'exchange the two',
    ),
  ];
};

/** Everything in sla.yaml that its shape cannot say. */
export const checkSlaRules = (source: YamlSource, file: SlaFile): readonly Finding[] => [
  ...Object.entries(file.calendars).flatMap(([name, calendar]) =>
    checkCalendar(source, ['calendars', name], calendar),
  ),
  ...named(source, file, ['default'], file.default),
  ...Object.entries(file.reps).flatMap(([rep, name]) => named(source, file, ['reps', rep], name)),
  ...file.pauses.flatMap(({ when }, index) =>
    expressionFindings(source, ['pauses', index, 'when'], when, pauseNames),
  ),
  ...pilotFindings(source, file),
  ...levelFindings(source, file),
];
