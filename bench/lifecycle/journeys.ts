import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { openStore } from '../../src/store/open-store.ts';
import { type Figure, makeFigure, rounded } from '../figure.ts';
import { percentile } from '../latency/arrivals.ts';

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

/** Median of a tick's question in ms, with so many journeys in the store. */
const tickMs = async (connectionString: string, journeys: number, due: number): Promise<number> => {
  // Opening it brings the schema.
  const store = await openStore({ connectionString, onTrouble: () => undefined });
  try {
    await fill(connectionString, journeys, due);
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const began = performance.now();
      const found = await store.lifecycle.dueContacts(due + 1);
      times.push(performance.now() - began);
      if (found.length !== due) throw new Error(`${found.length} are due, and ${due} should be`);
    }
    return percentile(times, 50);
  } finally {
    await store.close();
  }
};

/** A tick over many journeys asks for the due ones alone: its time with a million beside its time with some. */
export const measureTick = async (connectionString: string, sizes: TickSizes): Promise<Figure> => {
  const [few, many] = sizes.journeys;
  const fewMs = await tickMs(connectionString, few, sizes.due);
  const manyMs = await tickMs(connectionString, many, sizes.due);
  return makeFigure({
    name: 'lifecycle.tick',
    against: 'target',
    ours: rounded(manyMs / fewMs),
    theirs: timesMax,
    better: 'lower',
    unit: '× of the smaller store, time of a tick',
    detail: { journeys: sizes.journeys, due: sizes.due, ms: [rounded(fewMs), rounded(manyMs)] },
  });
};
