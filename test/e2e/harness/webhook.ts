import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/** A channel of a chat that takes Slack's incoming webhooks, and what was said in it. */
export interface Channel {
  readonly url: string;
  readonly texts: readonly string[];
  /** Answers nobody after so many further texts; `held` resolves once one was heard whose sender waits for the answer. */
  hold(after: number): { readonly held: Promise<void>; release(): void };
  close(): Promise<void>;
}

/** Opens a channel on a free port; it refuses what Slack would: anything but JSON with a text. */
export const openChannel = async (): Promise<Channel> => {
  const texts: string[] = [];
  let heldFrom = Number.POSITIVE_INFINITY;
  let tellHeld: () => void = () => undefined;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const message = z.object({ text: z.string().min(1) }).safeParse(JSON.parse(body || 'null'));
      if (message.success) texts.push(message.data.text);
      if (texts.length > heldFrom) return tellHeld();
      response.writeHead(message.success ? 200 : 400).end(message.success ? 'ok' : 'invalid_payload');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    texts,
    hold: (after) => {
      heldFrom = texts.length + after;
      return {
        held: new Promise((resolve) => {
          tellHeld = resolve;
        }),
        release: () => {
          heldFrom = Number.POSITIVE_INFINITY;
        },
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
