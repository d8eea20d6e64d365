import { longId } from '../../mapping/codecs/reference.ts';
import type { Finding } from '../../mapping/finding.ts';
import type { KeyPath, YamlSource } from '../../mapping/yaml-source.ts';
import type { Owner } from '../../model/owner.ts';
import { isNobody, withMachines } from '../staff/staff.ts';
import { lifecycleFile } from './lifecycle-shape.ts';
import type { LifecycleFileName, LoadedLifecycle } from './load.ts';
import { routingFile } from './routing-shape.ts';
import { errorAt, noteAt } from './rule-findings.ts';
import { scoringFile } from './scoring-shape.ts';
import { slaFile } from './sla-shape.ts';

/** An id of a user or queue, where a file names it. */
interface Named {
  readonly source: YamlSource;
  readonly path: KeyPath;
  readonly id: string;
  readonly wants: 'user' | 'queue' | 'user or queue';
  /** What does not happen while nobody is behind the id. */
  readonly lost: string;
  /** What somebody who cannot sign in any more, or is no person, costs; `note`: others do it meanwhile; `any`: a user is all that is wanted. */
  readonly gone: 'error' | 'note' | 'any';
}

type From = (path: KeyPath, id: string, wants: Named['wants'], lost: string, gone?: Named['gone']) => Named;

/** What the file says, for its places alone: it was checked before. */
const fromFile = <Data>(
  { sources }: LoadedLifecycle,
  name: LifecycleFileName,
  schema: { safeParse(data: unknown): { readonly data?: Data | undefined } },
  named: (data: Data, from: From) => readonly Named[],
): readonly Named[] => {
  const source = sources[name];
  const data = source === undefined ? undefined : schema.safeParse(source.data).data;
  if (source === undefined || data === undefined) return [];
  return named(data, (path, id, wants, lost, gone = 'error') => ({ source, path, id, wants, lost, gone }));
};

const inRouting = (loaded: LoadedLifecycle): readonly Named[] =>
  fromFile(loaded, 'routing.yaml', routingFile, ({ by, rules, pools, fallback }, from) => {
    return [
      ...rules.flatMap(({ owner, name }, index) =>
        owner === undefined
          ? []
          : from(['rules', index, 'owner'], owner, 'user', `the rule '${name}' gives nobody a lead`),
      ),
      // Where another router chooses, no pool is asked.
      ...(by === 'tandem' ? Object.entries(pools) : []).flatMap(([pool, { members }]) =>
        members.map(({ owner }, index) =>
          from(
            ['pools', pool, 'members', index, 'owner'],
            owner,
            'user',
            `their turn in the pool '${pool}' is that of the others`,
            'note',
          ),
        ),
      ),
      from(
        ['fallback', 'queue'],
        fallback.queue,
        'queue',
        'a lead that nobody can take waits in Tandem, and with nobody',
      ),
    ];
  });

const inSla = (loaded: LoadedLifecycle): readonly Named[] =>
  fromFile(loaded, 'sla.yaml', slaFile, ({ reps, pilot, automations }, from) => [
    ...automations.map((id, index) =>
      from(['automations', index], id, 'user', 'what it logs or sets counts as a touch', 'any'),
    ),
    ...Object.keys(reps).map((id) =>
      from(['reps', id], id, 'user', 'nobody has this calendar by it', 'note'),
    ),
    ...(pilot?.owners ?? []).map((id, index) =>
      from(['pilot', 'owners', index], id, 'user', 'the pilot has one rep less', 'note'),
    ),
  ]);

const inScoring = (loaded: LoadedLifecycle): readonly Named[] =>
  fromFile(loaded, 'scoring.yaml', scoringFile, ({ 'sales-ready': definitions }, from) =>
    definitions.flatMap(({ version, pilot }, index) =>
      (pilot?.owners ?? []).map((id, at) =>
        from(
          ['sales-ready', index, 'pilot', 'owners', at],
          id,
          'user or queue',
          `nobody of theirs is judged by the version '${version}'`,
          'note',
        ),
      ),
    ),
  );

