import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@hubspot/api-client';
import nock from 'nock';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { WriteRow } from '../../../src/model/write.ts';
import { makeTestConnector, makeTestGate, reading, writing } from './harness.ts';

const row: WriteRow = { op: 'update', key: 'a', id: '1', fields: { city: 'Ulm' } };
let close: (() => Promise<void>) | null = null;

const serve = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> => {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

// The harness loads nock, which stands between fetch and the socket; here the sockets count.
beforeAll(() => nock.restore());

afterEach(async () => {
  await close?.();
  close = null;
});

describe('the client over real HTTP', () => {
  it('closes the socket when the context aborts, and the outcome is unknown', async () => {
    const arrived = Promise.withResolvers<IncomingMessage>();
    const url = await serve((request) => arrived.resolve(request));
    const stop = new AbortController();
    const write = makeTestConnector(url).writeMany('contacts', [row], { ...writing, signal: stop.signal });
    const request = await arrived.promise;
    const closed = once(request.socket, 'close');
    stop.abort(new Error('lease lost'));
    expect((await write)[0]?.kind).toBe('unknown');
    await closed;
  });

  it('gives up a write without an answer, closes its socket and says unknown', async () => {
    const sockets: Promise<unknown>[] = [];
    const url = await serve((request) => sockets.push(once(request.socket, 'close')));
    const [outcome] = await makeTestConnector(url, makeTestGate(100)).writeMany('contacts', [row], writing);
    expect(outcome).toMatchObject({ kind: 'unknown', cause: expect.stringContaining('100 ms') });
    expect(sockets).toHaveLength(1);
    await Promise.all(sockets);
  });

  it('does not repeat a POST although another client of the process has retries on', async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end('{"status":"error","message":"internal error"}');
    });
    const connector = makeTestConnector(url);
    new Client({ accessToken: 'other', numberOfApiCallRetries: 3 });
    const [outcome] = await connector.writeMany('contacts', [row], writing);
    expect(outcome?.kind).toBe('unknown');
    expect(calls).toBe(1);
  });

  it('says unknown when the connection is cut after the request was read', async () => {
    let calls = 0;
    const url = await serve((request) => {
      calls += 1;
      request.resume();
      request.on('end', () => request.socket.destroy());
    });
    const [outcome] = await makeTestConnector(url).writeMany('contacts', [row], writing);
    expect(outcome?.kind).toBe('unknown');
    expect(calls).toBe(1);
  });

  it('says unknown when the answer ends in the middle of its body', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"results":[');
      setImmediate(() => response.destroy());
    });
    const [outcome] = await makeTestConnector(url).writeMany('contacts', [row], writing);
    expect(outcome?.kind).toBe('unknown');
  });

  it('takes a base address with a trailing slash', async () => {
    const paths: string[] = [];
    const url = await serve((request, response) => {
      paths.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"portalId":1}');
    });
    await makeTestConnector(`${url}/`).check(reading);
    expect(paths).toEqual(['/account-info/v3/details']);
  });

  it('says refused, not unknown, when nobody listens', async () => {
    const url = await serve(() => undefined);
    await close?.();
    close = null;
    const [outcome] = await makeTestConnector(url).writeMany('contacts', [row], writing);
    expect(outcome).toMatchObject({
      kind: 'refused',
      failure: {
        ...{ category: 'unavailable', code: 'ECONNREFUSED' },
        message: expect.stringContaining(`cannot connect to ${url};`),
      },
    });
  });
});
