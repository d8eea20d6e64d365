import { longId } from '../../mapping/codecs/reference.ts';
import { type Expression, makeExpression } from '../../mapping/expression.ts';
import type { YamlSource } from '../../mapping/yaml-source.ts';
import { pointedFields } from '../own-fields/pointed.ts';
import {
  type AllowedMoves,
  type LifecycleDefinition,
  moveName,
  type StageRule,
} from '../stage/definition.ts';
import { type Reason, reasons } from '../stage/facts.ts';
import { type Stage, stages } from '../stage/stages.ts';
import type { LifecycleFile } from './lifecycle-shape.ts';

/** Compiles the expression at a place of a file. */
export const expressionAt = (
  source: YamlSource,
  path: readonly (string | number)[],
  text: string,
): Expression => makeExpression(text, source.placeOf(path).line);

/** `sales-ready` → `Sales-ready`. */
const labelOf = (stage: Stage): string => `${stage.charAt(0).toUpperCase()}${stage.slice(1)}`;

const ruleOf = (source: YamlSource, file: LifecycleFile, stage: Stage): StageRule => {
  const said = file.stages[stage];
  const entry = said?.entry;
  return {
    used: said !== undefined,
    label: said?.label ?? labelOf(stage),
    accountable: { marketing: said?.marketing ?? '', sales: said?.sales ?? '' },
    entry: entry === undefined ? null : expressionAt(source, ['stages', stage, 'entry'], entry),
    lifecyclestage: said?.lifecyclestage ?? null,
    leadStatus: said?.leadStatus ?? null,
    salesforceStatus: said?.salesforceStatus ?? null,
    program: said?.program ?? null,
  };
};

/** The programs that the file names, once each, in its own order. */
const programsOf = ({ reasons: places, pull, requests, stages: used }: LifecycleFile): readonly string[] => [
  ...new Set(
    [
      ...reasons.map((reason) => places[reason].program),
      ...stages.map((stage) => used[stage]?.program),
      pull.nudge?.program,
      ...requests.programs,
    ].filter((program) => program !== undefined),
  ),
];

const movesOf = (listed: 'any' | readonly string[]): AllowedMoves => {
  if (listed === 'any') return 'any';
  const named = listed.map((text) => text.split('->').map((name) => name.trim()) as [Stage, Stage]);
  return new Set(named.map(([from, to]) => moveName(from, to)));
};

/** lifecycle.yaml, already without findings, as what `advance` decides by. */
export const buildLifecycle = (source: YamlSource, file: LifecycleFile): LifecycleDefinition => ({
  version: file.version,
  behaviours: file.behaviours,
  stages: Object.fromEntries(stages.map((stage) => [stage, ruleOf(source, file, stage)])) as Record<
    Stage,
    StageRule
  >,
  skips: movesOf(file.skips),
  backward: movesOf(file.backward),
  reasons: Object.fromEntries(
    reasons.map((reason) => {
      const { place, program, mended, 'cool-down-days': coolDownDays } = file.reasons[reason];
      return [reason, { place, program: program ?? null, coolDownDays, mended }];
    }),
  ) as LifecycleDefinition['reasons'] & Record<Reason, LifecycleDefinition['reasons'][Reason]>,
  pull: {
    noTouchDays: file.pull['no-touch-days'],
    stalledDays: file.pull['stalled-days'],
    nudge:
      file.pull.nudge === undefined
        ? null
        : {
            afterDays: file.pull.nudge['after-days'],
            as: file.pull.nudge.as,
            program: file.pull.nudge.program ?? null,
            offer: file.pull.nudge.offer ?? null,
          },
    winBackDays: file.pull['win-back-days'],
  },
  requestable: new Set(file.requests['set-stage']),
  programs: programsOf(file),
  prospectCampaigns: file.requests.campaigns,
  firstStart: {
    'hand-off': file['first-start']['hand-offs'],
    return: file['first-start'].returns,
    lifecyclestage: file['first-start']['lifecyclestage-back'],
    observed: file['first-start'].observed,
    'observed-return': file['first-start']['observed-returns'],
    'stage-back': file['lifecyclestage-back-per-day'],
  },
  signals: {
    source: file.signals.source,
    segment: file.signals.segment ?? null,
    task: file.signals.task === undefined ? null : longId(file.signals.task),
  },
  lifecyclestage: file.lifecyclestage,
  outcome: { roles: file.outcome.roles, currency: file.outcome.currency ?? null },
  campaigns:
    file['hand-off'].campaigns === undefined
      ? null
      : {
          from: file['hand-off'].campaigns.from ?? null,
          status: file['hand-off'].campaigns.status ?? null,
          map: Object.entries(file['hand-off'].campaigns.map),
        },
  timelineMax: file['hand-off'].timeline,
  pointed: pointedFields(file.fields),
});
