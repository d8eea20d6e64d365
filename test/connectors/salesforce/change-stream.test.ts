import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSessions } from '../../../src/connectors/salesforce/sessions.ts';
import { readChangeEvent } from '../../../src/connectors/salesforce/streaming/change-event.ts';
import { channelOf, makeSalesforceStream } from '../../../src/connectors/salesforce/streaming/stream.ts';
import type { OpenStream } from '../../../src/model/change-stream.ts';
import { CallFailed } from '../../../src/model/failure.ts';
import { openGate } from './harness.ts';
import { type LiveOrg, startLiveOrg } from './live-org.ts';

let org: LiveOrg;
let stop: AbortController;
let opened: OpenStream[] = [];

beforeEach(async () => {
  org = await startLiveOrg();
  stop = new AbortController();
  opened = [];
});
afterEach(async () => {
  stop.abort();
  await Promise.all(opened.map(async (open) => open.close()));
  await org.close();
});

const open = async (at: string | null = null, type = 'Lead'): Promise<OpenStream> => {
  const stream = await org.connector.stream.open(new Map([[type, at]]), stop.signal);
  opened.push(stream);
  return stream;
};

/** What comes next that is no heartbeat. */
const nextOf = async (stream: OpenStream) => {
  for (;;) {
    const [part] = await stream.next();
    if (part !== undefined) return part;
  }
};

const failureOf = async (step: Promise<unknown>): Promise<CallFailed['failure']> => {
  const error = await step.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof CallFailed) return error.failure;
  throw new Error('it did not fail as a call', { cause: error });
};

const lead = async (fields: Readonly<Record<string, unknown>> = {}): Promise<string> =>
  org.create('Lead', { LastName: 'Doe', Company: 'Acme', ...fields });

describe('the stream', () => {
  it('tells changes in the form of the API’s reads, blanks as null, and where it stands', async () => {
    const id = await lead({ Email: 'doe@example.com' });
    const stream = await open();
    expect(stream.fresh).toEqual(['Lead']);
    await org.person.sobject('Lead').update({
      Id: id,
      ...{ LastName: 'Roe', City: 'Oslo', Email: null, EmailBouncedDate: '2026-01-02T03:04:05Z' },
    });
    const { signals, at, events, incomplete } = await nextOf(stream);
    expect(signals).toEqual([
      {
        ref: { system: 'salesforce', type: 'Lead', id },
        event: 'changed',
        stamp: expect.any(Number),
        fields: {
          ...{ LastName: 'Roe', City: 'Oslo', Email: null },
          EmailBouncedDate: '2026-01-02T03:04:05.000+0000',
          LastModifiedDate: expect.any(String),
        },
        unvalued: [],
        changedAt: expect.any(Number),
      },
    ]);
    expect([events, incomplete]).toEqual([1, false]);
    const again = await open(at);
    expect(again.fresh).toEqual([]);
    await org.person.sobject('Lead').destroy(id);
    expect((await nextOf(again)).signals.map(({ event, stamp }) => [event, stamp])).toEqual([
      ['deleted', null],
    ]);
  });

  it('a deletion and a return whose events are gaps are told as such, without values', async () => {
    const id = await lead();
    await org.control('/streaming', { gapEvery: 1 });
    const stream = await open();
    await org.person.sobject('Lead').destroy(id);
    const gone = await nextOf(stream);
    await org.person.soap.undelete([id]);
    const back = await nextOf(stream);
    expect(
      [...gone.signals, ...back.signals].map(({ ref, event, fields, stamp }) => [
        ref.id,
        event,
        fields,
        stamp,
      ]),
    ).toEqual([
      [id, 'deleted', {}, null],
      [id, 'restored', {}, null],
    ]);
    expect([gone.incomplete, back.incomplete]).toEqual([false, false]);
  });

  it('names a long text without its value', async () => {
    const id = await lead({ Description: 'short' });
    const stream = await open();
    await org.person.sobject('Lead').update({ Id: id, Description: 'x'.repeat(2_000) });
    const [signal] = (await nextOf(stream)).signals;
    expect(signal?.unvalued).toEqual(['Description']);
    expect(signal?.fields).not.toHaveProperty('Description');
  });

  it('begins anew from a place that is not retained', async () => {
    const stream = await open('12');
    expect(stream.fresh).toEqual(['Lead']);
    await lead();
    expect((await nextOf(stream)).signals).toHaveLength(1);
  });

  it('says which types it cannot tell of', async () => {
    const stream = await org.connector.stream.open(
      new Map([
        ['Lead', null],
        ['Nothing__c', null],
      ]),
      stop.signal,
    );
    opened.push(stream);
    expect(stream.fresh).toEqual(['Lead']);
    expect(stream.refused).toEqual([{ type: 'Nothing__c', why: expect.stringContaining('400::') }]);
  });

  it('ends when its client is forgotten, and when its session ends: then it signs in anew', async () => {
    const first = await open();
    await first.next();
    await org.control('/streaming', { disconnect: true });
    expect(await failureOf(first.next())).toMatchObject({ category: 'unavailable', code: 'UNKNOWN_CLIENT' });
    const second = await open();
    await org.control('/auth', { expire: 'all' });
    expect(await failureOf(second.next())).toMatchObject({ category: 'credentials' });
    await (await open()).next();
  });

  it.each([
    ['a user without the right', { denied: true }, 'permission'],
    ['too many clients', { clientsMax: 0 }, 'throttled'],
  ])('is refused to %s', async (_what, settings, category) => {
    await org.control('/streaming', settings);
    expect(await failureOf(open())).toMatchObject({ category });
  });

  it('says that the events of the day are used up, and when to ask again', async () => {
    const stream = await open();
    await org.control('/streaming', { deliveryLimit: 0 });
    expect(await failureOf(stream.next())).toMatchObject({
      category: 'throttled',
      retryAfterMs: expect.any(Number),
    });
  });

  it('is over when an answer is later than the server said', async () => {
    await org.control('/streaming', { pollMs: 50 });
    const { clientId, clientSecret } = org.simulator.credentials;
    const sessions = makeSessions({
      ...{ gate: openGate(), loginUrl: org.simulator.url, apiVersion: '62.0', clock: Date.now },
      auth: { kind: 'client-credentials', clientId, clientSecret },
    });
    const impatient = makeSalesforceStream({ sessions, apiVersion: '62.0', graceMs: 200 });
    const stream = await impatient.open(new Map([['Lead', null]]), stop.signal);
    await stream.next();
    await org.control('/faults', [{ match: { path: '/cometd/' }, effect: { delayMs: 5_000, times: 1 } }]);
    expect(await failureOf(stream.next())).toMatchObject({ category: 'unavailable', code: 'ETIMEDOUT' });
  });

  it('ends at once when it is told to', async () => {
    const stream = await open();
    await stream.next();
    const held = stream.next();
    stop.abort(new Error('told to'));
    await expect(held).rejects.toThrow('told to');
  });
});

