import type { CallContext } from '../../model/budget.ts';
import type { HubSpotHttp } from './http.ts';
import { labelsPath } from './limits.ts';
import { type LinkType, labelsSchema } from './wire.ts';

/** Every type that an association from one object to the other can have, as seen from the first; the plain one has no label. @throws CallFailed */
export const readLabels = async (
  http: HubSpotHttp,
  type: string,
  toType: string,
  context: CallContext,
): Promise<readonly LinkType[]> => {
  const { body } = await http.read(context, {
    method: 'GET',
    path: labelsPath(type, toType),
    schema: labelsSchema,
  });
  return body.results;
};
