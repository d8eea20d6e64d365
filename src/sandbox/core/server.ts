import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../../model/failure.ts';
import type { ApiReply, ApiRequest } from './message.ts';
import type { Outcome } from './pipeline.ts';

const host = '127.0.0.1';
/** Far above Node's own 16 KB, so that a vendor's limit on URI and headers can be answered in its own way. */
const headBytesMax = 512 * 1024;
/** A bulk load of 100,000 records is some 60 MB. */
const bodyBytesMax = 512 * 1024 * 1024;

export type Respond = (request: ApiRequest, signal: AbortSignal) => Promise<Outcome>;

export interface HttpServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const readBody = async (incoming: IncomingMessage): Promise<Buffer | null> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
};

const parseRequest = (incoming: IncomingMessage, body: Buffer, url: string): ApiRequest => {
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  const rawPath = mark < 0 ? target : target.slice(0, mark);
  const path = `/${rawPath.replace(/^\/+|\/+$/g, '')}`;
  return {
    method: incoming.method ?? 'GET',
    path,
    target,
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers: incoming.headers,
    body,
    origin: incoming.headers.host === undefined ? url : `http://${incoming.headers.host}`,
  };
};

const encodeBody = (body: unknown): string | Buffer => {
  if (body === undefined) return '';
  if (typeof body === 'string' || Buffer.isBuffer(body)) return body;
  return JSON.stringify(body);
};

const writeReply = (response: ServerResponse, reply: ApiReply, jsonContentType: string): void => {
  const payload = encodeBody(reply.body);
  response.statusCode = reply.status;
  if (payload.length > 0) response.setHeader('Content-Type', jsonContentType);
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (reply.status !== 204) response.setHeader('Content-Length', Buffer.byteLength(payload));
  response.end(reply.status === 204 ? undefined : payload);
};

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE' || error.code === 'EACCES'
          ? new UsageError(
              `port ${port} on ${host} is not free (${error.code})`,
              'Stop what listens there, or name another port with --hubspot-port or --salesforce-port (0 takes a free one).',
              { cause: error },
            )
          : error,
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });

/**
 * Listens on 127.0.0.1 (`port` 0: any free one) and answers through `respond`. Connections are kept alive; an outcome
 * `drop` destroys the socket. Rejects with UsageError when the port is taken.
 */
export const startServer = async (
  port: number,
  jsonContentType: string,
  respond: Respond,
): Promise<HttpServer> => {
  let url = '';
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.once('close', () => {
      gone.abort();
    });
    const body = await readBody(incoming);
    if (body === null) {
      writeReply(response, { status: 413, body: { message: 'request body is too large' } }, jsonContentType);
      return;
    }
    const outcome = await respond(parseRequest(incoming, body, url), gone.signal);
    if (outcome === 'drop') incoming.socket.destroy();
    else if (!response.destroyed) writeReply(response, outcome, jsonContentType);
  };
  const server = createServer({ maxHeaderSize: headBytesMax }, (incoming, response) => {
    // Only a client that hung up in the middle of its own request, or a defect, lands here.
    answer(incoming, response).catch(() => incoming.socket.destroy());
  });
  // Longer than any client's own idle time, so that the server never closes a connection under a request.
  server.keepAliveTimeout = 65_000;
  const actual = await listen(server, port);
  url = `http://${host}:${actual}`;
  return {
    url,
    port: actual,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
