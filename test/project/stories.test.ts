import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const tests = resolve(import.meta.dirname, '..');

/** Where stories run whole workers against both simulators, through the real clients. */
const rooms = ['e2e', 'commands'] as const;

/** What the engine promises, part by part: each has a story that begins with its name. */
const parts = [
  'Objects',
  'Identity',
  'Life events',
  'Merge, completely',
  'Signals',
  'Scope and consent',
  'Budget',
  'Failures',
  'A fleet',
  'Commands',
] as const;

/** The names of all stories, with their files. A name stands where the story begins: in the text of its `describe`. */
const stories = rooms.flatMap((room) =>
  readdirSync(join(tests, room))
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(tests, room, file), 'utf8');
      // A story works through `Stage`: everything else is no whole worker.
      if (!text.includes('harness/stage.ts')) return [];
      return [...text.matchAll(/\bdescribe[^'"`]*(?:\('[^']*'\)\))?\(?\s*['"`]([A-Z][^'"`]*?): /g)].map(
        ([, part = '']) => ({
          part,
          file: `${room}/${file}`,
        }),
      );
    }),
);

test.each(parts)('%s has a story of its own through the real clients', (name) => {
  expect(stories.filter(({ part }) => part === name).map(({ file }) => file)).not.toEqual([]);
});

test('a story names a part that there is', () => {
  expect(stories.filter(({ part }) => !parts.some((name) => name === part))).toEqual([]);
});
