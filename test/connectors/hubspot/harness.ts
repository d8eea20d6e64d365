import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Gate } from '../../../src/connectors/budget/gate.ts';
import { makeGate } from '../../../src/connectors/budget/make-gate.ts';
import { makeMemoryPermitStore } from '../../../src/connectors/budget/memory-permit-store.ts';
import { makeHubSpotConnector } from '../../../src/connectors/hubspot/connector.ts';
import { concernsAllLanes } from '../../../src/connectors/hubspot/errors.ts';
import type { CallContext } from '../../../src/model/budget.ts';

export const host = 'http://hubspot.test';
export const token = 'pat-na1-secret-token';
export const reading: CallContext = { class: 'live', purpose: 'read' };
export const writing: CallContext = { class: 'live', purpose: 'write' };

/** A gate with room for any test; pauses are slept through at once, so that no test waits for a vendor. */
export const makeTestGate = (requestTimeoutMs = 5_000): Gate & { readonly pauses: readonly string[] } => {
  let offset = 0;
  const clock = (): number => Date.now() + offset;
  const pauses: string[] = [];
  const memory = makeMemoryPermitStore(clock);
  const gate = makeGate({
    system: 'hubspot',
    store: {
      ...memory,
      pause: async (system, lane, waitMs, cause) => {
        pauses.push(`${lane} ${waitMs} ${cause}`);
        await memory.pause(system, lane, waitMs, cause);
      },
    },
    limits: { standard: { calls: 1_000, windowMs: 10 }, search: { calls: 1_000, windowMs: 10 } },
    dailyShare: 1,
    concernsAllLanes,
    onStoreError: (error) => {
      throw error;
    },
    requestTimeoutMs,
    clock,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      offset += ms;
    },
  });
  return Object.assign(gate, { pauses });
};

export const makeTestConnector = (baseUrl = host, gate: Gate = makeTestGate()) =>
  makeHubSpotConnector({ baseUrl, accessToken: token, gate, appId: '4711', retryDelayFactor: 0.01 });

/** Every request of a file's tests is answered by nock, and every answer that was laid out must have been asked for. */
export const withNock = (): void => {
  beforeAll(() => nock.disableNetConnect());
  afterEach(() => {
    const unused = nock.pendingMocks();
    nock.cleanAll();
    expect(unused).toEqual([]);
  });
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });
};

export const contacts = (rest: string): string => `/crm/v3/objects/contacts${rest}`;

const instant = '2026-11-24T10:00:00.000Z';
export const stamp = Date.parse(instant);

/** A record as HubSpot gives it. */
export const makeRecord = (
  id: string,
  properties: Record<string, string | null> = {},
  more: object = {},
) => ({
  id,
  properties: { hs_object_id: id, createdate: instant, lastmodifieddate: instant, ...properties },
  createdAt: instant,
  updatedAt: instant,
  archived: false,
  ...more,
});

export const complete = (results: readonly object[], errors?: readonly object[]) => ({
  status: 'COMPLETE',
  results,
  startedAt: instant,
  completedAt: instant,
  ...(errors === undefined ? {} : { numErrors: errors.length, errors }),
});

export const notFound = (ids: readonly string[], context: object = {}) => ({
  status: 'error',
  category: 'OBJECT_NOT_FOUND',
  message: 'Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.',
  context: { ids, ...context },
});

/** A VALIDATION_ERROR in HubSpot's words, which quote the value. */
export const invalid = (property: string, code: string, value: string, context: object = {}) => ({
  status: 'error',
  category: 'VALIDATION_ERROR',
  correlationId: '39b5e83f-bb85-4a01-8b8c-656b8ecc6f32',
  message: `Property values were not valid: ${JSON.stringify([
    {
      isValid: false,
      message: `${value} was not accepted`,
      error: code,
      name: property,
      localizedErrorMessage: value,
    },
  ])}`,
  context,
});
