import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { lookOnce } from '../../src/lifecycle/run/look-pass.ts';
import { openStore } from '../../src/store/open-store.ts';
import { type Figure, makeFigure, rounded } from '../figure.ts';
import { liftLimits, type Sandbox } from '../kit/sandbox.ts';
import { percentile } from '../latency/arrivals.ts';
import { firstLooks, lifecycleOf } from './context.ts';
import { enterPeople } from './people.ts';

/** Journeys in the store in the smaller and in the larger run, and how many of them are due. */
export interface TickSizes {
  readonly journeys: readonly [number, number];
  readonly due: number;
}

const rounds = 15;
/** What a tick of the larger store may take of the smaller one's: noise, and one more level of the index. */
const timesMax = 2;

const insertSql = `insert into tandem.journeys (id, contact_id, stage, turn, state, next_at)
  select gen_random_uuid(), $1 || n, 'nurture', 1, '{"journey":{"stage":"nurture"}}',
    now() + case when n <= $3 then interval '-1 minute' else n * interval '1 second' + interval '1 day' end
  from generate_series(1, $2::int) n`;

const fill = async (connectionString: string, journeys: number, due: number): Promise<void> => {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query('truncate tandem.journeys cascade');
    await client.query(insertSql, [randomUUID(), journeys, due]);
    await client.query('analyze tandem.journeys');
  } finally {
    await client.end();
  }
};

const medianOf = async (run: () => Promise<void>): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await run();
    times.push(performance.now() - began);
  }
  return percentile(times, 50);
};

const countOf = (found: number, due: number): void => {
  if (found !== due) throw new Error(`${found} are due, and ${due} should be`);
};

/** What a tick takes with so many journeys in the store, ms: its question for those who are due, and the whole look at them in both systems. */
const measureOnce = async (
  connectionString: string,
  sandbox: Sandbox,
  contacts: readonly string[],
  journeys: number,
): Promise<{ readonly tick: number; readonly look: number }> => {
  const due = contacts.length;
  // Opening it brings the schema.
  const store = await openStore({ connectionString, onTrouble: () => undefined });
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await fill(connectionString, journeys, due);
    const tick = await medianOf(async () =>
      countOf((await store.lifecycle.dueContacts(due + 1)).length, due),
    );
    await client.query("update tandem.journeys set next_at = now() + interval '1 day' where next_at < now()");
    const context = await lifecycleOf(sandbox, store);
    await firstLooks(context, store, contacts);
    const look = await medianOf(async () => {
      await client.query(
        "update tandem.journeys set next_at = now() - interval '1 minute' where contact_id = any($1)",
        [contacts],
      );
      countOf(await lookOnce(context), due);
    });
    return { tick, look };
  } finally {
    await client.end();
    await store.close();
  }
};

/**
 * A tick over many journeys asks for the due ones alone, and looks at no others: its time with a million beside its time with some. The look is the
 * worker's own: it reads both systems, which answer at once, and saves.
 */
export const measureTick = async (
  connectionString: string,
  sandbox: Sandbox,
  sizes: TickSizes,
): Promise<readonly Figure[]> => {
  await liftLimits(sandbox);
  const contacts = await enterPeople(sandbox, sizes.due);
  const [few, many] = sizes.journeys;
  const small = await measureOnce(connectionString, sandbox, contacts, few);
  const large = await measureOnce(connectionString, sandbox, contacts, many);
  return (['tick', 'look'] as const).map((part) =>
    makeFigure({
      name: `lifecycle.${part}`,
      against: 'target',
      ours: rounded(large[part] / small[part]),
      theirs: timesMax,
      better: 'lower',
      unit: {
        tick: "× of the smaller store, time of a tick's question",
        look: '× of the smaller store, time of the look at those who are due, in both systems',
      }[part],
      detail: { journeys: sizes.journeys, due: sizes.due, ms: [rounded(small[part]), rounded(large[part])] },
    }),
  );
};
