import { vi } from 'vitest';
import type { Sides, System } from '../../../src/model/system.ts';
import type { ApiReply } from '../../../src/sandbox/core/message.ts';
import type { Respond } from '../../../src/sandbox/core/server.ts';
import { assembleSimulator } from '../../../src/sandbox/core/simulator.ts';
import type { SimulatedSystem } from '../../../src/sandbox/core/system.ts';
import { createHubspotSystem, makeHubspotTokens } from '../../../src/sandbox/hubspot/system.ts';
import { makeSalesforceCredentials } from '../../../src/sandbox/salesforce/credentials.ts';
import { createSalesforceSystem } from '../../../src/sandbox/salesforce/system.ts';
import type { SandboxAccess } from '../../../src/sandbox/start.ts';
import type { VirtualTime } from './time.ts';

const origins: Sides<string> = { hubspot: 'http://hubspot.invalid', salesforce: 'http://salesforce.invalid' };

/** Where HubSpot posts what happens. */
export const webhookUrl = 'http://tandem.invalid/webhooks/hubspot';

/** One call as it passed, for the judge and for the trace. */
export interface Passed {
  readonly sentAt: number;
  readonly at: number;
  readonly system: System;
  readonly method: string;
  readonly path: string;
  readonly caller: 'worker' | 'person';
  readonly request: string;
  /** What the simulator answered, also where the answer never arrived; empty where it was never asked. */
  readonly answer: string;
  readonly status: number | 'dropped';
}

/** What befalls one call of the worker on its way, as the storms' faults do to some of them. */
export type Mishap = 'cutBefore' | 'cutAfter' | 'unavailable' | 'lies' | 'throttled' | 'late';
export const mishaps: readonly Mishap[] = [
  'cutBefore',
  'cutAfter',
  'unavailable',
  'lies',
  'throttled',
  'late',
];
/** Longer than the worker waits for an answer, shorter than it leaves alone what may be under way. */
const lateMs = 22_000;

/** Both simulators in this process: the same code that serves HTTP, called in place of `fetch`. */
export class VirtualCompany {
  readonly systems: Sides<SimulatedSystem>;
  readonly passed: Passed[] = [];
  /** What takes HubSpot's deliveries; rejects while nobody is there, as a port does that nobody listens to. */
  onDelivery: (body: string) => Promise<boolean> = async () => {
    throw new Error('ECONNREFUSED');
  };
  /** What befalls the n-th call of the workers, counted from 1; null: nothing. */
  mishapAt: (call: number, what: { readonly method: string; readonly path: string }) => Mishap | null = () =>
    null;
  /** Who waits for the moment at which a worker has read a record by its id: by system and id. */
  private readonly watchers = new Map<string, () => void>();
  /** How many calls the workers made. */
  workerCalls = 0;
  readonly access: Pick<SandboxAccess, 'hubspotToken' | 'salesforceClientId' | 'salesforceClientSecret'>;
  private readonly time: VirtualTime;
  private readonly respond: Sides<Respond>;
  private readonly personToken: string;
  private readonly personLogin: { readonly username: string; readonly password: string };
  private personSession: string | null = null;

  constructor(time: VirtualTime, seed: number) {
    this.time = time;
    const clock = {
      now: time.now,
      sleep: (ms: number) => new Promise<void>((resolve) => void time.setTimeout(resolve, ms)),
    };
    const tokens = makeHubspotTokens(seed);
    const credentials = makeSalesforceCredentials(seed);
    this.systems = {
      hubspot: createHubspotSystem(tokens, clock),
      salesforce: createSalesforceSystem(credentials, clock),
    };
    const options = { seed, contacts: 0, leads: 0, clock, onDefect: this.onDefect };
    this.respond = {
      hubspot: assembleSimulator(this.systems.hubspot, options),
      salesforce: assembleSimulator(this.systems.salesforce, options),
    };
    this.personToken = tokens.person;
    this.personLogin = { username: credentials.personUsername, password: credentials.personPassword };
    this.access = {
      hubspotToken: tokens.integration,
      salesforceClientId: credentials.clientId,
      salesforceClientSecret: credentials.clientSecret,
    };
  }

