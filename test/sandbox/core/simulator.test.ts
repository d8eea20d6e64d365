import { afterEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/model/failure.ts';
import { pathParam } from '../../../src/sandbox/core/message.ts';
import { type Simulator, startSimulator } from '../../../src/sandbox/core/simulator.ts';
import type { SimulatedSystem } from '../../../src/sandbox/core/system.ts';

/** A system with one counter that a POST raises: what was performed shows in it. */
const makeCounterSystem = () => {
  let value = 0;
  const system: SimulatedSystem = {
    name: 'hubspot',
    jsonContentType: 'application/json',
    controlRoutes: [],
    routes: [
      {
        method: 'POST',
        template: '/counters/{name}',
        handle: ({ params }) => {
          value += 1;
          return { status: 201, body: { name: pathParam(params, 'name'), value } };
        },
      },
      { method: 'GET', template: '/counters/{name}', handle: () => ({ status: 200, body: { value } }) },
    ],
    identify: (request) => {
      const token = request.headers.authorization;
      return token === 'worker' ? 'integration' : token === 'colleague' ? 'person' : null;
    },
    admit: () => ({}),
    statsParameter: () => null,
    unauthenticated: () => ({ status: 401, body: { code: 'WHO' } }),
    notFound: () => ({ status: 404, body: { code: 'WHERE' } }),
    errorReply: (code, status) => ({ status: status ?? 503, body: { code } }),
    brokenReply: () => ({ status: 500, body: {} }),
    reset: () => {
      value = 0;
    },
    changeLimits: () => undefined,
    setRules: () => undefined,
    countRecords: () => ({ counters: value }),
    pageRecords: () => ({ records: [] }),
    loadRecords: () => [],
    addSchema: () => undefined,
    exportState: () => value,
    importState: (saved) => {
      value = Number(saved);
    },
  };
  return system;
};

let simulator: Simulator | undefined;
afterEach(async () => {
  await simulator?.close();
});

const start = async (port = 0): Promise<Simulator> => {
  simulator = await startSimulator(makeCounterSystem(), {
    port,
    seed: 1,
    contacts: 0,
    leads: 0,
    latency: { ms: 0, jitterMs: 0 },
  });
  return simulator;
};

const call = (path: string, method = 'GET', token = 'worker') =>
  fetch(`${simulator?.url}${path}`, { method, headers: { authorization: token } });

const control = async (path: string, body?: unknown): Promise<{ status: number; body: never }> => {
  const response = await fetch(`${simulator?.url}/_sandbox${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as never };
};

const readValue = async (): Promise<number> =>
  ((await (await call('/counters/a', 'GET', 'colleague')).json()) as { value: number }).value;

describe('faults', () => {
  it('drop before cuts the connection and performs nothing', async () => {
    await start();
    await control('/faults', [{ match: { method: 'post' }, effect: { drop: 'before' } }]);
    await expect(call('/counters/a', 'POST')).rejects.toThrow();
    expect(await readValue()).toBe(0);
  });

  it('drop after performs the request and cuts the connection', async () => {
    await start();
    await control('/faults', [{ match: { path: '^/counters' }, effect: { drop: 'after', times: 1 } }]);
    await expect(call('/counters/a', 'POST')).rejects.toThrow();
    expect(await readValue()).toBe(1);
  });

  it("answers with a status, a body, or the vendor's body for a code, and performs nothing", async () => {
    await start();
    await control('/faults', [
      { effect: { status: 502, body: '<html>', times: 1 } },
      { effect: { code: 'BUSY', times: 1 } },
    ]);
    const html = await call('/counters/a', 'POST');
    expect([html.status, await html.text()]).toEqual([502, '<html>']);
    const busy = await call('/counters/a', 'POST');
    expect([busy.status, await busy.json()]).toEqual([503, { code: 'BUSY' }]);
    expect(await readValue()).toBe(0);
  });

  it('perform carries the request out behind an error answer', async () => {
    await start();
    await control('/faults', [{ effect: { status: 502, perform: true, times: 1 } }]);
    expect((await call('/counters/a', 'POST')).status).toBe(502);
    expect(await readValue()).toBe(1);
  });

  it('every n-th match, only for the caller named, until cleared', async () => {
    await start();
    await control('/faults', [{ match: { caller: 'integration' }, effect: { status: 500, every: 3 } }]);
    const statuses: number[] = [];
    for (let i = 0; i < 6; i += 1) statuses.push((await call('/counters/a')).status);
    expect(statuses).toEqual([200, 200, 500, 200, 200, 500]);
    expect((await call('/counters/a', 'GET', 'colleague')).status).toBe(200);
    await control('/faults', []);
    for (let i = 0; i < 3; i += 1) expect((await call('/counters/a')).status).toBe(200);
  });

  it('a probability draws the same for the same seed', async () => {
    const draw = async (): Promise<number[]> => {
      await start();
      await control('/faults', [{ effect: { status: 500, probability: 0.5 } }]);
      const statuses: number[] = [];
      for (let i = 0; i < 20; i += 1) statuses.push((await call('/counters/a')).status);
      await simulator?.close();
      return statuses;
    };
    const first = await draw();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await draw()).toEqual(first);
  });
});

describe('control', () => {
  it.each([
    ['/faults', [{ match: { path: '(' }, effect: {} }], '[0].match.path'],
    ['/faults', [{ effect: { drop: 'sometimes' } }], '[0].effect.drop'],
    ['/latency', { jitterMs: 1 }, 'ms'],
    ['/limits', { burst: -1 }, 'burst'],
    ['/reset', { contacts: 'many' }, 'contacts'],
    ['/rules', [{ object: 'contacts', kind: 'hide' }], '[0].field'],
    ['/records/counters', { records: [1] }, 'records[0]'],
  ])('%s refuses a bad payload and names the place', async (path, payload, place) => {
    await start();
    const answer = await control(path, payload);
    expect(answer).toMatchObject({ status: 400, body: { place } });
  });

  it('counts callers, route templates of the integration, statuses and cut connections', async () => {
    await start();
    await call('/counters/a', 'POST');
    await call('/counters/b', 'POST');
    await call('/counters/b', 'GET', 'colleague');
    await call('/counters/b', 'GET', 'stranger');
    await call('/nowhere');
    await control('/faults', [{ effect: { drop: 'before' } }]);
    await expect(call('/counters/a')).rejects.toThrow();
    expect((await control('/stats')).body).toEqual({
      calls: {
        total: 6,
        byCaller: { integration: 4, person: 1 },
        byRoute: { 'POST /counters/{name}': 2, 'GET {unknown}': 1, 'GET /counters/{name}': 1 },
        droppedByRoute: { 'GET /counters/{name}': 1 },
        byStatus: { 200: 1, 201: 2, 401: 1, 404: 1, dropped: 1 },
        limited: 0,
      },
      records: { counters: 2 },
    });
  });

  it('reset clears records, counters and faults', async () => {
    await start();
    await call('/counters/a', 'POST');
    await control('/faults', [{ effect: { status: 500 } }]);
    expect((await control('/reset', {})).status).toBe(200);
    expect((await call('/counters/a')).status).toBe(200);
    expect((await control('/stats')).body).toMatchObject({ calls: { total: 1 }, records: { counters: 0 } });
  });
});

describe('server', () => {
  it('names the port that is taken and the next step', async () => {
    const { port } = await start();
    const second = startSimulator(makeCounterSystem(), { port, seed: 1, contacts: 0, leads: 0 });
    await expect(second).rejects.toThrow(UsageError);
    await expect(second).rejects.toThrow(String(port));
  });

  it('latency delays each call by about what was set', async () => {
    await start();
    await control('/latency', { ms: 80 });
    const begin = performance.now();
    await call('/counters/a');
    expect(performance.now() - begin).toBeGreaterThan(70);
  });
});
