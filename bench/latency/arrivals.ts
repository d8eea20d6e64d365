import { Client } from 'pg';
import { type System, systems } from '../../src/model/system.ts';

/** An edit as it was typed: the record on the other side whose title it must become, and when the call was sent. */
export interface Typed {
  readonly to: System;
  readonly targetId: string;
  readonly sentAtMs: number;
  /** Higher for a later edit of the same record. */
  readonly number: number;
}

interface Arrival {
  readonly number: number;
  readonly atMs: number;
}

/** The number that an edit's title carries, so that the ledger tells which edit a write was. */
export const titleOf = (number: number): string => `Edit ${number} of the latency run`;
const numberIn = (title: string): number | null => {
  const found = /^Edit (\d+) of the latency run$/.exec(title);
  return found?.[1] === undefined ? null : Number(found[1]);
};

const keyOf = (system: System, id: string): string => `${system} ${id}`;

/** Every title of the run that the ledger says was written, by target record; its time is the settlement's, after the vendor's answer. */
export const readArrivals = async (
  connectionString: string,
): Promise<ReadonlyMap<string, readonly Arrival[]>> => {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ system: string; id: string; title: string | null; at: number }>(
      `select system, record_id as id, to_value #>> '{}' as title, (extract(epoch from at) * 1000)::float8 as at
       from tandem.ledger where event = 'write' and to_value #>> '{}' like 'Edit % of the latency run'`,
    );
    const arrivals = new Map<string, Arrival[]>();
    for (const { system, id, title, at } of rows) {
      const to = systems.find((each) => each === system);
      const number = title === null ? null : numberIn(title);
      if (to === undefined || number === null) continue;
      const key = keyOf(to, id);
      arrivals.set(key, [...(arrivals.get(key) ?? []), { number, atMs: at }]);
    }
    return arrivals;
  } finally {
    await client.end();
  }
};

/**
 * How long each edit took until its value, or a later one of the same record, was at the other side; null for one that never came.
 */
export const latenciesOf = (
  typed: readonly Typed[],
  arrivals: ReadonlyMap<string, readonly Arrival[]>,
): readonly (number | null)[] =>
  typed.map(({ to, targetId, number, sentAtMs }) => {
    const times = (arrivals.get(keyOf(to, targetId)) ?? [])
      .filter((arrival) => arrival.number >= number)
      .map(({ atMs }) => atMs - sentAtMs);
    return times.length === 0 ? null : Math.min(...times);
  });

/** The value below which so many of 100 lie, by the nearest rank. */
export const percentile = (values: readonly number[], percent: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
};
