import { Person } from '../../test/e2e/harness/person.ts';
import { pickLinked } from '../align/calls.ts';
import { type LinkedIds, peopleSource } from '../kit/people.ts';
import { untilVisible } from '../kit/person.ts';
import { runUntilIdle } from '../kit/worker.ts';
import type { Workspace } from '../kit/workspace.ts';
import { rest } from './lives.ts';
import type { Peer } from './peer.ts';
import { type Both, emptyTally, readBoth } from './tally.ts';
import { traceFields } from './trace.ts';

export interface StageSizes {
  /** People of the sandbox; at least 2.5 times `linked`. */
  readonly people: number;
  /** At most 50: more that are emptied alike are a mass change, which Tandem holds. */
  readonly linked: number;
}

/** A sandbox on which everybody begins equal and filled, and the peer has seen them. */
export interface Stage {
  readonly workspace: Workspace;
  readonly people: readonly LinkedIds[];
  readonly person: Person;
  readonly beginning: Both;
}

const fill = async (person: Person, people: readonly LinkedIds[]): Promise<void> => {
  const filled = (index: number) =>
    Object.fromEntries(traceFields.map(({ hubspot }) => [hubspot, `${hubspot} ${index} at first`]));
  await person.editContacts(people.map(({ hubspot }, index) => ({ id: hubspot, values: filled(index) })));
};

export const setStage = async (peer: Peer, workspace: Workspace, sizes: StageSizes): Promise<Stage> => {
  const { sandbox, dataDir } = workspace;
  await peopleSource().enter(sandbox, sizes.people);
  await runUntilIdle(sandbox, dataDir);
  const people = await pickLinked(workspace, sizes.linked);
  const person = await Person.signIn(sandbox.access);
  await fill(person, people);
  await untilVisible();
  await runUntilIdle(sandbox, dataDir);
  await untilVisible();
  await rest(peer, workspace, emptyTally());
  return { workspace, people, person, beginning: await readBoth(workspace) };
};
