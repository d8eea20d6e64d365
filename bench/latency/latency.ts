import { setTimeout as sleep } from 'node:timers/promises';
import { otherSystem, type System, systems } from '../../src/model/system.ts';
import { joinEmbedded } from '../../src/store/embedded/join.ts';
import { Person } from '../../test/e2e/harness/person.ts';
import { pickLinked } from '../align/calls.ts';
import { type Figure, makeFigure, rounded } from '../figure.ts';
import { startLiveWorker } from '../kit/live.ts';
import { untilWorkedOff } from '../kit/metrics.ts';
import { type LinkedIds, peopleSource } from '../kit/people.ts';
import { longestRunMs, runUntilIdle } from '../kit/worker.ts';
import { inWorkspace, type Workspace } from '../kit/workspace.ts';
import { latenciesOf, percentile, readArrivals, type Typed, titleOf } from './arrivals.ts';

export interface LatencySizes {
  /** People of the sandbox; at least 2.5 times `linked`. */
  readonly people: number;
  /** Linked people who are edited, half of them on each side, round and round. */
  readonly linked: number;
  /** Edits a second on each side. */
  readonly perSecond: number;
  readonly seconds: number;
}

/** Issue 5: 50 edits a second, both ways. */
export const fullSizes: LatencySizes = { people: 2_500, linked: 1_000, perSecond: 50, seconds: 60 };

const targetsMs = { p50: 1_000, p99: 5_000 } as const;
/** Editing goes in bursts of a fifth of a second: HubSpot allows an app 19 calls a second, and 50 people are not one app. */
const burstsPerSecond = 5;
/** After the last edit; what has not come by then counts as lost. */
const settleWithinMs = 120_000;

/** Types at a fixed rate whatever the answers take, so that a slow system does not slow the edits down. */
const typeFor = async (
  person: Person,
  from: System,
  people: readonly LinkedIds[],
  { perSecond, seconds }: LatencySizes,
): Promise<readonly Typed[]> => {
  const to = otherSystem(from);
  const burst = Math.round(perSecond / burstsPerSecond);
  const typed: Typed[] = [];
  const calls: Promise<void>[] = [];
  const began = performance.now();
  for (let tick = 0; tick < seconds * burstsPerSecond; tick += 1) {
    const wait = began + (tick * 1_000) / burstsPerSecond - performance.now();
    if (wait > 0) await sleep(wait);
    const sentAtMs = Date.now();
    const edits = Array.from({ length: burst }, (_, at) => {
      const number = tick * burst + at;
      const ids = people[number % people.length];
      if (!ids) throw new Error('nobody is linked');
      typed.push({ to, targetId: ids[to], sentAtMs, number });
      return { id: ids[from], values: { [from === 'hubspot' ? 'jobtitle' : 'Title']: titleOf(number) } };
    });
    calls.push(from === 'hubspot' ? person.editContacts(edits) : person.editLeads(edits));
  }
  await Promise.all(calls);
  return typed;
};

const figuresOf = (
  to: System,
  sizes: LatencySizes,
  took: readonly (number | null)[],
  typedSeconds: number,
): readonly Figure[] => {
  const came = took.filter((ms) => ms !== null);
  const detail = {
    edits: took.length,
    lost: took.length - came.length,
    perSecondOnEachSide: sizes.perSecond,
    typedSeconds: rounded(typedSeconds, 1),
    p90: Math.round(percentile(came, 90)),
    max: Math.round(Math.max(...came)),
  };
  if (detail.lost > 0) throw new Error(`${detail.lost} of ${detail.edits} edits never came to ${to}`);
  return ([50, 99] as const).map((percent) =>
    makeFigure({
      name: `latency.p${percent}.to-${to}`,
      against: 'target',
      ours: Math.round(percentile(came, percent)),
      theirs: percent === 50 ? targetsMs.p50 : targetsMs.p99,
      better: 'lower',
      unit: 'ms from the call of the person to the settled write at the other side',
      detail,
    }),
  );
};

const measure = async (workspace: Workspace, sizes: LatencySizes): Promise<readonly Figure[]> => {
  const { sandbox, dataDir } = workspace;
  const worker = await startLiveWorker(workspace);
  try {
    await untilWorkedOff(worker.url, longestRunMs);
    const people = await pickLinked(workspace, sizes.linked);
    const person = await Person.signIn(sandbox.access);
    const half = Math.floor(people.length / 2);
    const sides = { hubspot: people.slice(0, half), salesforce: people.slice(half) };
    const began = performance.now();
    const typed = await Promise.all(systems.map(async (from) => typeFor(person, from, sides[from], sizes)));
    const typedSeconds = (performance.now() - began) / 1_000;
    await sleep(1_000);
    await untilWorkedOff(worker.url, settleWithinMs);
    const { connectionString, leave } = await joinEmbedded(dataDir);
    const arrivals = await readArrivals(connectionString).finally(leave);
    return typed.flatMap((each) => {
      const to = each[0]?.to;
      return to ? figuresOf(to, sizes, latenciesOf(each, arrivals), typedSeconds) : [];
    });
  } finally {
    await worker.child.stop();
  }
};

/** The benchmark `latency`: edits on both sides at once with webhooks and the stream on, the vendors' real limits and usual latency. */
export async function* runLatency(
  say: (line: string) => void,
  sizes: LatencySizes = fullSizes,
): AsyncGenerator<Figure> {
  const source = peopleSource();
  yield* await inWorkspace(source.sandbox(sizes.people), async (workspace) => {
    await source.enter(workspace.sandbox, sizes.people);
    await runUntilIdle(workspace.sandbox, workspace.dataDir);
    say(`latency: ${sizes.perSecond} edits a second on each side for ${sizes.seconds} s`);
    return measure(workspace, sizes);
  });
}
