import { makeMemoryPermitStore } from '../../../src/connectors/budget/memory-permit-store.ts';
import { permitStoreContract } from './permit-store-contract.ts';

permitStoreContract('in memory', async () => {
  let now = 1_700_000_000_000;
  return {
    store: makeMemoryPermitStore(() => now),
    advance: async (ms) => {
      now += ms;
    },
    now: () => now,
    toleranceMs: 0,
    close: async () => undefined,
  };
});
