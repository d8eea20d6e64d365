import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

const cruiseTree = async (baseDir: string, folders: string[]): Promise<ICruiseResult> => {
  const options = await extractOptions(join(root, '.dependency-cruiser.cjs'));
  const { output } = await cruise(folders, { ...options, baseDir, validate: true });
  if (typeof output === 'string') throw new Error('dependency-cruiser answered text, not a result');
  return output;
};

const sourcesIn = (...folders: string[]): string[] =>
  folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }));

describe('the rooms', () => {
  test('no import breaks a rule, and no source file was left out', async () => {
    const { summary, modules } = await cruiseTree(root, ['src', 'test']);
    expect(summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
    // With TypeScript 7 and another parser than swc, dependency-cruiser sees no module and is content.
    const cruised = new Set(modules.map(({ source }) => source));
    expect(sourcesIn('src', 'test').filter((file) => !cruised.has(file))).toEqual([]);
    // It only computes: some 2,000 files are parsed, for which a machine that runs other tests beside it takes half a minute.
  }, 120_000);

  test('every folder of src has a rule, but the commands, which wire everything', async () => {
    const { forbidden = [] } = (await extractOptions(join(root, '.dependency-cruiser.cjs'))).ruleSet ?? {};
    const named = new Set(forbidden.map(({ name }) => name));
    const rooms = readdirSync(join(root, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'commands')
      .map(({ name }) => `room-${name}`);
    expect(rooms.length).toBeGreaterThan(3);
    expect(rooms.filter((name) => !named.has(name))).toEqual([]);
  });
});

interface Plant {
  readonly rule: string;
  readonly file: string;
  readonly imports: string;
}

/** What each room may import, as docs/developers.md draws it; everything else in src is forbidden to it. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  model: [],
  mapping: ['model'],
  sync: ['model', 'mapping'],
  lifecycle: ['model', 'mapping'],
  insight: ['model', 'mapping'],
  connectors: ['model'],
  store: ['model'],
  queue: ['model'],
  server: ['model'],
  sandbox: ['model'],
  console: ['model'],
};
const everything = [...Object.keys(allowed), 'commands'];

const roomPlants = Object.entries(allowed).flatMap(([room, targets]) =>
  everything
    .filter((target) => target !== room && !targets.includes(target))
    .map((target): Plant => {
      return {
        rule: `room-${room}`,
        file: `src/${room}/to-${target}.ts`,
        imports: `../${target}/planted.ts`,
      };
    }),
);

const plants: readonly Plant[] = [
  ...roomPlants,
  { rule: 'room-server', file: 'src/server/to-compose.ts', imports: '../compose.ts' },
  { rule: 'no-cycles', file: 'src/model/cycle-a.ts', imports: './cycle-b.ts' },
  { rule: 'pure-rooms', file: 'src/sync/driver.ts', imports: 'pg' },
  { rule: 'pure-rooms', file: 'src/mapping/client.ts', imports: '@hubspot/api-client' },
  { rule: 'pure-rooms-no-io', file: 'src/sync/files.ts', imports: 'node:fs/promises' },
  { rule: 'pure-rooms-no-io', file: 'src/model/sockets.ts', imports: 'node:net' },
  {
    rule: 'vendors-apart-connectors',
    file: 'src/connectors/hubspot/peek.ts',
    imports: '../salesforce/planted.ts',
  },
  { rule: 'vendors-apart-sandbox', file: 'src/sandbox/salesforce/peek.ts', imports: '../hubspot/planted.ts' },
  { rule: 'bullmq-in-queue-only', file: 'src/store/jobs.ts', imports: 'bullmq' },
  { rule: 'bullmq-in-queue-only', file: 'src/compose.ts', imports: 'ioredis' },
  { rule: 'no-test-code-in-src', file: 'src/server/helper.ts', imports: '../../test/planted.ts' },
  { rule: 'no-dev-dependency-in-src', file: 'src/store/csv.ts', imports: 'csv-parse' },
  { rule: 'no-unresolvable', file: 'src/store/gone.ts', imports: './no-such-file.ts' },
];

/** What must stay possible: planted too, so that a rule that forbids too much is seen. */
const permitted: readonly Plant[] = [
  ...Object.entries(allowed).flatMap(([room, targets]) =>
    targets.map((target) => {
      return { rule: 'none', file: `src/${room}/may-${target}.ts`, imports: `../${target}/planted.ts` };
    }),
  ),
  ...everything.map((target) => {
    return { rule: 'none', file: `src/commands/may-${target}.ts`, imports: `../${target}/planted.ts` };
  }),
  ...everything.map((target) => {
    return { rule: 'none', file: `test/may-${target}.ts`, imports: `../src/${target}/planted.ts` };
  }),
  { rule: 'none', file: 'src/queue/jobs.ts', imports: 'bullmq' },
  { rule: 'none', file: 'src/store/driver.ts', imports: 'pg' },
  { rule: 'none', file: 'src/connectors/hubspot/base.ts', imports: '../planted.ts' },
];

describe('a planted import', () => {
  let tree: string;
  let violations: Map<string, string[]>;

  const plant = (file: string, text: string): void => {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), text);
  };

  beforeAll(async () => {
    tree = mkdtempSync(join(tmpdir(), 'tandem-rooms-'));
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
    cpSync(join(root, 'package.json'), join(tree, 'package.json'));
    const targets = [...everything, 'connectors/salesforce', 'sandbox/hubspot'].map((room) => `src/${room}`);
    for (const folder of [...targets, 'test']) plant(`${folder}/planted.ts`, 'export const planted = 1;\n');
    for (const { file, imports } of [...plants, ...permitted]) {
      plant(file, `import * as it from '${imports}';\nexport const used = it;\n`);
    }
    // The other half of the cycle: it is reported once, at the first file.
    plant('src/model/cycle-b.ts', "export * from './cycle-a.ts';\n");
    plant('src/store/type-only.ts', "export type { planted } from '../sync/planted.ts';\n");
    const { summary } = await cruiseTree(tree, ['src', 'test']);
    violations = new Map(
      [...Map.groupBy(summary.violations, ({ from }) => from)].map(([from, found]) => [
        from,
        found.map(({ rule }) => rule.name),
      ]),
    );
  });
  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  test.each([...new Set(plants.map(({ rule }) => rule))])('that breaks %s is refused', (wanted) => {
    const missed = plants.filter(
      ({ rule, file }) => rule === wanted && !violations.get(file)?.includes(wanted),
    );
    expect(missed).toEqual([]);
  });

  test('of a type alone is refused all the same', () => {
    expect(violations.get('src/store/type-only.ts') ?? []).toContain('room-store');
  });

  test('that the rooms allow is not refused', () => {
    expect(permitted.flatMap(({ file }) => (violations.has(file) ? [file] : []))).toEqual([]);
  });
});
