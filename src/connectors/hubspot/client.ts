import { Client } from '@hubspot/api-client';
import { Request } from '@hubspot/api-client/lib/src/services/http/Request.js';

type ClientOptions = ConstructorParameters<typeof Client>[0];
export type ApiRequestOptions = NonNullable<Parameters<Client['apiRequest']>[0]>;

/**
 * HubSpot's client with a request that can be aborted. Its own `apiRequest` takes no AbortSignal, so a lost lease could
 * not close the socket, and it sends through decorators (retry, limiter) that are one list for the whole process: a
 * second client built anywhere with retries on would make our POSTs repeat too. The request (address, sign-in, headers,
 * body) is the client's; only the sending is done here, once.
 *
 * The generated calls (`client.crm…`) are not used: their models drop what they do not know (`errors[].context` of a
 * newer shape, `new` under another name), turn stamps into `Date`, hide the quota headers, and fail on a body that is not
 * JSON before the status can be seen. Seen in 14.0.1.
 */
export class HubSpotClient extends Client {
  /** Where its calls go: scheme, host and port. */
  readonly origin: string;

  constructor(options: ClientOptions & { readonly basePath: string }) {
    super(options);
    this.origin = new URL(options.basePath).origin;
  }

  /** Sends one request once. Resolves for every status; rejects when there is no answer (fetch's error, the signal's reason). */
  async send(options: ApiRequestOptions, signal: AbortSignal): Promise<Response> {
    const request = new Request(this.config, options);
    return await fetch(request.getUrl(), { ...request.getSendData(), signal });
  }
}

/** Builds the client once per connector, with everything off that would retry or pace behind the governor's back. */
export const makeHubSpotClient = (baseUrl: string, accessToken: string): HubSpotClient => {
  return new HubSpotClient({
    accessToken,
    // A trailing slash would give `//crm/…`.
    basePath: baseUrl.replace(/\/+$/, ''),
    numberOfApiCallRetries: 0,
  });
};
