import type { Finding } from '../../mapping/finding.ts';
import type { YamlSource } from '../../mapping/yaml-source.ts';
import type { Catalogue } from '../content/model.ts';
import type { RoutingModel } from '../routing/model.ts';
import type { ScoringModel } from '../scoring/model.ts';
import type { SlaModel } from '../sla/model.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import type { Checked } from './check-file.ts';
import { lifecycleFirings, routingFirings, scoringFirings, slaFirings } from './firing-checks.ts';
import { findLoops } from './loop-check.ts';
import { errorAt, noteAt } from './rule-findings.ts';

/** The files as far as they are there and right by themselves. */
export interface CheckedFiles {
  readonly lifecycle: Checked<LifecycleDefinition>;
  readonly scoring: Checked<ScoringModel>;
  readonly routing: Checked<RoutingModel>;
  readonly sla: Checked<SlaModel>;
  readonly content: Checked<Catalogue>;
}

const reroutesMaxDefault = 3;

const loops = (
  source: YamlSource,
  definition: LifecycleDefinition,
  routing: RoutingModel | null,
): readonly Finding[] =>
  findLoops(definition, routing?.reroutesMax ?? reroutesMaxDefault).map(({ reason, example }) => {
    const fix = 'send this reason to nurture, or to repair';
    return errorAt(
      source,
      ['reasons', reason],
      `'${reason}' sends people round and round with nothing new`,
      example,
      fix,
    );
  });

/** A behaviour that is switched on needs the file that tells it what to do. */
const missingFiles = (
  source: YamlSource,
  { behaviours }: LifecycleDefinition,
  files: CheckedFiles,
): readonly Finding[] => {
  const needs = [
    { behaviour: 'score', file: 'scoring.yaml', isThere: files.scoring.source !== null },
    { behaviour: 'hand-off', file: 'scoring.yaml', isThere: files.scoring.source !== null },
    { behaviour: 'route', file: 'routing.yaml', isThere: files.routing.source !== null },
    { behaviour: 'clock', file: 'sla.yaml', isThere: files.sla.source !== null },
  ] as const;
  return needs
    .filter(({ behaviour, isThere }) => behaviours[behaviour] !== 'off' && !isThere)
    .map(({ behaviour, file }) => {
      const why = `${behaviour} is '${behaviours[behaviour]}', and what it does stands there`;
      return errorAt(
        source,
        ['behaviours', behaviour],
        `${file} is missing`,
        why,
        `copy the shipped ${file}, or write '${behaviour}: off'`,
      );
    });
};

const sdrFindings = (
  files: CheckedFiles,
  lifecycle: LifecycleDefinition,
  routing: RoutingModel,
): readonly Finding[] => {
  const isUsed = lifecycle.stages.sdr.used;
  if (routing.sdr !== null && !isUsed && files.routing.source !== null) {
    const why = "lifecycle.yaml has no stage 'sdr', so nobody would see what SDRs have";
    return [
      errorAt(
        files.routing.source,
        ['sdr'],
        'SDRs are routed to, but there is no such stage',
        why,
        "add 'sdr:' under stages in lifecycle.yaml",
      ),
    ];
  }
  if (routing.sdr === null && isUsed && routing.by === 'tandem' && files.lifecycle.source !== null) {
    const why = 'routing.yaml sends nobody to SDRs';
    return [
      noteAt(
        files.lifecycle.source,
        ['stages', 'sdr'],
        "nobody enters 'sdr'",
        why,
        "add 'sdr:' to routing.yaml, or leave the stage out",
      ),
    ];
  }
  return [];
};

/** A catalogue that nobody reads, or none where one is meant; neither stops anything else. */
const contentFindings = (
  source: YamlSource,
  { behaviours, stages }: LifecycleDefinition,
  { content }: CheckedFiles,
): readonly Finding[] => {
  const mode = behaviours.content;
  if (content.source === null) {
    if (mode === 'off') return [];
    const why = `content is '${mode}', and what can be recommended stands there`;
    const fix = "copy the shipped content.yaml, or write 'content: off'";
    return [noteAt(source, ['behaviours', 'content'], 'content.yaml is missing', why, fix)];
  }
  if (mode === 'off') {
    const why = "lifecycle.yaml has 'content: off', or no such line";
    const fix = "write 'content: observe' or 'content: act' under behaviours";
    return [noteAt(content.source, [], 'nothing of this catalogue is recommended', why, fix)];
  }
  return (content.built?.pieces ?? []).flatMap((piece, index): readonly Finding[] => {
    if ([...piece.stages].some((stage) => stages[stage].used) || content.source === null) return [];
    const why = `lifecycle.yaml leaves out ${[...piece.stages].join(', ')}`;
    const fix = 'name a stage that is in use';
    return [
      noteAt(
        content.source,
        ['pieces', index, 'stages'],
        `nobody is ever where '${piece.id}' is for`,
        why,
        fix,
      ),
    ];
  });
};

/** Who asks goes at once: a rule of exclusion that holds for everybody who could ask is told by scoringFirings. */
const withoutLifecycle = (files: CheckedFiles): readonly Finding[] => {
  if (files.lifecycle.source !== null) return [];
  return [files.scoring, files.routing, files.sla, files.content].flatMap(({ source }) =>
    source === null
      ? []
      : [
          noteAt(
            source,
            [],
            'nothing reads this file',
            'there is no lifecycle.yaml, and without it Tandem only aligns',
            'copy the shipped lifecycle.yaml, or delete this file',
          ),
        ],
  );
};

/** What the files say together: never, always, contradicting, looping rules, and files that need one another. */
export const crossCheck = (files: CheckedFiles): readonly Finding[] => {
  const { lifecycle, scoring, routing, sla } = files;
  const fileOf = ({ source }: Checked<unknown>): string => source?.file ?? '';
  return [
    ...withoutLifecycle(files),
    ...(lifecycle.built === null || lifecycle.source === null
      ? []
      : [
          ...missingFiles(lifecycle.source, lifecycle.built, files),
          ...contentFindings(lifecycle.source, lifecycle.built, files),
          ...lifecycleFirings(lifecycle.source.file, lifecycle.built),
          ...loops(lifecycle.source, lifecycle.built, routing.built),
        ]),
    ...(scoring.built === null || scoring.source === null
      ? []
      : scoringFirings(scoring.source, scoring.built)),
    ...(routing.built === null ? [] : routingFirings(fileOf(routing), routing.built)),
    ...(sla.built === null ? [] : slaFirings(fileOf(sla), sla.built)),
    ...(lifecycle.built === null || routing.built === null
      ? []
      : sdrFindings(files, lifecycle.built, routing.built)),
  ];
};
