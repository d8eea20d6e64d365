import { formsOf } from '../model/mapping.ts';
import type { EngineContext } from './engine.ts';

/**
 * Before anything is worked on: a field that the mapping ties to another field of Salesforce than before has never been seen. Its base is of the field
 * that it was; the other one, mostly blank as yet, would be taken for cleared by somebody, and HubSpot's values with it. A property of HubSpot's that is
 * exchanged has a name of its own in the base, and was never seen either.
 */
export const adoptMapping = async ({
  pair,
  store,
  events,
}: Pick<EngineContext, 'pair' | 'store' | 'events'>): Promise<void> => {
  const forms = formsOf(pair).map(({ types, fields }) => ({
    type: types.salesforce,
    isOwn: types.salesforce === pair.types.salesforce,
    fields: fields.map((field) => ({ field: field.name, api: field.fields.salesforce })),
  }));
  for (const { type, field, links } of await store.adoptFields(pair.name, forms)) {
    events.emit('base-forgotten', { pair: pair.name, type, field, links });
  }
};
