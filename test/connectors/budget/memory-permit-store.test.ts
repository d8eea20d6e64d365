import { makeMemoryPermitStore } from '../../../src/connectors/budget/memory-permit-store.ts';
import { type PermitStoreHarness, permitStoreContract } from './permit-store-contract.ts';
import { promiseContract } from './promise-contract.ts';

const makeHarness = async (): Promise<PermitStoreHarness> => {
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
};

permitStoreContract('in memory', makeHarness);
promiseContract('in memory', makeHarness);
