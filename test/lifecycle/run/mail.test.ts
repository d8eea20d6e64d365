import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { mailBy } from '../../../src/commands/run/mail.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

/** A mail server that takes what it is told, or refuses a recipient as one does who is not known; answers its address and what it took. */
const mailServer = async (
  isKnown = true,
): Promise<{ readonly url: string; readonly mails: readonly string[] }> => {
  const mails: string[] = [];
  const server = createServer((socket: Socket) => {
    let data: string | null = null;
    let rest = '';
    socket.write('220 here\r\n');
    socket.on('data', (chunk) => {
      rest += chunk.toString();
      for (let end = rest.indexOf('\r\n'); end !== -1; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (data !== null && line === '.') {
          mails.push(data);
          data = null;
          socket.write('250 taken\r\n');
        } else if (data !== null) data += `${line}\n`;
        else if (line === 'DATA') {
          data = '';
          socket.write('354 go on\r\n');
        } else if (line.startsWith('RCPT') && !isKnown)
          socket.write('550 5.1.1 <ben@example.com> is not known\r\n');
        else if (line === 'QUIT') socket.end('221 bye\r\n');
        else socket.write('250 fine\r\n');
      }
    });
    socket.on('error', () => undefined);
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, mails };
};
const mail = { subject: 'Vera Lind, Nordlys: Asked for a demo', body: 'Why now\n- Asked for a demo' };

describe('a mail to the owner', () => {
  it('is plain text to them alone', async () => {
    const { url, mails } = await mailServer();
    const send = await mailBy(url, 'Tandem <tandem@example.com>');
    expect(await send('ben@example.com', mail)).toEqual({ kind: 'sent' });
    expect(mails).toHaveLength(1);
    expect(mails[0]).toContain('To: ben@example.com');
    expect(mails[0]).toContain('Subject: Vera Lind, Nordlys: Asked for a demo');
    expect(mails[0]).toContain('- Asked for a demo');
  });

  it('that is refused is not sent again, and its reason names nobody', async () => {
    const { url } = await mailServer(false);
    const outcome = await (await mailBy(url, 'tandem@example.com'))('ben@example.com', mail);
    expect(outcome).toMatchObject({ kind: 'refused', why: expect.stringContaining('550') });
    expect(JSON.stringify(outcome)).not.toContain('ben');
  });

  it('may be tried again where nobody was there', async () => {
    const { url } = await mailServer();
    for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
    const outcome = await (await mailBy(url, 'tandem@example.com'))('ben@example.com', mail);
    expect(outcome).toMatchObject({ kind: 'not-sent' });
  });
});
