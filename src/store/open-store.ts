import type { PermitStore } from '../model/budget.ts';
import { PostgresEngineStore } from './engine-store.ts';
import { explainStoreError } from './errors.ts';
import { EventUseStore } from './event-use.ts';
import { PostgresLifecycleStore } from './lifecycle/lifecycle-store.ts';
import { PostgresLiveStore } from './live-signals.ts';
import { migrate } from './migrate.ts';
import { makeOperatorStore, type OperatorStore } from './operator/operator-store.ts';
import { makePostgresPermitStore } from './permits.ts';
import { makeDb } from './pool.ts';
import { makeStatusQueries, type StatusQueries } from './status/queries.ts';
import { type RegisteredWorker, registerWorker, type WorkerRequest } from './workers.ts';

export interface StoreOptions {
  readonly connectionString: string;
  /** Told of broken connections and of what the database refuses although it should not. Logs; must not throw. */
  readonly onTrouble: (trouble: { readonly what: string; readonly error: unknown }) => void;
  readonly connectionsMax?: number;
  /** Only a store that is there already is opened; none is made. */
  readonly mustExist?: boolean;
}

/** The store of one process. */
export interface Store {
  readonly engine: PostgresEngineStore;
  readonly budget: PermitStore;
  readonly live: PostgresLiveStore;
  readonly events: EventUseStore;
  readonly status: StatusQueries;
  readonly operator: OperatorStore;
  readonly lifecycle: PostgresLifecycleStore;
  registerWorker(request: WorkerRequest): Promise<RegisteredWorker>;
  /** Waits for the queries under way, then closes the connections. */
  close(): Promise<void>;
}

const connectionsMax = 8;
const budgetConnectionsMax = 4;

/**
 * Connects and brings the schema up to date.
 *
 * @throws UnreachableError when the database cannot be reached; UsageError when its schema is newer than this version, or when
 * it must exist and does not.
 */
export const openStore = async (options: StoreOptions): Promise<Store> => {
  const { connectionString, onTrouble } = options;
  const db = makeDb({
    connectionString,
    applicationName: `tandem ${process.pid}`,
    connectionsMax: options.connectionsMax ?? connectionsMax,
    isDurable: true,
    onConnectionError: (error) => onTrouble({ what: 'connection to the store', error }),
  });
  const budgetDb = makeDb({
    connectionString,
    applicationName: `tandem budget ${process.pid}`,
    connectionsMax: budgetConnectionsMax,
    isDurable: false,
    onConnectionError: (error) => onTrouble({ what: 'connection to the budget', error }),
  });
  const close = async (): Promise<void> => {
    await Promise.all([db.destroy(), budgetDb.destroy()]);
  };
  try {
    await migrate(db, options.mustExist);
  } catch (error) {
    await close();
    throw explainStoreError(error);
  }
  return {
    engine: new PostgresEngineStore(db, (unit, error) => onTrouble({ what: `settlement of ${unit}`, error })),
    budget: makePostgresPermitStore(budgetDb),
    live: new PostgresLiveStore(db),
    events: new EventUseStore(db),
    status: makeStatusQueries(db),
    operator: makeOperatorStore(db),
    lifecycle: new PostgresLifecycleStore(db),
    registerWorker: (request) => registerWorker(connectionString, request),
    close,
  };
};
