import { inMemory } from './contract-memory.ts';
import { inPostgres } from './contract-postgres.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export type { StoreUnderTest } from './store-under-test.ts';

/** Call at the top of a file: `TANDEM_STORE=memory` (a project of its own in vitest.config.ts) runs it on the store in memory. */
export const storeUnderTest = (): StoreUnderTest =>
  process.env.TANDEM_STORE === 'memory' ? inMemory() : inPostgres();
