import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { eventKinds, reasons } from '../../src/lifecycle/stage/facts.ts';
import { invariants } from '../../src/lifecycle/stage/invariants.ts';
import { placeKinds } from '../../src/lifecycle/stage/journey.ts';
import { stages } from '../../src/lifecycle/stage/stages.ts';

const read = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), 'utf8');

it('the page for developers lists every invariant by its number, and no other', () => {
  const section = read('developers/lifecycle.md').split('### Invariants')[1]?.split('###')[0] ?? '';
  const listed = [...section.matchAll(/^(\d+)\. (.+)$/gm)].map(([, number, name]) => `${number} ${name}`);
  expect(listed).toEqual(Object.keys(invariants));
});

it('the page for developers counts stages and events right', () => {
  expect(read('developers/lifecycle.md')).toContain(
    `each of ${stages.length} stages and ${eventKinds.length} events`,
  );
});

it('the page for admins names every stage and place, and the list of reasons is in the file', () => {
  const page = read('admins/lifecycle.md');
  for (const name of [...stages, ...placeKinds]) expect(page).toContain(name);
  expect(reasons.length).toBe(16);
});
