import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

/** Tests with whole workers or many processes: they wait more than they compute, and come after the light ones, which only compute. */
const heavy = ['test/{commands,e2e,bench}/**/*.test.ts'];
/** Tests that change the process they run in: nock patches `http`, the seeded runs replace the clock. */
const alone = ['test/connectors/hubspot/{read,changes,client,write}.test.ts', 'test/faults/**/*.test.ts'];
/** What is too long for every run: `npm run test:nightly`. */
const nightly = process.env.TANDEM_NIGHTLY ? [] : ['test/**/*.nightly.test.ts'];

/** By which laws are tried. */
const setupFiles = ['test/seed.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A condition that is waited for may take longer than a second on a loaded machine.
    expect: { poll: { timeout: 10_000 } },
    slowTestThreshold: 2_000,
    // Tests above the threshold are listed with their time, so that the suite's ten minutes are not eaten unseen.
    reporters: ['default'],
    env: { TZ: 'UTC' },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'light',
          include: ['test/**/*.test.ts'],
          exclude: [...heavy, ...alone, ...nightly],
          setupFiles,
          // One process for many files: loading the clients, the grammar and the database layer for each of 250 files again was half
          // of what these tests cost.
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: alone,
          exclude: nightly,
          setupFiles,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          // What the store in memory of the seeded runs must be able to do: everything that an engine asks of its store. The other
          // files of test/store are Postgres's own matters (schema, migrations, sessions, outages, elections, scale, the embedded
          // server), the lifecycle's, and what operators and status ask; permits have a contract of their own.
          name: 'store in memory',
          include: [
            'test/store/{awaited,breakers,claim,dead-workers,followers,kept-records,live-signals,mapped-fields,settle,standing,values}.test.ts',
          ],
          env: { TANDEM_STORE: 'memory' },
          setupFiles,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'heavy',
          include: heavy,
          exclude: nightly,
          maxWorkers: 3,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
