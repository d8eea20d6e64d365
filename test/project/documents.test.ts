import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const documents = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: root })];
const sources = globSync('src/**/*.ts', { cwd: root }).filter(
  (file) => !file.startsWith('src/sandbox/') && !file.startsWith('src/commands/start/'),
);

/** A heading's anchor as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const headingsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** Relative links that lead nowhere, as `document: link`. */
const deadLinks = (document: string): readonly string[] =>
  [...read(document).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? join(root, document) : resolve(root, dirname(document), path);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !headingsOf(target).includes(anchor);
    })
    .map((link) => `${document}: ${link}`);

const cells = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, cell = '']) => cell);

describe('the documents', () => {
  test('have links that lead somewhere', () => {
    expect(documents.length).toBeGreaterThan(15);
    expect(documents.flatMap(deadLinks)).toEqual([]);
  });

  test('name npm scripts that exist', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('package.json')));
    const named = documents.flatMap((document) =>
      cells(read(document), /npm (?:run )?(start|test|(?<=run )[a-z][a-z:-]*)/g),
    );
    expect(named).toContain('start');
    expect([...new Set(named)].filter((name) => !(name in scripts))).toEqual([]);
  });

  test('name commands and options of bin/tandem that exist', { timeout: 120_000 }, () => {
    const help = (...args: string[]): string =>
      execFileSync(join(root, 'bin/tandem'), [...args, '--help'], { encoding: 'utf8' });
    const commands = cells(help(), /^ {2}([a-z]+) \[options\]/gm);
    const options = new Map(commands.map((name) => [name, cells(help(name), /(--[a-z-]+)/g)]));
    const uses = ['README.md', ...documents.filter((document) => document.startsWith('docs/'))].flatMap(
      (document) => [...read(document).matchAll(/bin\/tandem ([a-z]+)([^`\n|]*)/g)],
    );
    expect(uses.length).toBeGreaterThan(10);
    const wrong = uses.flatMap(([, name = '', rest = '']) => {
      const known = options.get(name);
      if (known === undefined) return [name];
      return cells(rest, /(--[a-z-]+)/g)
        .filter((option) => !known.includes(option))
        .map((option) => `${name} ${option}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('the runbook', () => {
  const runbook = read('docs/oncall.md');
  const section = (title: string): string => runbook.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

  test('lists every event that the worker logs, and no other', () => {
    const logged = sources.flatMap((file) => {
      const text = read(file);
      return [
        ...cells(text, /events\.emit\(\s*'([a-z-]+)'/g),
        ...cells(text, /log\.(?:debug|info|warn|error)\(\s*\{\s*event: '([a-z-]+)'/g),
        ...(file.endsWith('idle-line.ts') ? cells(text, /event: '([a-z-]+)'/g) : []),
      ];
    });
    expect(logged.length).toBeGreaterThan(15);
    const listed = cells(section('The log'), /^\| `([a-z-]+)` \|/gm);
    expect([...listed].sort()).toEqual([...new Set(logged)].sort());
  });

  test('lists every metric, and no other', () => {
    const source = sources.map(read).join('\n');
    const made = [
      ...cells(source, /gauge\(\s*'([a-z_]+)'/g).map((name) => `tandem_${name}`),
      ...cells(source, /name: '(tandem_[a-z_]+)'/g),
    ];
    expect(made.length).toBeGreaterThan(8);
    expect([...cells(section('Health and metrics'), /^\| `(tandem_[a-z_]+)` \|/gm)].sort()).toEqual(
      made.sort(),
    );
  });

  test('explains every category of failure', () => {
    const categories = cells(
      /failureCategories = \[(.+?)\]/s.exec(read('src/model/failure.ts'))?.[1] ?? '',
      /'([a-z]+)'/g,
    );
    const listed = cells(section('Problems: cause, fault, what to press'), /^\| `([a-z]+)` \|/gm);
    expect([...listed].sort()).toEqual([...categories].sort());
  });
});

describe('the page for developers', () => {
  test('names files and folders that are there', () => {
    const way = read('docs/developers.md').split('\n## The way of a change\n')[1]?.split('\n## ')[0] ?? '';
    const named = cells(way, /`([a-z-]+\/[a-z/*.-]+)`/g);
    expect(named.length).toBeGreaterThan(20);
    const missing = named.filter((name) => globSync(name, { cwd: join(root, 'src') }).length === 0);
    expect(missing).toEqual([]);
  });
});
