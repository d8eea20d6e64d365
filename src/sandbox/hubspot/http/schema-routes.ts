import type { ApiReply } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import { type HubspotState, portalId } from '../state.ts';

/** Custom objects alone; standard ones have no schema of their own here (schemas guide, developers.hubspot.com). */
const listSchemas = (state: HubspotState): ApiReply => ({
  status: 200,
  body: {
    results: state.stores
      .map(({ schema }) => schema.definition)
      .filter(({ typeId }) => typeId.startsWith('2-'))
      .map(({ name, typeId }) => ({
        id: typeId.slice(2),
        name,
        objectTypeId: typeId,
        fullyQualifiedName: `p${portalId}_${name}`,
        labels: { singular: name, plural: name },
        properties: [],
        associations: [],
        metaType: 'PORTAL_SPECIFIC',
        archived: false,
      })),
  },
});

/** The schemas of custom objects, to read. */
export const schemaRoutes = (state: HubspotState): Route[] => [
  { method: 'GET', template: '/crm/v3/schemas', handle: () => listSchemas(state) },
];