  get origins(): Sides<string> {
    return origins;
  }

  /** Takes the place of `fetch`. */
  install(): void {
    vi.stubGlobal('fetch', (url: string | URL, init: RequestInit = {}) => this.fetch(String(url), init));
  }

  async control(system: System, path: string, body: unknown): Promise<void> {
    const reply = await this.ask(system, 'POST', `/_sandbox/${path}`, {}, JSON.stringify(body));
    if (reply === 'drop' || reply.status !== 200)
      throw new Error(`/_sandbox/${path}: ${JSON.stringify(reply)}`);
  }

  /** A person's call; answers its body. @throws Error where the vendor refuses it. */
  async asPerson(system: System, method: string, path: string, body?: unknown): Promise<unknown> {
    const authorization = `Bearer ${system === 'hubspot' ? this.personToken : await this.salesforceSession()}`;
    const reply = await this.ask(
      system,
      method,
      path,
      { authorization, 'content-type': 'application/json' },
      body === undefined ? '' : JSON.stringify(body),
    );
    if (reply === 'drop' || reply.status >= 300)
      throw new PersonRefused(`${method} ${path}: ${JSON.stringify(reply)}`);
    return typeof reply.body === 'string' && reply.body !== '' ? JSON.parse(reply.body) : reply.body;
  }

  /** A person's call of Salesforce's SOAP API, `inner` as XML; answers the XML. @throws PersonRefused where it is refused. */
  async asPersonBySoap(operation: string, inner: string): Promise<string> {
    const session = await this.salesforceSession();
    const envelope = `<?xml version="1.0"?><se:Envelope xmlns:se="http://schemas.xmlsoap.org/soap/envelope/"><se:Header><SessionHeader><sessionId>${session}</sessionId></SessionHeader></se:Header><se:Body><${operation} xmlns="urn:partner.soap.sforce.com">${inner}</${operation}></se:Body></se:Envelope>`;
    const headers = { 'content-type': 'text/xml', soapaction: '""' };
    const reply = await this.ask('salesforce', 'POST', '/services/Soap/u/62.0', headers, envelope);
    if (reply === 'drop' || !String(reply.body).includes('<success>true</success>'))
      throw new PersonRefused(`${operation}: ${JSON.stringify(reply)}`);
    return String(reply.body);
  }

  /** Resolves when a worker has read the record by its id, before it does anything about it; or when the time is over. */
  async shown(system: System, id: string, longestMs: number): Promise<void> {
    const key = `${system}:${id}`;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.watchers.set(key, resolve);
    this.time.setTimeout(resolve, longestMs);
    await promise;
    this.watchers.delete(key);
  }

  /** Every record of a type as the vendor holds it, deleted ones included. */
  records(system: System, type: string): readonly Readonly<Record<string, unknown>>[] {
    return this.systems[system].pageRecords(type, null, 10_000).records as Readonly<
      Record<string, unknown>
    >[];
  }

  private onDefect = (error: unknown): void => {
    throw new Error('the simulator broke', { cause: error });
  };

  private async salesforceSession(): Promise<string> {
    if (this.personSession !== null) return this.personSession;
    const { username, password } = this.personLogin;
    const envelope = `<?xml version="1.0"?><se:Envelope xmlns:se="http://schemas.xmlsoap.org/soap/envelope/"><se:Body><login xmlns="urn:partner.soap.sforce.com"><username>${username}</username><password>${password}</password></login></se:Body></se:Envelope>`;
    const headers = { 'content-type': 'text/xml', soapaction: '""' };
    const reply = await this.ask('salesforce', 'POST', '/services/Soap/u/62.0', headers, envelope);
    const session = reply === 'drop' ? null : /<sessionId>([^<]+)</.exec(String(reply.body))?.[1];
    if (!session) throw new Error('the person could not sign in');
    this.personSession = session;
    return session;
  }

