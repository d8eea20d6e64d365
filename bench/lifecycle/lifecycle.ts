import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { joinEmbedded } from '../../src/store/embedded/join.ts';
import { actingConfig } from '../../test/e2e/harness/lifecycle.ts';
import { type Figure, makeFigure, rounded } from '../figure.ts';
import { startLiveWorker } from '../kit/live.ts';
import { untilWorkedOff } from '../kit/metrics.ts';
import type { Sandbox } from '../kit/sandbox.ts';
import { longestRunMs } from '../kit/worker.ts';
import { inWorkspace, type Workspace } from '../kit/workspace.ts';
import { percentile } from '../latency/arrivals.ts';
import { measureTick, type TickSizes } from './journeys.ts';
import { emailOf, enterPeople, formOf } from './people.ts';
import { ownersOf, repsOf } from './reps.ts';

export interface LifecycleSizes {
  /** People who ask for a demo, one after the other. */
  readonly people: number;
  readonly perSecond: number;
  readonly tick: TickSizes;
}

/** Issue 6: 20 events a second; a timer tick over a million journeys. */
export const fullSizes: LifecycleSizes = {
  people: 1_200,
  perSecond: 20,
  tick: { journeys: [20_000, 1_000_000], due: 100 },
};

const targets = { p50: 2_000, p99: 10_000, callsPerHandOff: 4 } as const;
const settleWithinMs = 180_000;

/** One after the other asks for contact by a form, at a fixed rate whatever the answers take; answers when, by contact's email. */
const askAll = async (
  sandbox: Sandbox,
  { people, perSecond }: LifecycleSizes,
): Promise<ReadonlyMap<string, number>> => {
  const asked = new Map<string, number>();
  const calls: Promise<void>[] = [];
  const began = performance.now();
  for (let number = 0; number < people; number += 1) {
    const wait = began + (number * 1_000) / perSecond - performance.now();
    if (wait > 0) await sleep(wait);
    const email = emailOf(number);
    asked.set(email, Date.now());
    calls.push(
      sandbox.control('hubspot', '/activity', [{ email, type: 'formSubmission', form: formOf(number) }]),
    );
  }
  await Promise.all(calls);
  return asked;
};

interface HandOff {
  readonly email: string;
  readonly done: number;
}

const doneSql = `select j.state::json #>> '{contact,fields,email}' as email,
    (extract(epoch from e.done_at) * 1000)::float8 as done
  from tandem.effects e join tandem.journeys j on j.id = e.journey_id where e.kind = 'hand-off' and e.state = 'done'`;

/** When each hand-off was complete, once all of them are. */
const untilHanded = async (connectionString: string, people: number): Promise<readonly HandOff[]> => {
  const client = new Client({ connectionString });
  await client.connect();
  const deadline = performance.now() + settleWithinMs;
  try {
    for (;;) {
      const { rows } = await client.query<HandOff>(doneSql);
      if (rows.length >= people) return rows;
      if (performance.now() > deadline) throw new Error(`${rows.length} of ${people} were handed over`);
      await sleep(500);
    }
  } finally {
    await client.end();
  }
};

const callsOf = async (sandbox: Sandbox): Promise<number> => {
  const [hubspot, salesforce] = await Promise.all([sandbox.stats('hubspot'), sandbox.stats('salesforce')]);
  return hubspot.calls.byCaller.integration + salesforce.calls.byCaller.integration;
};

const handOffs = async (
  { sandbox, dataDir }: Workspace,
  config: string,
  reps: readonly string[],
  sizes: LifecycleSizes,
): Promise<readonly Figure[]> => {
  const worker = await startLiveWorker({ sandbox, dataDir }, config);
  try {
    await untilWorkedOff(worker.url, longestRunMs);
    const before = await callsOf(sandbox);
    const asked = await askAll(sandbox, sizes);
    const { connectionString, leave } = await joinEmbedded(dataDir);
    const handed = await untilHanded(connectionString, sizes.people).finally(leave);
    const calls = (await callsOf(sandbox)) - before;
    const owners = await ownersOf(sandbox, reps);
    const took = handed.map(({ email, done }) => done - (asked.get(email) ?? Number.NaN));
    const detail = {
      handOffs: handed.length,
      perSecond: sizes.perSecond,
      p90: Math.round(percentile(took, 90)),
      max: Math.round(Math.max(...took)),
      reps: owners,
    };
    const lower = { against: 'target', better: 'lower' } as const;
    const unit = 'ms from the form to the hand-off complete in both systems';
    return [
      makeFigure({
        ...lower,
        name: 'lifecycle.p50',
        ours: Math.round(percentile(took, 50)),
        theirs: targets.p50,
        unit,
        detail,
      }),
      makeFigure({
        ...lower,
        name: 'lifecycle.p99',
        ours: Math.round(percentile(took, 99)),
        theirs: targets.p99,
        unit,
        detail,
      }),
      makeFigure({
        ...lower,
        name: 'lifecycle.calls',
        ours: rounded(calls / handed.length),
        theirs: targets.callsPerHandOff,
        unit: 'calls to both systems for each hand-off, polls and looks among them',
        detail: { calls, handOffs: handed.length },
      }),
    ];
  } finally {
    await worker.child.stop();
  }
};

/** The benchmark `lifecycle`: from a form to a complete hand-off at a steady rate, with live signals, real limits and usual latency; and a timer tick. */
export async function* runLifecycle(
  say: (line: string) => void,
  sizes: LifecycleSizes = fullSizes,
): AsyncGenerator<Figure> {
  yield* await inWorkspace({ contacts: 0, leads: 0 }, async (workspace) => {
    const reps = await repsOf(workspace.sandbox);
    say(
      `lifecycle: ${sizes.people} people ask for contact, ${sizes.perSecond} a second; ${reps.length} reps take turns`,
    );
    await enterPeople(workspace.sandbox, sizes.people);
    const config = await actingConfig(`${workspace.dataDir}/config`, reps);
    return handOffs(workspace, config, reps, sizes);
  });
  say(`lifecycle: a tick over ${sizes.tick.journeys[1]} journeys`);
  yield* await inWorkspace({ contacts: 0, leads: 0 }, async ({ sandbox, dataDir }) => {
    const { connectionString, leave } = await joinEmbedded(dataDir);
    return measureTick(connectionString, sandbox, sizes.tick).finally(leave);
  });
}
