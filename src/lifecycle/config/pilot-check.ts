import type { Finding } from '../../mapping/finding.ts';
import type { ScoringModel } from '../scoring/model.ts';
import type { SlaModel } from '../sla/model.ts';
import type { Checked } from './check-file.ts';
import { noteAt } from './rule-findings.ts';

type Read<Built> = Pick<Checked<Built>, 'built' | 'source'>;

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

const pastLevel = ({ built, source }: Read<SlaModel>, now: number): readonly Finding[] => {
  const end = built?.pilot?.end ?? null;
  if (source === null || end === null || end > now) return [];
  return [
    noteAt(
      source,
      ['pilot', 'end'],
      `the pilot is over since ${dayOf(end)}`,
      'no clock reminds or tells anybody any more: it acted for those who took part, while it lasted',
      "take 'pilot' out so that clocks act for everybody, or write a later end; tandem handoffs compares both groups",
    ),
  ];
};

const pastVersions = ({ built, source }: Read<ScoringModel>, now: number): readonly Finding[] =>
  (built?.definitions ?? []).flatMap(({ version, pilot }, index): readonly Finding[] => {
    const until = pilot?.until ?? null;
    if (source === null || until === null || until > now) return [];
    return [
      noteAt(
        source,
        ['sales-ready', index, 'pilot', 'until'],
        `the pilot of '${version}' is over since ${dayOf(until)}`,
        'those who took part are judged as the others again',
        "take 'pilot' out so that it holds for everybody, delete the version, or write a later day; tandem report weekly compares versions",
      ),
    ];
  });

/** Pilots that are over at a moment: no mistake, or a worker could not be started again on the day after. Pure. */
export const pastPilotFindings = (
  scoring: Read<ScoringModel>,
  sla: Read<SlaModel>,
  now: number,
): readonly Finding[] => [...pastVersions(scoring, now), ...pastLevel(sla, now)];
