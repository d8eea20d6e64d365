import { TandemChild } from '../kit/child.ts';
import { startUntilIdle } from '../kit/worker.ts';
import type { Workspace } from '../kit/workspace.ts';
import { scriptArguments } from './script-input.ts';

/** Who keeps two systems equal, as a process of its own: it prints `ready` when it begins, `idle` when nothing is left, and ends. */
export interface Peer {
  readonly name: string;
  /** Its name in the names of figures. */
  readonly slug: string;
  start(workspace: Workspace): TandemChild;
}

const scriptPeer = (name: string, slug: string, file: string): Peer => ({
  name,
  slug,
  start: ({ sandbox, dataDir }) =>
    new TandemChild(
      [`bench/peers/${file}`, ...scriptArguments({ access: sandbox.access, dataDir })],
      {},
      'tandem-node',
    ),
});

export const tandem: Peer = { name: 'Tandem', slug: 'tandem', start: startUntilIdle };
/** A plain worker on the same libraries: newest record wins, the clients' own retries. */
export const plain = scriptPeer('newest record wins', 'newest-wins', 'newest-wins.ts');
/** RxDB's replication with both systems, its default conflict handler. */
export const rxdb = scriptPeer('RxDB', 'rxdb', 'rxdb-script.ts');
