import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { System } from '../../src/model/system.ts';

/** A row as this sandbox keeps it; `fields` are as entered. */
export interface TinyRecord {
  readonly id: string;
  fields: Record<string, string>;
  deleted: boolean;
}

export interface TinySandbox {
  readonly url: string;
  readonly records: TinyRecord[];
  /** The sizes of the lots that were sent, refused ones included. */
  readonly lots: number[];
  close(): Promise<void>;
}

const body = z.object({ records: z.array(z.record(z.string(), z.string())) });
const pageSize = 300;

const raw = (system: System, { id, fields, deleted }: TinyRecord): object =>
  system === 'hubspot'
    ? { id, properties: fields, createdAt: '', updatedAt: '', archived: deleted }
    : { Id: id, IsDeleted: deleted, ...fields };

/**
 * The part of the contract's `/_sandbox/records` that the loader and the checker use, and nothing of a CRM: so that their
 * tests say what they do, whatever the simulators do. `refuses` makes a lot with such a record answer 400.
 */
export const startTinySandbox = async (
  system: System,
  type: string,
  refuses: (fields: Record<string, string>) => boolean = () => false,
): Promise<TinySandbox> => {
  const records: TinyRecord[] = [];
  const lots: number[] = [];

  const enter = async (request: IncomingMessage): Promise<{ status: number; answer: object }> => {
    const lot = body.parse(JSON.parse(await text(request))).records;
    lots.push(lot.length);
    if (lot.some(refuses)) return { status: 400, answer: { message: 'refused' } };
    const made = lot.map((fields, at) => ({
      id: String(1000 + records.length + at),
      fields,
      deleted: false,
    }));
    records.push(...made);
    return { status: 200, answer: { ids: made.map(({ id }) => id) } };
  };

  const list = (after: number): object => {
    const page = records.slice(after, after + pageSize).map((record) => raw(system, record));
    const next = after + pageSize;
    return next < records.length ? { records: page, after: String(next) } : { records: page };
  };

  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const known = url.pathname === `/_sandbox/records/${type}`;
    const done =
      request.method === 'POST'
        ? enter(request)
        : Promise.resolve({
            status: 200,
            answer: known ? list(Number(url.searchParams.get('after') ?? 0)) : { records: [] },
          });
    void done.then(({ status, answer }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    records,
    lots,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
};
