import { defineConfig } from 'vitest/config';

/** Tests with whole workers or many processes: they wait more than they compute, after the others, which compute more than they wait. */
const heavy = ['test/{commands,e2e,bench}/**/*.test.ts'];
/** What is too long for every run: `npm run test:nightly`. */
const nightly = process.env.TANDEM_NIGHTLY ? [] : ['test/**/*.nightly.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    // Nothing a test does leaves its process, so that its timers and sockets cannot leak into the next file.
    isolate: true,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A condition that is waited for may take longer than a second on a loaded machine.
    expect: { poll: { timeout: 10_000 } },
    slowTestThreshold: 2_000,
    // Tests above the threshold are listed with their time, so that the suite's ten minutes are not eaten unseen.
    reporters: ['default'],
    env: { TZ: 'UTC' },
    projects: [
      {
        extends: true,
        test: {
          name: 'light',
          include: ['test/**/*.test.ts'],
          exclude: [...heavy, ...nightly],
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          // What the store in memory of the seeded runs must be able to do.
          name: 'store in memory',
          include: ['test/store/{claim,followers,settle}.test.ts'],
          env: { TANDEM_STORE: 'memory' },
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