  private async ask(
    system: System,
    method: string,
    target: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<ApiReply | 'drop'> {
    const mark = target.indexOf('?');
    return this.respond[system](
      {
        method,
        path: mark < 0 ? target : target.slice(0, mark),
        target,
        query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
        headers,
        body: Buffer.from(body),
        origin: origins[system],
      },
      signal,
    );
  }

  /** A call of the worker and what befalls it. */
  private async askUnkindly(
    system: System,
    method: string,
    target: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal | undefined,
  ): Promise<ApiReply | 'drop'> {
    const request = [system, method, target, headers, body] as const;
    this.workerCalls += 1;
    const mishap = this.mishapAt(this.workerCalls, { method, path: target });
    switch (mishap) {
      case null:
        return this.ask(...request, signal);
      case 'cutBefore':
        return 'drop';
      case 'cutAfter':
        await this.ask(...request);
        return 'drop';
      case 'unavailable':
        return { status: 503, body: '' };
      case 'throttled':
        return { status: 429, body: '' };
      case 'lies':
        await this.ask(...request);
        return { status: 502, body: '' };
      case 'late':
        await new Promise<void>((resolve) => void this.time.setTimeout(resolve, lateMs));
        return this.ask(...request);
    }
  }

  private async fetch(url: string, init: RequestInit): Promise<Response> {
    if (url === webhookUrl) {
      return new Response(null, { status: (await this.onDelivery(String(init.body))) ? 200 : 503 });
    }
    const system: System = url.startsWith(origins.hubspot) ? 'hubspot' : 'salesforce';
    const target = url.slice(origins[system].length);
    const headers = Object.fromEntries(new Headers(init.headers));
    const request = typeof init.body === 'string' ? init.body : '';
    const method = init.method ?? 'GET';
    const { signal } = init;
    signal?.throwIfAborted();
    // The vendor carries out what it was asked, whether or not somebody still waits for the answer.
    const sentAt = this.time.now();
    const answering = this.askUnkindly(system, method, target, headers, request, signal ?? undefined).then(
      (reply) => {
        const answer = reply === 'drop' ? '' : textOf(reply);
        const status = reply === 'drop' ? ('dropped' as const) : reply.status;
        const passed = { sentAt, at: this.time.now(), system, method, path: target, request, answer, status };
        this.passed.push({ ...passed, caller: 'worker' });
        if (readsById.test(`${method} ${target}`)) {
          for (const [key, tell] of this.watchers) {
            if (key.startsWith(`${system}:`) && answer.includes(key.slice(key.indexOf(':') + 1))) tell();
          }
        }
        return reply;
      },
    );
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const reply = await Promise.race([answering, aborted]);
      if (reply === 'drop')
        throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } });
      const { status } = reply;
      return new Response(status === 204 ? null : textOf(reply), {
        status,
        headers: {
          'content-type': this.systems[system].jsonContentType,
          date: new Date(this.time.now()).toUTCString(),
          ...reply.headers,
        },
      });
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }
}

/** The vendor refused what a person wanted to do, as it does now and then. */
export class PersonRefused extends Error {
  override readonly name = 'PersonRefused';
}

const textOf = ({ body }: ApiReply): string =>
  body === undefined
    ? ''
    : typeof body === 'string'
      ? body
      : Buffer.isBuffer(body)
        ? body.toString()
        : JSON.stringify(body);

/** Reads of many records by id, of HubSpot and of Salesforce. */
const readsById = /^POST .*\/(batch\/read|composite\/sobjects\/\w+)(\?|$)/;

/** HubSpot reads and searches with POST, Salesforce reads many by id so, and queries several objects; signing in and listening write nothing. */
const asks =
  /\/(search|batch\/read|access-token-info)(\?|$)|\/oauth2\/|\/cometd\/|^POST .*\/composite(\/sobjects\/\w+)?$/;

/** Whether the vendor took no part of a write: refusals are tried again at widening distances, and change nothing. */
export const isRefused = ({ answer }: Passed): boolean =>
  answer.includes('"results":[]') ||
  (answer.includes('"success":false') && !answer.includes('"success":true'));

/** Whether a call changes something. */
export const isWrite = ({ method, path }: Passed): boolean =>
  method !== 'GET' && !asks.test(`${method} ${path}`);
