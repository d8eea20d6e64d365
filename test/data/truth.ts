import { createWriteStream, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { expectations } from './person.ts';

const truthPerson = z.object({
  person: z.string(),
  /** The id of the record that the loader entered there; null where the person did not begin there. */
  hubspot: z.string().nullable(),
  salesforce: z.string().nullable(),
  expect: z.enum(expectations),
  why: z.string(),
  email: z.string(),
});
export type TruthPerson = z.infer<typeof truthPerson>;

const truthShape = z.object({
  people: z.array(truthPerson),
  /** Pairs of people who must never be taken for one another. */
  apart: z.array(z.tuple([z.string(), z.string()])),
});
export type Truth = z.infer<typeof truthShape>;

/** What one chunk of loading adds to the truth. */
export interface TruthChunk {
  readonly people: readonly TruthPerson[];
  readonly apart: Truth['apart'];
}

export const truthFile = (dir: string): string => join(dir, 'truth.json');

/** Reads and checks `truth.json` of a folder. */
export const readTruth = (dir: string): Truth =>
  truthShape.parse(JSON.parse(readFileSync(truthFile(dir), 'utf8')));

/** Gathers the whole truth in memory (about 40 MB for 100,000 people). */
export const collectTruth = async (chunks: AsyncIterable<TruthChunk>): Promise<Truth> => {
  const truth: Truth = { people: [], apart: [] };
  for await (const chunk of chunks) {
    truth.people.push(...chunk.people);
    truth.apart.push(...chunk.apart);
  }
  return truth;
};

async function* asJson(chunks: AsyncIterable<TruthChunk>): AsyncGenerator<string> {
  const apart: Truth['apart'] = [];
  let separator = '';
  yield '{"people":[';
  for await (const chunk of chunks) {
    apart.push(...chunk.apart);
    for (const person of chunk.people) {
      yield `${separator}\n${JSON.stringify(person)}`;
      separator = ',';
    }
  }
  yield `\n],"apart":[\n${apart.map((pair) => JSON.stringify(pair)).join(',\n')}\n]}\n`;
}

/** Writes `truth.json` into the folder (made where needed) while the people are still being loaded; holds one chunk in memory. */
export const writeTruth = async (dir: string, chunks: AsyncIterable<TruthChunk>): Promise<void> => {
  await mkdir(dir, { recursive: true });
  await pipeline(Readable.from(asJson(chunks)), createWriteStream(truthFile(dir)));
};
