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

/**
 * The id of the app that the token belongs to, by which HubSpot marks our writes in property history. The token travels
 * in the body: GET /oauth/v1/access-tokens/{token} would put it into every log on the way. Service keys belong to no app
 * and are refused here: null. (developers.hubspot.com, private apps, "access token information".)
 * @throws CallFailed where the answer says nothing about the token (unavailable, throttled)
 */
export const readAppId = async (
  http: HubSpotHttp,
  accessToken: string,
  context: CallContext,
): Promise<string | null> => {
  try {
    const answer = await http.read(context, {
      method: 'POST',
      path: '/oauth/v2/private-apps/get/access-token-info',
      body: { tokenKey: accessToken },
      schema: tokenInfoSchema,
    });
    return answer.body.appId;
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    const { category } = error.failure;
    if (category === 'unavailable' || category === 'throttled' || category === 'locked') throw error;
    return null;
  }
};
