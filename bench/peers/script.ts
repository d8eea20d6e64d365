import { openHubSpot } from './hubspot-side.ts';
import { openSalesforce } from './salesforce-side.ts';
import { readInput } from './script-input.ts';
import type { Side } from './side.ts';

const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

export interface Sides {
  readonly hubspot: Side;
  readonly salesforce: Side;
}

/**
 * A peer's process, with the words of `tandem run --until-idle`: `ready` when it begins, `idle` when nothing is left to do or it gave
 * up, and ends. `work` answers whether it came to an end.
 */
export const runScript = async (work: (sides: Sides, dataDir: string) => Promise<boolean>): Promise<void> => {
  const { access, dataDir } = readInput();
  const sides = { hubspot: openHubSpot(access), salesforce: await openSalesforce(access) };
  say({ event: 'ready' });
  say({ event: 'idle', gaveUp: !(await work(sides, dataDir)) });
  process.exit(0);
};
