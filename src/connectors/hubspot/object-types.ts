import type { CallContext } from '../../model/budget.ts';
import type { HubSpotHttp } from './http.ts';
import { type ObjectTypeIds, objectTypeIdOf } from './webhook-events.ts';
import { schemasSchema } from './wire.ts';

/**
 * The type ids of the custom objects among these that are known by name (`projects`, or fully qualified, `p123_projects`): events carry the id alone. One call
 * where there is such a name, none otherwise; a name that no schema has is left out (schemas guide, developers.hubspot.com, read 2026-12-01).
 * @throws CallFailed, mostly MISSING_SCOPES: it needs crm.schemas.custom.read
 */
export const readObjectTypeIds = async (
  http: HubSpotHttp,
  types: readonly string[],
  context: CallContext,
): Promise<ObjectTypeIds> => {
  const named = [...new Set(types)].filter((type) => objectTypeIdOf(type) === null);
  if (named.length === 0) return new Map();
  const { body } = await http.read(context, {
    method: 'GET',
    path: '/crm/v3/schemas',
    schema: schemasSchema,
  });
  return new Map(
    named.flatMap((type) => {
      const schema = body.results.find(
        ({ name, fullyQualifiedName }) => name === type || fullyQualifiedName === type,
      );
      return schema === undefined ? [] : [[type, schema.objectTypeId] as const];
    }),
  );
};
