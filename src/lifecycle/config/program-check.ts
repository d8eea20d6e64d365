import type { Finding } from '../../mapping/finding.ts';
import type { KeyPath } from '../../mapping/yaml-source.ts';
import type { ProgramStanding } from '../../model/programs.ts';
import { reasons } from '../stage/facts.ts';
import { stages } from '../stage/stages.ts';
import { lifecycleFile } from './lifecycle-shape.ts';
import type { LoadedLifecycle } from './load.ts';
import { errorAt, noteAt } from './rule-findings.ts';

/** Where lifecycle.yaml names a program first, and whether anybody is put into it there by now. */
interface Place {
  readonly path: KeyPath;
  readonly acts: boolean;
}

const placeOf = (
  name: string,
  { reasons: places, stages: rules, pull, behaviours }: NonNullable<LoadedLifecycle['lifecycle']>,
  requestable: readonly string[],
): Place => {
  const acts = behaviours.return === 'act';
  const reason = reasons.find((each) => places[each].program === name);
  if (reason !== undefined) return { path: ['reasons', reason, 'program'], acts };
  const stage = stages.find((each) => rules[each].program === name);
  if (stage !== undefined) return { path: ['stages', stage, 'program'], acts };
  if (pull.nudge?.program === name) return { path: ['pull', 'nudge', 'program'], acts };
  return { path: ['requests', 'programs', requestable.indexOf(name)], acts: behaviours.requests === 'act' };
};

const listScopes = "give the private app the scopes 'crm.lists.read' and 'crm.lists.write'";

/** What is to be said of a program; null: a workflow listens to it. */
const wordsOf = ({ name, list, flows }: ProgramStanding): readonly [string, string, string] | null => {
  if (list === 'missing') {
    return [
      `HubSpot has no list '${name}'`,
      'nobody can be put into this program',
      `make a list of contacts named '${name}' in HubSpot that people are put on by hand, or correct the name`,
    ];
  }
  if (list === 'filters') {
    return [
      `the HubSpot list '${name}' fills itself by filters`,
      'nobody can be put into this program by hand',
      'name a static list, or make one',
    ];
  }
  if (flows === null || flows.some(({ enabled }) => enabled)) return null;
  const [off] = flows;
  if (off === undefined) {
    return [
      `no workflow of HubSpot listens to the list '${name}'`,
      'whoever is put into this program hears nothing more',
      `build a contact-based workflow that is triggered by membership of '${name}', or name the list of one`,
    ];
  }
  return [
    `the workflow '${off.name}', which listens to the list '${name}', is switched off`,
    'whoever is put into this program hears nothing more',
    'switch it on in HubSpot',
  ];
};

/**
 * Holds the programs of lifecycle.yaml against the portal: lists that are not there or take nobody, which is an error where somebody would be put there, and lists
 * that no workflow listens to, which is a note. One finding for each program, at the first place that names it. Pure.
 */
export const checkPrograms = (
  { lifecycle, sources }: LoadedLifecycle,
  standings: readonly ProgramStanding[] | null,
): readonly Finding[] => {
  const source = sources['lifecycle.yaml'];
  if (lifecycle === null || source === undefined) return [];
  if (standings === null) {
    const what = 'whether the programs are there is not known';
    const why = 'HubSpot does not show its lists to the integration, and nobody can be put into a program';
    return [noteAt(source, ['reasons'], what, why, listScopes)];
  }
  // The file was checked; what it lists is asked for its place alone.
  const requestable = lifecycleFile.safeParse(source.data).data?.requests.programs ?? [];
  const found = standings.flatMap((standing): Finding[] => {
    const words = wordsOf(standing);
    if (words === null) return [];
    const { path, acts } = placeOf(standing.name, lifecycle, requestable);
    const at = standing.list !== 'there' && acts ? errorAt : noteAt;
    return [at(source, path, ...words)];
  });
  const isHidden = standings.some(({ list, flows }) => list === 'there' && flows === null);
  if (!isHidden) return found;
  const what = 'whether a workflow listens to the programs is not known';
  const why = 'HubSpot does not show its workflows to the integration';
  const fix = "give the private app the scope 'automation'";
  return [...found, noteAt(source, ['reasons'], what, why, fix)];
};
