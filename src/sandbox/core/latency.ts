import type { Random } from './random.ts';

export interface LatencySettings {
  readonly ms: number;
  readonly jitterMs: number;
}

/** Draws how long each call takes on the way, in and out together: `ms` ± `jitterMs`, evenly spread, never below 0. */
export class Latency {
  settings: LatencySettings;
  readonly #random: Random;

  constructor(settings: LatencySettings, random: Random) {
    this.settings = settings;
    this.#random = random;
  }

  draw(): number {
    const { ms, jitterMs } = this.settings;
    return Math.max(0, ms + (this.#random.next() * 2 - 1) * jitterMs);
  }
}
