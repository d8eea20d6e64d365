import { setTimeout as sleep } from 'node:timers/promises';
import type { Workspace } from '../kit/workspace.ts';
import type { Peer } from './peer.ts';
import type { Tally } from './tally.ts';

/** A peer that has not come to rest by then never will. */
const restWithinMs = 180_000;

/** Runs the peer until it rests, or gives it up; answers how long it worked, from its ready line on. */
export const rest = async (peer: Peer, workspace: Workspace, tally: Tally): Promise<number> => {
  const child = peer.start(workspace);
  let beganMs = performance.now();
  const stopListening = child.onLine(({ event }) => {
    if (event === 'ready') beganMs = performance.now();
  });
  const hasRested = await child
    .line(peer.name, ({ event }) => event === 'idle', restWithinMs)
    .then(({ gaveUp }) => gaveUp !== true)
    .catch(() => false);
  const tookMs = performance.now() - beganMs;
  stopListening();
  if (!hasRested) {
    tally.gaveUp += 1;
    await child.kill();
  }
  await child.ended;
  return tookMs;
};

/** Starts the peer and kills it so long after it began to work. */
export const killAfter = async (
  peer: Peer,
  workspace: Workspace,
  afterMs: number,
  tally: Tally,
): Promise<void> => {
  const child = peer.start(workspace);
  await child.line('ready', ({ event }) => event === 'ready', restWithinMs);
  await Promise.race([sleep(afterMs), child.ended]);
  if (await child.kill()) tally.kills += 1;
};
