import type { RxCollection, RxReplicationWriteToMasterRow, WithDeleted } from 'rxdb';
import { type RxReplicationState, replicateRxCollection } from 'rxdb/plugins/replication';
import type { System } from '../../src/model/system.ts';
import { differingFields, peerFields } from './fields.ts';
import { documentOf, type PersonDocument } from './rxdb-people.ts';
import { newestOf, type PeerWrite, type Side } from './side.ts';

/** RxDB waits so long after a failure; its default are 5 s, which would only make a run longer. */
const retryTimeMs = 500;
/** HubSpot's largest batch. */
const pushBatchSize = 100;
/** The handler turns the pages itself, and answers all of them at once: more than there are people. */
const pullBatchSize = 100_000;

/** How far a side has been seen, by its own stamp. */
interface Checkpoint {
  readonly since: number;
}

type Row = RxReplicationWriteToMasterRow<PersonDocument>;
type Pushed = WithDeleted<PersonDocument>;

/**
 * RxDB's contract of push: what is on the side is read; where it is not what RxDB took it for, it is answered as a conflict and nothing is
 * written. Who is not there is made; who is there as they should be (a write whose answer was lost) is left.
 */
const push = async (side: Side, rows: readonly Row[]): Promise<Pushed[]> => {
  const there = await side.byEmail(rows.map(({ newDocumentState }) => newDocumentState.email));
  const conflicts: Pushed[] = [];
  const writes: PeerWrite[] = [];
  for (const { newDocumentState: wanted, assumedMasterState: assumed } of rows) {
    const { email } = wanted;
    const record = there.get(email);
    if (!record) writes.push({ id: null, email, values: wanted, fields: peerFields });
    else {
      const fields = differingFields(wanted, record.values);
      if (fields.length === 0) continue;
      if (assumed && differingFields(assumed, record.values).length === 0)
        writes.push({ id: record.id, email, values: wanted, fields });
      else conflicts.push({ ...documentOf(record), _deleted: false });
    }
  }
  await side.write(writes);
  return conflicts;
};

/** One system's replication with the collection; it goes on until it is cancelled, and looks again when it is told to. */
export const replicateSide = (
  system: System,
  side: Side,
  people: RxCollection<PersonDocument>,
): RxReplicationState<PersonDocument, Checkpoint> =>
  replicateRxCollection<PersonDocument, Checkpoint>({
    replicationIdentifier: system,
    collection: people,
    live: true,
    waitForLeadership: false,
    retryTime: retryTimeMs,
    pull: {
      batchSize: pullBatchSize,
      handler: async (last) => {
        const since = last?.since ?? 0;
        const changed = await side.changedSince(since);
        const documents = changed.map((record) => ({ ...documentOf(record), _deleted: false }));
        return { documents, checkpoint: { since: newestOf(changed, since) } };
      },
    },
    push: { batchSize: pushBatchSize, handler: async (rows) => push(side, rows) },
  });
