import type { Finding } from '../../mapping/finding.ts';
import { didYouMean } from '../../mapping/suggest.ts';
import type { KeyPath, YamlSource } from '../../mapping/yaml-source.ts';
import { recordNames } from '../stage/facts.ts';
import { isWithRep } from '../stage/programs.ts';
import { moveOf, optionalStages, orderOf, type Stage, stages } from '../stage/stages.ts';
import type { LifecycleFile } from './lifecycle-shape.ts';
import { pointedFindings } from './pointed-rules.ts';
import { errorAt, expressionFindings } from './rule-findings.ts';

/** The stages that Tandem itself moves people into by a rule; all others are entered by what happened. */
const ruled: ReadonlySet<Stage> = new Set(['lead', 'engaged', 'customer', 'at-risk', 'lost']);

/** HubSpot's own order; stages of a company's own have numbers for names and are not judged. */
const hubspotOrder = [
  'subscriber',
  'lead',
  'marketingqualifiedlead',
  'salesqualifiedlead',
  'opportunity',
  'customer',
  'evangelist',
];

const missingStages = (source: YamlSource, file: LifecycleFile): readonly Finding[] =>
  stages
    .filter((stage) => file.stages[stage] === undefined && !optionalStages.some((name) => name === stage))
    .map((stage) => {
      const why = `only ${optionalStages.join(', ')} can be left out`;
      return errorAt(
        source,
        ['stages'],
        `stage '${stage}' is missing`,
        why,
        `add '${stage}:' with who answers for it`,
      );
    });

const entryFindings = (source: YamlSource, file: LifecycleFile): readonly Finding[] =>
  stages.flatMap((stage) => {
    const entry = file.stages[stage]?.entry;
    if (entry === undefined) return [];
    const path = ['stages', stage, 'entry'];
    if (ruled.has(stage)) return expressionFindings(source, path, entry, recordNames);
    const what = `the entry rule of '${stage}' is never asked`;
    const why = `${stage} is entered by what happened; only ${[...ruled].join(', ')} have rules of entry`;
    return [errorAt(source, path, what, why, 'delete it; who is sales-ready stands in scoring.yaml')];
  });

const moveFindings = (
  source: YamlSource,
  file: LifecycleFile,
  key: 'skips' | 'backward',
): readonly Finding[] => {
  const listed = file[key];
  if (listed === 'any') return [];
  const isUsed = (stage: Stage): boolean => file.stages[stage] !== undefined;
  return listed.flatMap((text, index): readonly Finding[] => {
    const path: KeyPath = [key, index];
    const names = text.split('->').map((name) => name.trim());
    const wrong = names.find((name) => !stages.some((stage) => stage === name));
    if (names.length !== 2 || wrong !== undefined) {
      const what = `'${text}' is not a move`;
      const why = wrong === undefined ? 'a move is two stages' : `'${wrong}' is no stage`;
      const fix = `${didYouMean(wrong ?? '', stages)}write it as 'lead -> sales-ready'`;
      return [errorAt(source, path, what, why, fix)];
    }
    const [from, to] = names as [Stage, Stage];
    const move = moveOf(from, to, isUsed);
    if (move === (key === 'skips' ? 'skip' : 'backward') && isUsed(from) && isUsed(to)) return [];
    const what = `'${text}' under ${key} does nothing`;
    const why = isUsed(from) && isUsed(to) ? `that move is '${move}'` : 'one of the two stages is not in use';
    return [errorAt(source, path, what, why, 'delete it, or correct the stages')];
  });
};

const reasonFindings = (source: YamlSource, file: LifecycleFile): readonly Finding[] =>
  Object.entries(file.reasons).flatMap(([reason, { place, program }]): readonly Finding[] => {
    const path = ['reasons', reason];
    if (place === 'nurture' && program === undefined) {
      const fix = "add 'program:' with the name of the HubSpot list";
      return [
        errorAt(
          source,
          path,
          `'${reason}' leads to nurture without a program`,
          'nobody would write to them',
          fix,
        ),
      ];
    }
    if (place !== 'nurture' && program !== undefined) {
      const why = `the place is ${place}, where no program is used`;
      return [
        errorAt(
          source,
          [...path, 'program'],
          `'${reason}' has a program that is never used`,
          why,
          "delete it, or write 'place: nurture'",
        ),
      ];
    }
    return [];
  });

const unknownReason = (source: YamlSource, file: LifecycleFile): readonly Finding[] =>
  file.reasons.Unknown.place === 'nurture'
    ? []
    : [
        errorAt(
          source,
          ['reasons', 'Unknown', 'place'],
          "'Unknown' must lead to nurture",
          'people without a reason, and those who cannot be given to another rep, go where it says',
          "write 'place: nurture' and a program",
        ),
      ];

