import type { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { HubSpotAnswer, HubSpotHttp } from './http.ts';
import { accountSchema, tokenInfoSchema } from './wire.ts';

/** The account behind the token (account-info v3); every token may ask for it. @throws CallFailed */
export const readAccount = async (
  http: HubSpotHttp,
  context: CallContext,
): Promise<HubSpotAnswer<z.infer<typeof accountSchema>>> =>
  await http.read(context, { method: 'GET', path: '/account-info/v3/details', schema: accountSchema });

/** The app that a token belongs to. */
export interface TokenInfo {
  /** By which HubSpot marks our writes in property history. */
  readonly appId: string;
  /** What the app was granted; null where HubSpot does not say. */
  readonly scopes: ReadonlySet<string> | null;
}

/**
 * What HubSpot says of the token. The token travels
 * in the body: GET /oauth/v1/access-tokens/{token} would put it into every log on the way. Service keys belong to no app
 * and are refused here: null. (developers.hubspot.com, private apps, "access token information".)
 * @throws CallFailed where the answer says nothing about the token (unavailable, throttled)
 */
export const readToken = async (
  http: HubSpotHttp,
  accessToken: string,
  context: CallContext,
): Promise<TokenInfo | null> => {
  try {
    const answer = await http.read(context, {
      method: 'POST',
      path: '/oauth/v2/private-apps/get/access-token-info',
      body: { tokenKey: accessToken },
      schema: tokenInfoSchema,
    });
    const { appId, scopes } = answer.body;
    return { appId, scopes: scopes ? new Set(scopes) : null };
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    const { category } = error.failure;
    if (category === 'unavailable' || category === 'throttled' || category === 'locked') throw error;
    return null;
  }
};
