import type { Clock } from '../../core/clock.ts';
import type { ApiReply, Call } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { ControlRoute } from '../../core/system.ts';
import type { Company } from '../company.ts';
import { headerOf, versionMax } from '../http/endpoint.ts';
import { BayeuxServer, messagesSchema } from './bayeux.ts';
import { streamingSchema } from './settings.ts';

/** Replay ids need this version (streaming API error codes). */
const versionMin = 37;
const cookieName = 'BAYEUX_BROWSER';

const badRequest = (error: string): ApiReply => ({ status: 400, body: [{ error, successful: false }] });

const tokenIn = (call: Call): string | null =>
  /^(?:Bearer|OAuth)\s+(\S+)$/i.exec(headerOf(call.request.headers, 'authorization') ?? '')?.[1] ?? null;

const cookieIn = (call: Call): string | null =>
  new RegExp(`(?:^|;\\s*)${cookieName}=([^;]+)`).exec(call.request.headers.cookie ?? '')?.[1] ?? null;

const messagesIn = (call: Call): unknown => {
  try {
    return JSON.parse(call.request.body.toString('utf8'));
  } catch {
    return null;
  }
};

/** The streaming API at `/cometd/62.0`, and its switches under `/_sandbox/streaming`. */
export const streamingRoutes = (
  company: Company,
  clock: Clock,
): { readonly routes: readonly Route[]; readonly controlRoutes: readonly ControlRoute[]; reset(): void } => {
  const server = new BayeuxServer(company, clock);
  const serve = async (call: Call): Promise<ApiReply> => {
    const version = Number(/^(\d{1,3})\.0$/.exec(call.params.get('version') ?? '')?.[1]);
    if (!(version >= versionMin && version <= versionMax)) {
      return badRequest(
        `400::Unsupported API version. Only API versions '${versionMin}.0' and later are supported. URI format: '/cometd/${versionMax}.0'`,
      );
    }
    const parsed = messagesSchema.safeParse(messagesIn(call));
    if (!parsed.success) return badRequest('400::Bad request');
    const token = tokenIn(call);
    const { messages, cookie } = await server.answer(parsed.data, {
      caller: call.caller,
      hasToken: token !== null,
      cookie: cookieIn(call),
      isAlive: () => token !== null && company.sessions.use(token) !== null,
      signal: call.signal,
    });
    return {
      status: 200,
      headers: cookie === null ? {} : { 'Set-Cookie': `${cookieName}=${cookie}; Path=/cometd/; HttpOnly` },
      body: messages,
    };
  };
  return {
    // Open: who is not signed in gets the protocol's own refusals, not the REST API's.
    routes: [{ method: 'POST', template: '/cometd/{version}', open: true, handle: serve }],
    controlRoutes: [
      {
        method: 'POST',
        template: '/streaming',
        handle: (body) => {
          const change = streamingSchema.parse(body);
          company.events.change(change);
          if (change.disconnect) server.forgetClients();
          return company.events.settings;
        },
      },
      {
        method: 'GET',
        template: '/streaming',
        handle: () => ({
          settings: company.events.settings,
          retained: company.events.log.size,
          delivered: company.events.delivered,
          clients: server.clients.map((client) => ({
            channels: [...client.subscriptions.keys()],
            connected: client.isConnected,
          })),
        }),
      },
    ],
    reset: () => server.forgetClients(),
  };
};
