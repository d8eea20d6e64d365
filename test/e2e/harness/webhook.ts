import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/** A channel of a chat that takes Slack's incoming webhooks, and what was said in it. */
export interface Channel {
  readonly url: string;
  readonly texts: readonly string[];
  close(): Promise<void>;
}

/** Opens a channel on a free port; it refuses what Slack would: anything but JSON with a text. */
export const openChannel = async (): Promise<Channel> => {
  const texts: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const message = z.object({ text: z.string().min(1) }).safeParse(JSON.parse(body || 'null'));
      if (message.success) texts.push(message.data.text);
      response.writeHead(message.success ? 200 : 400).end(message.success ? 'ok' : 'invalid_payload');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    texts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
