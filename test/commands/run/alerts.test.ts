import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AlertOptions, tellAlerts } from '../../../src/commands/run/alerts.ts';
import { makeLog } from '../../../src/log.ts';
import { contact, holder, makeMark, makeParked, makeSettlement, pair } from '../../store/builders.ts';
import { withStore } from '../../store/postgres.ts';
import { makePair } from '../../sync/builders.ts';

const fixture = withStore();

/** A webhook that answers what it is told to, in order, then 200. */
class Webhook {
  readonly texts: string[] = [];
  answers: number[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      request.on('end', () => {
        const status = this.answers.shift() ?? 200;
        if (status === 200) this.texts.push((JSON.parse(body) as { text: string }).text);
        response.writeHead(status).end('ok');
      });
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/services/SECRET`;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe('alerts', () => {
  let webhook: Webhook;
  const lines: string[] = [];
  const options = (more: Partial<AlertOptions> = {}): AlertOptions => ({
    store: fixture.store,
    pairs: [{ ...makePair(), name: pair }],
    webhook: webhook.url,
    log: makeLog({ write: (line: string) => lines.push(line) }, 'info'),
    timing: { beginAfterMs: 0, endAfterMs: 0, leaseMs: 60_000 },
    retryMs: 1,
    ...more,
  });
  const tell = async (more: Partial<AlertOptions> = {}): Promise<void> =>
    tellAlerts(options(more), new AbortController().signal);
  const raise = async (cause = 'ECONNREFUSED: cannot connect'): Promise<void> =>
    fixture.store.engine.raiseProblem({
      key: 'hubspot:calls',
      what: 'Calls to HubSpot fail',
      cause,
      fault: 'hubspot',
      next: 'Nothing to do.',
    });

  beforeEach(async () => {
    await fixture.reset();
    lines.length = 0;
    webhook = new Webhook();
    await webhook.listen();
  });
  afterEach(async () => webhook.close());

  it('tells once that a problem began and once that it is over, and anew when it comes back', async () => {
    await raise();
    await tell();
    await raise('HTTP_503: other words for the same');
    await tell();
    expect(webhook.texts).toEqual([
      expect.stringMatching(
        /^Tandem: Calls to HubSpot fail \(since 20.+\)\nCause: ECONNREFUSED.*\nFault: hubspot\nNext: Nothing to do\.$/,
      ),
    ]);
    await fixture.store.engine.clearProblem('hubspot:calls');
    await tell();
    await tell();
    expect(webhook.texts.slice(1)).toEqual([expect.stringMatching(/^Tandem: over: Calls to HubSpot fail/)]);
    await raise();
    await tell();
    expect(webhook.texts).toHaveLength(3);
  });

  it('of a problem that comes and goes within moments tells nothing, nor that one which flickers is over', async () => {
    const slow = { timing: { beginAfterMs: 60_000, endAfterMs: 60_000, leaseMs: 60_000 } };
    await raise();
    await tell(slow);
    await fixture.store.engine.clearProblem('hubspot:calls');
    await tell(slow);
    expect(webhook.texts).toEqual([]);
    await raise();
    await tell();
    await fixture.store.engine.clearProblem('hubspot:calls');
    await tell(slow);
    await raise();
    await tell();
    expect(webhook.texts).toHaveLength(1);
  });

  it('is told by one of several processes', async () => {
    await raise();
    await Promise.all(Array.from({ length: 4 }, async () => tell()));
    expect(webhook.texts).toHaveLength(1);
  });

  it('tries again what the webhook did not take, and gives it up for now when it refuses', async () => {
    await raise();
    webhook.answers = [500, 429];
    await tell();
    expect(webhook.texts).toHaveLength(1);
    await fixture.store.engine.clearProblem('hubspot:calls');
    webhook.answers = [404];
    await tell();
    expect(webhook.texts).toHaveLength(1);
    expect(lines.join('')).toMatch(/alert-failed.*404/);
    expect(lines.join('')).not.toContain('SECRET');
    // Nobody tries before the lease has ended; then it is told.
    await tell();
    expect(webhook.texts).toHaveLength(1);
    await fixture.query('update tandem.alerts set trying_until = now()');
    await tell();
    expect(webhook.texts).toHaveLength(2);
  });

  it('tells of refused values by cause, whatever their number, and never a value', async () => {
    const { engine } = fixture.store;
    await engine.commitSignals(['1', '2'].map((id) => makeMark(contact(id))));
    const units = await engine.claim(pair, holder, 10, 60_000);
    const message = 'ann@example.com at +49 30 1234567 is not an option';
    await engine.settle(
      units.map((unit) => {
        const parked = makeParked(unit);
        return makeSettlement(unit, { park: [{ ...parked, failure: { ...parked.failure, message } }] });
      }),
    );
    await tell();
    expect(webhook.texts).toEqual([
      expect.stringContaining('lastname refused by salesforce: STRING_TOO_LONG'),
    ]);
    expect(webhook.texts[0]).not.toMatch(/ann@|1234567/);
    // Whom it concerns is one command away.
    expect(webhook.texts[0]).toContain('tandem failures show people/salesforce/lastname/STRING_TOO_LONG');
  });
});
