import { afterEach, expect, it } from 'vitest';
import { type Candidacy, standFor } from '../../src/store/election.ts';
import { withStore } from './postgres.ts';

const fixture = withStore();
const candidacies: Candidacy[] = [];
const troubles: unknown[] = [];

afterEach(async () => {
  await Promise.all(candidacies.splice(0).map((candidacy) => candidacy.end()));
  troubles.length = 0;
});

/** A candidate whose service lasts until its signal aborts; `terms` counts them and `atOnce` who serves now. */
const stand = (office: string, book: { serving: Set<string>; terms: string[] }, name: string): Candidacy => {
  const candidacy = standFor({
    connectionString: fixture.connectionString,
    office,
    serve: async (signal) => {
      book.serving.add(name);
      book.terms.push(name);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      book.serving.delete(name);
    },
    onTrouble: ({ error }) => troubles.push(error),
  });
  candidacies.push(candidacy);
  return candidacy;
};

const newBook = () => ({ serving: new Set<string>(), terms: [] as string[] });

it('elects one of several, and the next when it ends', async () => {
  const book = newBook();
  const all = ['a', 'b', 'c'].map((name) => ({ name, candidacy: stand('schedule', book, name) }));
  await expect.poll(() => book.serving.size).toBe(1);
  const [first] = book.terms;
  const holder = all.find(({ candidacy }) => candidacy.isElected);
  expect(holder?.name).toBe(first);
  await holder?.candidacy.end();
  await expect.poll(() => book.terms.length).toBe(2);
  expect(book.serving.size).toBe(1);
  expect(book.terms[1]).not.toBe(first);
});

it('gives different offices to different processes', async () => {
  const book = newBook();
  stand('schedule', book, 'a');
  stand('stream salesforce', book, 'b');
  await expect.poll(() => [...book.serving].sort()).toEqual(['a', 'b']);
});

it('lays the office down when its session breaks, and stands again', async () => {
  const book = newBook();
  stand('schedule', book, 'a');
  await expect.poll(() => book.terms.length).toBe(1);
  expect(await fixture.terminateSessions()).toBeGreaterThan(0);
  await expect.poll(() => book.terms.length, { timeout: 10_000 }).toBe(2);
  fixture.trouble.length = 0;
});

it('tells of a service that fails, and stands again', async () => {
  let terms = 0;
  candidacies.push(
    standFor({
      connectionString: fixture.connectionString,
      office: 'schedule',
      serve: async () => {
        terms += 1;
        throw new Error(`term ${terms}`);
      },
      onTrouble: ({ error }) => troubles.push(error),
    }),
  );
  await expect.poll(() => terms, { timeout: 10_000 }).toBeGreaterThan(1);
  expect(troubles[0]).toMatchObject({ message: 'term 1' });
});
