import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const readAll = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

const notPassed = new Set([
  'connection',
  'transfer-encoding',
  'content-length',
  'keep-alive',
  'content-encoding',
  'host',
]);

/**
 * Stands before a simulator and can hold a request on its way: the caller's connection is cut, as by a time-out, and the request is
 * carried out when the test says so.
 */
export class LateProxy {
  private readonly target: string;
  private readonly server: Server;
  private hold: RegExp | null = null;
  private waiting: (() => Promise<unknown>)[] = [];

  constructor(target: string) {
    this.target = target;
    this.server = createServer((request, response) => {
      this.pass(request, response).catch(() => response.destroy());
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get held(): number {
    return this.waiting.length;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Holds the next request that changes something and whose path fits. */
  holdNext(path: RegExp): void {
    this.hold = path;
  }

  /** Lets what was held be carried out now. */
  async release(): Promise<void> {
    const waiting = this.waiting.splice(0);
    for (const send of waiting) await send();
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const headers = Object.entries(request.headers).filter(
      ([name, value]) => typeof value === 'string' && !notPassed.has(name),
    ) as [string, string][];
    const method = request.method ?? 'GET';
    const send = async (): Promise<Response> =>
      fetch(`${this.target}${request.url ?? '/'}`, {
        method,
        headers,
        ...(body.length > 0 ? { body } : {}),
        redirect: 'manual',
      });
    if (this.hold?.test(request.url ?? '') && (method === 'PATCH' || /update/.test(request.url ?? ''))) {
      this.hold = null;
      this.waiting.push(async () => (await send()).text());
      response.destroy();
      return;
    }
    const answer = await send();
    // Salesforce's sign-in names the address of the instance: the calls that follow are to pass here as well.
    const text = (await answer.text()).replaceAll(this.target, this.url);
    const kept = [...answer.headers].filter(([name]) => !notPassed.has(name));
    response.writeHead(answer.status, Object.fromEntries(kept));
    response.end([204, 304].includes(answer.status) ? undefined : text);
  }
}
