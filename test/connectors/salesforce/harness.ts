import { makeGate } from '../../../src/connectors/budget/make-gate.ts';
import { makeMemoryPermitStore } from '../../../src/connectors/budget/memory-permit-store.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import {
  makeSalesforceConnector,
  type SalesforceOptions,
} from '../../../src/connectors/salesforce/connector.ts';
import { isDailyLimit } from '../../../src/connectors/salesforce/vendor-error.ts';
import type { CallContext } from '../../../src/model/budget.ts';
import { CallFailed, type Failure } from '../../../src/model/failure.ts';
import type { FakeSalesforce } from './fake-salesforce.ts';

export const reading: CallContext = { class: 'live', purpose: 'read' };
export const writing: CallContext = { class: 'live', purpose: 'write' };

export const clientCredentials = {
  kind: 'client-credentials',
  clientId: 'the-client-id',
  clientSecret: 'the-client-secret',
} as const;

/** The real gate over permits in memory, wide open. */
export const openGate = (requestTimeoutMs = 5_000) =>
  makeGate({
    system: 'salesforce',
    store: makeMemoryPermitStore(Date.now),
    limits: { standard: { calls: 25, windowMs: 0 }, search: { calls: 25, windowMs: 0 } },
    dailyShare: 1,
    concernsAllLanes: isDailyLimit,
    onStoreError: (error) => {
      throw error;
    },
    requestTimeoutMs,
  });

export const connectorTo = (
  fake: Pick<FakeSalesforce, 'url'>,
  overrides: Partial<SalesforceOptions> = {},
): Connector =>
  makeSalesforceConnector({
    loginUrl: fake.url,
    auth: clientCredentials,
    gate: openGate(),
    retryDelayFactor: 0.001,
    ...overrides,
  });

/** The failure that the call ends with; fails the test where it does not fail. */
export const failureOf = async (call: Promise<unknown>): Promise<Failure> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof CallFailed) return error.failure;
    throw error;
  }
  throw new Error('the call was expected to fail');
};

/** An id of a type with that number, in its 18-character form. */
export { toId18 } from '../../../src/model/salesforce-id.ts';