/** Something that answers every request of a handshake with whatever the test says. */
const startOddServer = async (): Promise<{
  readonly server: Server;
  readonly url: string;
  say(body: string): void;
}> => {
  let answer = '';
  const server = createServer((request, response) => {
    const isSignIn = request.url?.includes('/oauth2/') === true;
    const { port } = server.address() as AddressInfo;
    response.setHeader('content-type', 'application/json');
    response.end(
      isSignIn
        ? JSON.stringify({
            access_token: 'token',
            instance_url: `http://127.0.0.1:${port}`,
            id: `http://127.0.0.1:${port}/id/00Dxx0000001gPLEAY/005xx000001Sv6AAAS`,
          })
        : answer,
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    server,
    url: `http://127.0.0.1:${port}`,
    say: (body) => {
      answer = body;
    },
  };
};

const message = fc.record(
  {
    channel: fc.constantFrom(
      '/meta/handshake',
      '/meta/subscribe',
      '/meta/connect',
      channelOf('Lead'),
      'x',
      7,
    ),
    successful: fc.anything(),
    clientId: fc.anything(),
    subscription: fc.anything(),
    error: fc.anything(),
    advice: fc.anything(),
    ext: fc.anything(),
    data: fc.anything(),
  },
  { requiredKeys: [] },
);

describe('whatever comes', () => {
  it('an event is read or said to be untold, never thrown', () => {
    const payload = fc.record(
      {
        ChangeEventHeader: fc.record(
          {
            entityName: fc.constantFrom<unknown>('Lead', 'Contact', 7),
            changeType: fc.constantFrom<unknown>('UPDATE', 'GAP_UPDATE', 'GAP_OVERFLOW', 'toString', null),
            recordIds: fc.anything(),
          },
          { requiredKeys: [] },
        ),
        Name: fc.anything(),
        LastModifiedDate: fc.anything(),
        Description: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const data = fc.oneof(
      fc.anything(),
      fc.record({ payload, event: fc.anything() }),
      fc.record({ payload, event: fc.record({ replayId: fc.integer() }) }),
    );
    fc.assert(
      fc.property(data, (given) => {
        const event = readChangeEvent('Lead', given);
        if (event.kind === 'untold') return;
        for (const { fields } of event.signals) {
          for (const value of Object.values(fields))
            expect(typeof value === 'object' && value !== null).toBe(false);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('an answer opens the stream or fails as a call', async () => {
    const odd = await startOddServer();
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.string(),
            fc.json(),
            fc.array(message, { maxLength: 4 }).map((messages) => JSON.stringify(messages) ?? ''),
          ),
          async (body) => {
            odd.say(body);
            const auth = { kind: 'client-credentials', clientId: 'id', clientSecret: 'secret' } as const;
            const sessions = makeSessions({
              ...{ gate: openGate(), loginUrl: odd.url, auth, apiVersion: '62.0' },
              clock: Date.now,
            });
            const stream = makeSalesforceStream({ sessions, apiVersion: '62.0' });
            await stream
              .open(new Map([['Lead', null]]), stop.signal)
              .then(async (ready) => ready.next())
              .catch((error: unknown) => {
                if (!(error instanceof CallFailed)) throw error;
              });
          },
        ),
        { numRuns: 100 },
      );
    } finally {
      odd.server.closeAllConnections();
      odd.server.close();
    }
  });
});
