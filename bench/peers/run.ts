import { systems } from '../../src/model/system.ts';
import { callsBetween } from '../kit/calls.ts';
import { peopleSource } from '../kit/people.ts';
import { untilVisible } from '../kit/person.ts';
import { inWorkspace } from '../kit/workspace.ts';
import { act } from './act.ts';
import { killAfter, rest } from './lives.ts';
import type { Peer } from './peer.ts';
import { type Stage, type StageSizes, setStage } from './stage.ts';
import {
  addCalls,
  arrived,
  type Both,
  type Corrected,
  count,
  emptyTally,
  readBoth,
  type Tally,
} from './tally.ts';
import { makeSeedTrace, type Part } from './trace.ts';

export interface PeersSizes extends StageSizes {
  readonly seeds: number;
  /** Sandboxes of each peer; the seeds are dealt out among them, since a worker waits more than it works. */
  readonly lanes: number;
}

const path = '/objects/|/sobjects|/query|/composite';
/**
 * Of the integration's calls: answers that say nothing, connections that are cut before the request is taken, and after it was carried
 * out, which is when nobody can know.
 */
const faults = [
  { match: { caller: 'integration', path }, effect: { status: 503, probability: 0.04 } },
  { match: { caller: 'integration', path }, effect: { drop: 'before', probability: 0.02 } },
  { match: { caller: 'integration', path }, effect: { drop: 'after', probability: 0.02 } },
];

/** One peer's doings over all seeds; without kills, and with them. */
export interface PeerResult {
  readonly calm: Tally;
  readonly rough: Tally;
}

/** One peer on one sandbox, from seed to seed. */
class Course {
  readonly #peer: Peer;
  readonly #stage: Stage;
  readonly #result: PeerResult;
  /** Newcomers of earlier parts, who are on both sides and whose address may be put right. */
  readonly #settled: Corrected[] = [];
  #last: Both;

  constructor(peer: Peer, stage: Stage, result: PeerResult) {
    this.#peer = peer;
    this.#stage = stage;
    this.#result = result;
    this.#last = stage.beginning;
  }

  async run(seed: number): Promise<void> {
    const { calm, rough, kills } = makeSeedTrace(this.#stage.people, seed);
    let workedMs = 0;
    await this.#play([calm], this.#result.calm, async () => {
      await untilVisible();
      workedMs = await rest(this.#peer, this.#stage.workspace, this.#result.calm);
    });
    await this.#play(rough, this.#result.rough, async (at) => {
      // Whatever search does not show yet is seen by one of the next runs.
      await killAfter(this.#peer, this.#stage.workspace, (kills[at] ?? 0) * workedMs, this.#result.rough);
      if (at === 0) return;
      await untilVisible();
      await rest(this.#peer, this.#stage.workspace, this.#result.rough);
    });
  }

  async #play(
    parts: readonly Part[],
    tally: Tally,
    work: (afterPart: number) => Promise<void>,
  ): Promise<void> {
    const { sandbox } = this.#stage.workspace;
    const corrected: (Corrected | undefined)[] = [];
    const calls = await this.#calls();
    for (const [at, part] of parts.entries()) {
      corrected.push(this.#settled.shift());
      await act(this.#stage.person, part, corrected[at]?.ids);
      for (const system of systems) await sandbox.control(system, '/faults', faults);
      await work(at);
      for (const system of systems) await sandbox.control(system, '/faults', []);
    }
    const after = await this.#calls();
    for (const system of systems) addCalls(tally, callsBetween(system, calls[system], after[system]).byKind);
    const both = await readBoth(this.#stage.workspace);
    count(tally, this.#last, both, parts, corrected);
    for (const newcomer of parts.flatMap((part) => part.newcomers)) {
      const ids = arrived(both, newcomer);
      if (ids) this.#settled.push({ ids, before: newcomer.email });
    }
    this.#last = both;
  }

  async #calls() {
    const { sandbox } = this.#stage.workspace;
    return { hubspot: await sandbox.stats('hubspot'), salesforce: await sandbox.stats('salesforce') };
  }
}

/** One peer, all seeds. */
export const runPeer = async (
  peer: Peer,
  sizes: PeersSizes,
  say: (line: string) => void,
): Promise<PeerResult> => {
  const result: PeerResult = { calm: emptyTally(), rough: emptyTally() };
  let seed = 0;
  const runLane = async (isSet: () => void): Promise<void> =>
    inWorkspace(peopleSource().sandbox(sizes.people), async (workspace) => {
      const course = new Course(peer, await setStage(peer, workspace, sizes), result);
      isSet();
      while (seed < sizes.seeds) {
        seed += 1;
        if (seed % 10 === 0) say(`peers: ${peer.name} is at seed ${seed} of ${sizes.seeds}`);
        await course.run(seed);
      }
    });
  const lanes: Promise<void>[] = [];
  while (lanes.length < sizes.lanes && seed < sizes.seeds) {
    const { promise, resolve } = Promise.withResolvers<void>();
    lanes.push(runLane(resolve));
    // One after another: as many databases that are made at once are too much for a small machine.
    await Promise.race([promise, ...lanes]);
  }
  await Promise.all(lanes);
  return result;
};
