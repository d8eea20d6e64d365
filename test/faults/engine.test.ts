import { expect, it } from 'vitest';
import { withStore } from '../store/postgres.ts';
import { runStorm } from './chaos/run.ts';

const fixture = withStore();

// A seed by name replays it; a number of storms is what the nightly script asks for.
const chosen = process.env.TANDEM_CHAOS_SEED;
const storms = Number(process.env.TANDEM_CHAOS_STORMS ?? 12);
const seeds = chosen?.split(',').map(Number) ?? Array.from({ length: storms }, (_, index) => index + 1);

it.each(seeds)(
  'after storm %i both sides say the same, nobody is there twice and no edit is lost',
  async (seed) => {
    const weather = await runStorm(fixture, seed);
    expect(weather.writes).toBeGreaterThan(0);
  },
);
