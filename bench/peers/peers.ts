import { setTimeout as sleep } from 'node:timers/promises';
import { systems } from '../../src/model/system.ts';
import { readRecords } from '../../test/data/sandbox-records.ts';
import { Person } from '../../test/e2e/harness/person.ts';
import { pickLinked } from '../align/calls.ts';
import { type Figure, makeFigure, rounded } from '../figure.ts';
import { callsBetween } from '../kit/calls.ts';
import { type LinkedIds, peopleSource } from '../kit/people.ts';
import { untilVisible } from '../kit/person.ts';
import { runUntilIdle } from '../kit/worker.ts';
import { inWorkspace, type Workspace } from '../kit/workspace.ts';
import { runNewestWins } from './newest-wins.ts';
import { makeTrace, type TraceEdit, traceFields } from './trace.ts';

export interface PeersSizes {
  /** People of the sandbox; at least 2.5 times `linked`. */
  readonly people: number;
  /** At most 50: more that are emptied alike are a mass change, which Tandem holds. */
  readonly linked: number;
  readonly seeds: number;
}

/** Issue 5: 50 seeds. */
export const fullSizes: PeersSizes = { people: 150, linked: 40, seeds: 50 };

const rival = 'newest record wins';
/** Salesforce's stamps are whole seconds: whoever edits second does so visibly later. */
const apartMs = 1_100;
const path = '/objects/|/sobjects|/query';
/** Of the integration's calls: answers that say nothing, and connections that are cut before the request is taken. */
const faults = [
  { match: { caller: 'integration', path }, effect: { status: 503, probability: 0.04 } },
  { match: { caller: 'integration', path }, effect: { drop: 'before', probability: 0.02 } },
];

interface Outcome {
  edits: number;
  lost: number;
  clears: number;
  clearsLost: number;
  calls: number;
  gaveUp: number;
}

type Worker = (workspace: Workspace, edited: readonly LinkedIds[]) => Promise<number>;

const editAll = async (person: Person, trace: readonly TraceEdit[]): Promise<void> => {
  for (const from of systems) {
    const edits = trace
      .filter((edit) => edit.from === from)
      .map(({ person: ids, field, value }) => ({
        id: ids[from],
        values: { [field[from]]: from === 'hubspot' ? (value ?? '') : value },
      }));
    if (from === 'hubspot') await person.editContacts(edits);
    else await person.editLeads(edits);
    await sleep(apartMs);
  }
};

type Values = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

const readBoth = async ({ sandbox }: Workspace): Promise<{ hubspot: Values; salesforce: Values }> => {
  const hubspot = new Map<string, Record<string, unknown>>();
  for await (const page of readRecords(sandbox.url.hubspot, 'contacts'))
    for (const { id, properties } of page) hubspot.set(String(id), Object(properties));
  const salesforce = new Map<string, Record<string, unknown>>();
  for await (const page of readRecords(sandbox.url.salesforce, 'Lead'))
    for (const lead of page) salesforce.set(String(lead.Id), lead);
  return { hubspot, salesforce };
};

const callsOf = async ({ sandbox }: Workspace) => ({
  hubspot: await sandbox.stats('hubspot'),
  salesforce: await sandbox.stats('salesforce'),
});

const runSeed = async (
  workspace: Workspace,
  people: readonly LinkedIds[],
  seed: number,
  work: Worker,
  outcome: Outcome,
): Promise<void> => {
  const { sandbox } = workspace;
  const trace = makeTrace(people, seed);
  await editAll(await Person.signIn(sandbox.access), trace);
  await untilVisible();
  const before = await callsOf(workspace);
  for (const system of systems) await sandbox.control(system, '/faults', faults);
  outcome.gaveUp += await work(workspace, people);
  for (const system of systems) await sandbox.control(system, '/faults', []);
  const after = await callsOf(workspace);
  for (const system of systems) outcome.calls += callsBetween(system, before[system], after[system]).total;
  const values = await readBoth(workspace);
  for (const { person, field, value } of trace) {
    const isThere = systems.every(
      (system) => (values[system].get(person[system])?.[field[system]] || null) === value,
    );
    outcome.edits += 1;
    if (value === null) outcome.clears += 1;
    if (!isThere) outcome.lost += 1;
    if (!isThere && value === null) outcome.clearsLost += 1;
  }
};

/** One worker on a sandbox of its own, seed after seed; everybody begins linked, equal and filled. */
const runPeer = async (sizes: PeersSizes, work: Worker): Promise<Outcome> => {
  const source = peopleSource();
  return inWorkspace(source.sandbox(sizes.people), async (workspace) => {
    const { sandbox, dataDir } = workspace;
    await source.enter(sandbox, sizes.people);
    await runUntilIdle(sandbox, dataDir);
    const people = await pickLinked(workspace, sizes.linked);
    const person = await Person.signIn(sandbox.access);
    const filled = (index: number) =>
      Object.fromEntries(traceFields.map(({ hubspot }) => [hubspot, `${hubspot} ${index} at first`]));
    await person.editContacts(people.map(({ hubspot }, index) => ({ id: hubspot, values: filled(index) })));
    await untilVisible();
    await runUntilIdle(sandbox, dataDir);
    const outcome: Outcome = { edits: 0, lost: 0, clears: 0, clearsLost: 0, calls: 0, gaveUp: 0 };
    for (let seed = 1; seed <= sizes.seeds; seed += 1) await runSeed(workspace, people, seed, work, outcome);
    return outcome;
  });
};

const runTandem: Worker = async ({ sandbox, dataDir }) => {
  await runUntilIdle(sandbox, dataDir);
  return 0;
};

/**
 * The benchmark `peers`: one trace of edits under faults, brought over by Tandem and by a plain worker on the same libraries. An edit is
 * lost when its value is not on both sides in the end although nobody edited that field elsewhere.
 */
export async function* runPeers(
  say: (line: string) => void,
  sizes: PeersSizes = fullSizes,
): AsyncGenerator<Figure> {
  say(`peers: ${sizes.seeds} seeds, ${sizes.linked} people each, 6% of the integration's calls fail`);
  const tandem = await runPeer(sizes, runTandem);
  const plain = await runPeer(sizes, async ({ sandbox }, edited) => runNewestWins(sandbox, edited));
  const common = { against: rival, better: 'lower', detail: { seeds: sizes.seeds, tandem, plain } } as const;
  // Without a loss at the rival there would be nothing to compare with: then one is assumed, and the detail says so.
  yield makeFigure({
    ...common,
    name: 'peers.lost-edits',
    ours: tandem.lost,
    theirs: Math.max(1, plain.lost),
    unit: 'lost edits',
  });
  yield makeFigure({
    ...common,
    name: 'peers.calls',
    ours: rounded(tandem.calls / tandem.edits),
    theirs: rounded(plain.calls / plain.edits),
    unit: 'calls an edit',
  });
}
