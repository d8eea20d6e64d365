import type { Sandbox } from '../kit/sandbox.ts';

const seller = 'Account Executive';

/** The sellers of the simulated company who are there, by id. */
export const repsOf = async (sandbox: Sandbox): Promise<readonly string[]> =>
  (await sandbox.records('salesforce', 'User')).flatMap(({ Id, IsActive, Title }) =>
    IsActive === true && Title === seller && typeof Id === 'string' ? [Id] : [],
  );

const countBy = (owners: readonly unknown[]): ReadonlyMap<unknown, number> =>
  new Map([...Map.groupBy(owners, (owner) => owner)].map(([owner, own]) => [owner, own.length]));

/**
 * The fewest and the most leads of a rep. @throws Error where a lead or a follow-up task is somebody else's, Tandem's own user's among them, or a rep has less than
 * their share: then no hand-off was measured
 */
export const ownersOf = async (
  sandbox: Sandbox,
  reps: readonly string[],
): Promise<{ readonly count: number; readonly fewest: number; readonly most: number }> => {
  const leads = countBy((await sandbox.records('salesforce', 'Lead')).map(({ OwnerId }) => OwnerId));
  const tasks = countBy((await sandbox.records('salesforce', 'Task')).map(({ OwnerId }) => OwnerId));
  for (const owner of [...leads.keys(), ...tasks.keys()]) {
    if (!reps.some((rep) => rep === owner))
      throw new Error(`${String(owner)} has leads or tasks, and is no rep`);
  }
  const counts = reps.map((rep) => leads.get(rep) ?? 0);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  // Turns of equal weight: nobody is further from their share than one lead for each other member.
  if (most - fewest > reps.length) throw new Error(`between ${fewest} and ${most} leads a rep`);
  for (const rep of reps) {
    const [own, made] = [leads.get(rep) ?? 0, tasks.get(rep) ?? 0];
    if (own !== made) throw new Error(`${rep} has ${own} leads and ${made} tasks`);
  }
  return { count: reps.length, fewest, most };
};