const inLifecycle = (loaded: LoadedLifecycle): readonly Named[] =>
  fromFile(loaded, 'lifecycle.yaml', lifecycleFile, ({ signals }, from) =>
    signals.task === undefined
      ? []
      : [from(['signals', 'task'], signals.task, 'user', 'nobody gets the task for a signal')],
  );

/** Every id of Salesforce that the files name for somebody who acts. */
const named = (loaded: LoadedLifecycle): readonly Named[] => [
  ...inLifecycle(loaded),
  ...inScoring(loaded),
  ...inRouting(loaded),
  ...inSla(loaded),
];

/** Whether there is somebody to ask Salesforce about. */
export const namesOwners = (loaded: LoadedLifecycle): boolean => named(loaded).length > 0;

const findingOf = (each: Named, owner: Owner | undefined): readonly Finding[] => {
  const { source, path, id, wants, lost, gone } = each;
  const say = (level: 'error' | 'note', what: string, why: string, fix: string): readonly Finding[] => [
    (level === 'error' ? errorAt : noteAt)(source, path, what, why, fix),
  ];
  if (owner === undefined) {
    const fix = `write the id of a ${wants}: it stands in the address of its page (Setup, ${wants === 'queue' ? 'Queues' : 'Users'})`;
    return say('error', `Salesforce has no ${wants} with the id ${id}`, lost, fix);
  }
  if (wants !== 'user or queue' && owner.kind !== wants) {
    return say(
      'error',
      `${id} is the ${owner.kind} '${owner.name}', not a ${wants}`,
      lost,
      `write the id of a ${wants}`,
    );
  }
  if (gone === 'any') return [];
  if (owner.isTandem === true) {
    const why = `${lost}: Tandem's own user is nobody`;
    return say(
      'error',
      `${id} is the user '${owner.name}', as whom Tandem itself signs in`,
      why,
      'name a person',
    );
  }
  if (isNobody(owner)) {
    const what = `${id} is the user '${owner.name}', behind whom nobody is`;
    const fix = 'name a person; if it is one, take it out of automations in sla.yaml';
    return say('error', what, `${lost}: no lead or task is theirs`, fix);
  }
  if (!owner.active) {
    return say(
      gone,
      `'${owner.name}' (${id}) is not active in Salesforce`,
      lost,
      'name somebody who is there, or take the line away',
    );
  }
  if (owner.kind !== 'queue' || owner.owns === null || wants !== 'queue') return [];
  const add = (object: string): string =>
    `add ${object} to the supported objects of '${owner.name}' (Setup, Queues)`;
  if (!owner.owns.includes('Lead'))
    return say('error', `the queue '${owner.name}' can own no leads`, lost, add('Lead'));
  if (owner.owns.includes('Task')) return [];
  return say(
    'note',
    `the queue '${owner.name}' can own no tasks`,
    'a lead that waits in it has none',
    add('Task'),
  );
};

/** That routing.yaml leaves the choice to Salesforce, where no rule of it chooses. `assigns`: whether one is active; null: nobody knows. Pure. */
export const checkAssignment = (
  { routing, lifecycle, sources }: LoadedLifecycle,
  assigns: boolean | null,
): readonly Finding[] => {
  const source = sources['routing.yaml'];
  const isAsked =
    routing?.by === 'salesforce-assignment-rules' && lifecycle?.behaviours['hand-off'] === 'act';
  if (source === undefined || !isAsked || assigns !== false) return [];
  return [
    noteAt(
      source,
      ['by'],
      'Salesforce has no active lead assignment rule',
      'every lead that is handed over goes to the fallback queue',
      "activate one that takes everybody (Setup, Lead Assignment Rules), or put your reps under pools and write 'by: tandem'",
    ),
  ];
};

/**
 * Holds the users and queues that the lifecycle's files name against those of Salesforce: whether they are there, of the right kind, active, no user of Tandem's
 * own, and whether the fallback queue can own leads and tasks. `owners`: everybody, former ones and queues too. Pure.
 */
export const checkOwners = (loaded: LoadedLifecycle, owners: readonly Owner[]): readonly Finding[] => {
  const automations = loaded.sla?.automations ?? new Set();
  const byId = new Map(withMachines(owners, automations).map((owner) => [owner.id, owner]));
  return named(loaded).flatMap((each) => findingOf(each, byId.get(longId(each.id))));
};
