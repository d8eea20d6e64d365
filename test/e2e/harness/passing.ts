import type { Client } from 'pg';
import { expect } from 'vitest';
import { until } from './until.ts';

/** What is a time in a stored journey or clock: milliseconds of this century. */
const aTime = "jsonb_typeof(value) = 'number' and (value #>> '{}')::float8 > 1e12";

const journeyOf = async (store: Client, contact: string): Promise<string> => {
  const { rows } = await store.query<{ id: string }>('select id from tandem.journeys where contact_id = $1', [
    contact,
  ]);
  return rows[0]?.id ?? '';
};

/**
 * Lets so many milliseconds go by for a contact: everything that is remembered of their way and their clocks happened so much earlier, and what
 * was to come, the date that a rep has set among it, is so much nearer. What happens then is the worker's own doing.
 */
export const letPass = async (store: Client, contact: string, ms: number): Promise<void> => {
  const journey = await journeyOf(store, contact);
  // An order that is under way would write the journey that it has read: it begins its clocks once more with each step.
  await until('nothing to be under way', async () => {
    const { rows } = await store.query(
      "select key from tandem.effects where journey_id = $1 and state = 'open'",
      [journey],
    );
    expect(rows).toEqual([]);
    return true;
  });
  const earlier = (json: string): string =>
    `(${json} || coalesce((select jsonb_object_agg(key, (value #>> '{}')::float8 - $2) from jsonb_each(${json}) where ${aTime}), '{}'))`;
  const { rowCount } = await store.query(
    `update tandem.journeys set next_at = now(), version = version + 1,
       state = jsonb_set(state::jsonb, '{journey}', ${earlier("(state::jsonb -> 'journey')")})::json
     where id = $1`,
    [journey, ms],
  );
  expect(rowCount).toBe(1);
  await store.query(
    `update tandem.clocks set clock = ${earlier('clock::jsonb')}::json where journey_id = $1 and done_at is null`,
    [journey, ms],
  );
};
