import * as z from 'zod';
import type { Change, End } from '../associations/associations.ts';
import type { AssociationType } from '../associations/definitions.ts';
import type { HubspotState } from '../state.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { refuseRequest } from './errors.ts';

export const specSchema = z.object({
  associationCategory: z.enum(['HUBSPOT_DEFINED', 'USER_DEFINED', 'INTEGRATOR_DEFINED', 'WORK']),
  associationTypeId: z.int().min(1),
});
export type Spec = z.output<typeof specSchema>;

const idText = z.union([z.string(), z.number()]).transform(String);

/** `associations` of a create: ties to records that exist. */
export const inlineAssociations = z
  .array(z.object({ to: z.object({ id: idText }), types: z.array(specSchema).min(1) }))
  .default([]);
type Inline = z.output<typeof inlineAssociations>;

/** The types that a request names, or undefined where one of them is not between these objects. */
export const findTypes = (
  state: HubspotState,
  from: ObjectStore,
  to: ObjectStore,
  specs: readonly Spec[],
): AssociationType[] | undefined => {
  const { definitions } = state.associations;
  const types = specs.flatMap(({ associationCategory, associationTypeId }) => {
    const type = definitions.type(
      from.schema.definition.typeId,
      to.schema.definition.typeId,
      associationTypeId,
    );
    return type?.category === associationCategory ? [type] : [];
  });
  return types.length === specs.length ? types : undefined;
};

interface Tie {
  readonly to: End;
  readonly types: readonly AssociationType[];
}

/**
 * Checks the associations of a create before anything is written. The other object follows from the type id.
 * @throws Refusal where a record or type is not there
 */
export const prepareInline = (state: HubspotState, from: ObjectStore, inline: Inline): readonly Tie[] =>
  inline.map(({ to: { id }, types: specs }) => {
    for (const store of state.stores) {
      const types = findTypes(state, from, store, specs);
      if (types === undefined) continue;
      const record = store.resolve(id);
      if (record?.archivedAt === null) return { to: { store, record }, types };
      throw refuseRequest(`Could not find ${store.schema.definition.singular} with ID ${id} to associate`);
    }
    const ids = specs.map((spec) => spec.associationTypeId).join(', ');
    throw refuseRequest(`Association type ${ids} is not defined from ${from.schema.definition.singular}`);
  });

export const tie = (state: HubspotState, from: End, ties: readonly Tie[], change: Change): void => {
  for (const { to, types } of ties) state.associations.add(from, to, types, change);
};
