import type { ServerResponse } from 'node:http';
import { type Carried, isBodiless, SimulatorProxy } from './simulator-proxy.ts';

/**
 * Stands before a simulator and can hold a request on its way: the caller's connection is cut, as by a time-out, and the request is
 * carried out when the test says so.
 */
export class LateProxy extends SimulatorProxy {
  private hold: RegExp | null = null;
  private waiting: Carried[] = [];

  get held(): number {
    return this.waiting.length;
  }

  /** Holds the next request that changes something and whose path fits. */
  holdNext(path: RegExp): void {
    this.hold = path;
  }

  /** Lets what was held be carried out now. */
  async release(): Promise<void> {
    for (const carried of this.waiting.splice(0)) await carried.send();
  }

  protected async pass(carried: Carried, response: ServerResponse): Promise<void> {
    const { method, path } = carried;
    if (this.hold?.test(path) && (method === 'PATCH' || /update/.test(path))) {
      this.hold = null;
      this.waiting.push(carried);
      response.destroy();
      return;
    }
    const { status, headers, text } = await carried.send();
    response.writeHead(status, headers);
    response.end(isBodiless(status) ? undefined : text);
  }
}
