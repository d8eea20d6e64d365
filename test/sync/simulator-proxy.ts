import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const readAll = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

const hopByHop = new Set([
  'connection',
  'transfer-encoding',
  'content-length',
  'keep-alive',
  'content-encoding',
]);

/** A request as it came, which can be carried out. */
export interface Carried {
  readonly method: string;
  readonly path: string;
  send(): Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly text: string;
  }>;
}

/** Stands before a simulator; what becomes of a request and its answer is for the kinds of it. */
export abstract class SimulatorProxy {
  private readonly target: string;
  private readonly server: Server;

  constructor(target: string) {
    this.target = target;
    this.server = createServer((request, response) => {
      this.carry(request)
        .then(async (carried) => this.pass(carried, response))
        .catch(() => response.destroy());
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  protected abstract pass(carried: Carried, response: ServerResponse): Promise<void>;

  private async carry(request: IncomingMessage): Promise<Carried> {
    const body = await readAll(request);
    const headers = Object.entries(request.headers).filter(
      ([name, value]) => typeof value === 'string' && !hopByHop.has(name) && name !== 'host',
    ) as [string, string][];
    const method = request.method ?? 'GET';
    const path = request.url ?? '/';
    return {
      method,
      path,
      send: async () => {
        const answer = await fetch(`${this.target}${path}`, {
          method,
          headers,
          ...(body.length > 0 ? { body } : {}),
          redirect: 'manual',
        });
        return {
          status: answer.status,
          headers: Object.fromEntries([...answer.headers].filter(([name]) => !hopByHop.has(name))),
          // Salesforce's sign-in names the address of the instance: the calls that follow are to pass here as well.
          text: (await answer.text()).replaceAll(this.target, this.url),
        };
      },
    };
  }
}

/** Whether an answer of this status has no body. */
export const isBodiless = (status: number): boolean => [204, 304].includes(status);