const behaviourFindings = (source: YamlSource, { behaviours }: LifecycleFile): readonly Finding[] => {
  const acts = (['hand-off', 'return', 'requests'] as const).filter((name) => behaviours[name] === 'act');
  const findings: Finding[] = [];
  if (behaviours.stages === 'off' && acts.length > 0) {
    const why = `${acts.join(', ')} would act on what reps did, which nobody follows`;
    findings.push(
      errorAt(source, ['behaviours', 'stages'], 'stages are off', why, "write 'stages: observe' or 'act'"),
    );
  }
  if (behaviours['hand-off'] === 'act' && behaviours.route !== 'act') {
    const why =
      behaviours.route === 'off'
        ? 'a lead that is handed over needs an owner'
        : 'a lead that is handed over needs an owner, and a route that is only observed gives it none';
    const what = `route is ${behaviours.route} while hand-off acts`;
    const fix = "write 'route: act', or 'hand-off: observe' to see both without anything being done";
    findings.push(errorAt(source, ['behaviours', 'route'], what, why, fix));
  }
  if (behaviours['hand-off'] === 'act' && behaviours.return === 'off') {
    const why = 'a lead that a rep rejects would stay with sales for ever';
    findings.push(
      errorAt(
        source,
        ['behaviours', 'return'],
        'return is off while hand-off acts',
        why,
        "write 'return: act', or observe",
      ),
    );
  }
  return findings;
};

const requestFindings = (source: YamlSource, file: LifecycleFile): readonly Finding[] =>
  file.requests['set-stage'].flatMap((stage, index) =>
    file.stages[stage] === undefined
      ? [
          errorAt(
            source,
            ['requests', 'set-stage', index],
            `'${stage}' can be asked for but is not in use`,
            'every such request would be refused',
            `add '${stage}:' under stages, or delete it here`,
          ),
        ]
      : [],
  );

const nudgeFindings = (source: YamlSource, { pull }: LifecycleFile): readonly Finding[] => {
  const { nudge } = pull;
  if (nudge === undefined) return [];
  const path = ['pull', 'nudge'];
  const findings: Finding[] = [];
  if (nudge['after-days'] >= pull['stalled-days']) {
    const why = `they come back after ${pull['stalled-days']} days, before anything is tried`;
    findings.push(
      errorAt(source, [...path, 'after-days'], 'the nudge comes too late', why, 'write fewer days'),
    );
  }
  if ((nudge.as === 'program') !== (nudge.program !== undefined)) {
    const why =
      nudge.as === 'program'
        ? 'nobody would write to them'
        : 'a task is for the owner, and no program is used';
    const what =
      nudge.as === 'program' ? 'the nudge has no program' : 'the nudge has a program that is never used';
    findings.push(
      errorAt(source, path, what, why, "write 'as: program' with a 'program', or 'as: task' without"),
    );
  }
  return findings;
};

/** Where nobody is to be mailed by a program of the stage, and why. */
const programless = (stage: Stage): readonly [string, string] | null => {
  if (stage === 'returned') return ['the reason says which program they go to', "write it under 'reasons'"];
  if (stage === 'disqualified') return ['nobody writes to them any more', 'delete it'];
  if (!isWithRep(stage)) return null;
  return [
    'a rep works them, and nurture mails would come between',
    "delete it; 'pull.nudge' with 'as: program' is for those who stand still",
  ];
};

const stageProgramFindings = (source: YamlSource, file: LifecycleFile): readonly Finding[] =>
  stages.flatMap((stage) => {
    const why = file.stages[stage]?.program === undefined ? null : programless(stage);
    if (why === null) return [];
    return [errorAt(source, ['stages', stage, 'program'], `'${stage}' can have no program`, ...why)];
  });

/** With `forward`, a later stage that shows an earlier lifecyclestage would never be seen in HubSpot. */
const shownFindings = (source: YamlSource, file: LifecycleFile): readonly Finding[] => {
  if (file.lifecyclestage !== 'forward') return [];
  let highest = -1;
  return stages.flatMap((stage) => {
    const shown = file.stages[stage]?.lifecyclestage;
    if (orderOf(stage) === null || shown === undefined) return [];
    const place = hubspotOrder.indexOf(shown);
    if (place === -1 || place >= highest) {
      highest = Math.max(highest, place);
      return [];
    }
    const what = `'${stage}' would never be seen in HubSpot as ${shown}`;
    const why = 'an earlier stage shows a later lifecyclestage, and HubSpot moves it forward alone';
    const fix = "delete it here (tandem_stage shows the stage), or write 'lifecyclestage: both' for the file";
    return [errorAt(source, ['stages', stage, 'lifecyclestage'], what, why, fix)];
  });
};

/** Everything in lifecycle.yaml that its shape cannot say. */
export const checkLifecycleRules = (source: YamlSource, file: LifecycleFile): readonly Finding[] => [
  ...missingStages(source, file),
  ...entryFindings(source, file),
  ...moveFindings(source, file, 'skips'),
  ...moveFindings(source, file, 'backward'),
  ...reasonFindings(source, file),
  ...unknownReason(source, file),
  ...behaviourFindings(source, file),
  ...requestFindings(source, file),
  ...nudgeFindings(source, file),
  ...stageProgramFindings(source, file),
  ...shownFindings(source, file),
  ...pointedFindings(source, file),
];
