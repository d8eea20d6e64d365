import type { FieldDescription, ObjectDescription } from '../../model/record.ts';
import type { System } from '../../model/system.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import { type LifecycleBehaviour, lifecycleBehaviours } from '../stage/journey.ts';
import { type OwnField, type OwnFieldType, ownFields } from './own-fields.ts';

/** An own field that an object lacks, or has otherwise than Tandem needs it. */
export interface MissingField {
  readonly field: OwnField;
  readonly object: string;
  /** What is wrong, as it follows the field's name: 'is not there'. */
  readonly fault: string;
  /** Those that act and need it; none: it is not needed as things are set. */
  readonly behaviours: readonly LifecycleBehaviour[];
}

/** The vendors' types that take such values (HubSpot: properties API; Salesforce: describe). */
const typesByKind: Readonly<Record<System, Readonly<Record<OwnFieldType['kind'], readonly string[]>>>> = {
  hubspot: {
    text: ['string'],
    'long-text': ['string'],
    number: ['number', 'string'],
    picklist: ['enumeration', 'string'],
    date: ['date'],
    datetime: ['datetime'],
    checkbox: ['bool', 'enumeration'],
    formula: [],
  },
  salesforce: {
    text: ['string', 'textarea'],
    'long-text': ['textarea'],
    number: ['double', 'int'],
    picklist: ['picklist', 'string'],
    date: ['date'],
    datetime: ['datetime'],
    checkbox: ['boolean'],
    formula: [],
  },
};

const shown = (values: readonly string[]): string =>
  `${values.slice(0, 3).join(', ')}${values.length > 3 ? ` and ${values.length - 3} more` : ''}`;

const faultOf = (own: OwnField, found: FieldDescription | undefined): string | null => {
  if (found === undefined) return 'is not there';
  const { type, by } = own;
  if (type.kind === 'formula') return null;
  if (by !== 'people' && !found.writable) return 'cannot be written by the integration';
  if (!typesByKind[own.system][type.kind].includes(found.type)) return `has the type ${found.type}`;
  const charsMax = 'charsMax' in type ? type.charsMax : 0;
  if (found.maxLength !== null && found.maxLength < charsMax) return `takes ${found.maxLength} characters`;
  const lacking =
    type.kind === 'picklist' && found.options !== null && by !== 'people'
      ? type.values.filter((value) => !found.options?.includes(value))
      : [];
  return lacking.length === 0 ? null : `does not have the values ${shown(lacking)}`;
};

/**
 * Own fields that the objects lack, or have otherwise than needed. Pure; an object that is not in `objects` (by API name) is not looked at. The
 * identity is left out: each mapping is checked for its own.
 */
export const missingOwnFields = (
  { behaviours }: Pick<LifecycleDefinition, 'behaviours'>,
  objects: ReadonlyMap<string, Pick<ObjectDescription, 'fields'>>,
): readonly MissingField[] =>
  ownFields
    .filter(({ needs }) => !needs.includes('align'))
    .flatMap((field) =>
      field.objects.flatMap((object): MissingField[] => {
        const described = objects.get(object);
        if (described === undefined) return [];
        const fault = faultOf(field, described.fields.get(field.name));
        const acting = lifecycleBehaviours.filter(
          (each) => field.needs.includes(each) && behaviours[each] === 'act',
        );
        return fault === null ? [] : [{ field, object, fault, behaviours: acting }];
      }),
    );
