import type { FieldDescription, ObjectDescription } from '../../model/record.ts';
import type { System } from '../../model/system.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import { type LifecycleBehaviour, lifecycleBehaviours } from '../stage/journey.ts';
import { type OwnField, type OwnFieldType, ownFields } from './own-fields.ts';
import { type PointedField, pointedOn, wordsFor } from './pointed.ts';

/** An own field that an object lacks, or has otherwise than Tandem needs it. */
export interface MissingField {
  readonly field: OwnField;
  readonly object: string;
  /** What it is called there: the company's own name for it, where it has one. */
  readonly name: string;
  /** Where lifecycle.yaml points it at a field of the company's. */
  readonly pointed: PointedField | null;
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

/** What can be read as such a value beside these, where nothing is ever written: a competitor out of a list, a quality that is a number. */
const readableByKind: Readonly<Partial<Record<OwnFieldType['kind'], readonly string[]>>> = {
  text: ['picklist', 'multipicklist', 'combobox', 'enumeration'],
  picklist: ['double', 'int', 'number'],
};

const shown = (values: readonly string[]): string =>
  `${values.slice(0, 3).join(', ')}${values.length > 3 ? ` and ${values.length - 3} more` : ''}`;

/** What can be chosen in a list; null: it is none, or takes any text. `choices` count where a person named the values. */
const choicesOf = (
  { options, choices }: FieldDescription,
  pointed: PointedField | null,
): readonly string[] | null =>
  options ??
  (pointed === null || choices === undefined
    ? null
    : choices.filter(({ active }) => active).map(({ value }) => value));

/** Values that have to be in the list: those that Tandem writes, and those that a person says are there. */
const wantedOf = ({ type, by }: OwnField, pointed: PointedField | null): readonly string[] => {
  if (type.kind === 'checkbox') return ['true', 'false'];
  if (type.kind !== 'picklist') return [];
  if (by === 'tandem') return type.values.flatMap((word) => wordsFor(pointed, word).slice(0, 1));
  if (pointed !== null) return [...pointed.values.values()].flat();
  return by === 'both' ? type.values : [];
};

const takes = ({ system, type, by }: OwnField, found: FieldDescription): boolean =>
  typesByKind[system][type.kind].includes(found.type) ||
  (by === 'people' && (readableByKind[type.kind] ?? []).includes(found.type));

const faultOf = (
  own: OwnField,
  found: FieldDescription | undefined,
  pointed: PointedField | null,
): string | null => {
  if (found === undefined) return 'is not there';
  const { type, by } = own;
  if (type.kind === 'formula') return null;
  if (by !== 'people' && !found.writable) return 'cannot be written by the integration';
  if (!takes(own, found)) return `has the type ${found.type}`;
  const charsMax = 'charsMax' in type && by !== 'people' ? type.charsMax : 0;
  if (found.maxLength !== null && found.maxLength < charsMax) return `takes ${found.maxLength} characters`;
  const there = choicesOf(found, pointed);
  const lacking = there === null ? [] : wantedOf(own, pointed).filter((value) => !there.includes(value));
  return lacking.length === 0 ? null : `does not have the values ${shown([...new Set(lacking)])}`;
};

type Objects = ReadonlyMap<string, Pick<ObjectDescription, 'fields'>>;

/**
 * Own fields that the objects lack, or have otherwise than needed; where lifecycle.yaml points one at a field of the company's, that one is looked at. Pure; an object
 * that is not in `objects` (by API name) is not looked at. The identity is left out: each mapping is checked for its own.
 */
export const missingOwnFields = (
  { behaviours, pointed: all }: Pick<LifecycleDefinition, 'behaviours' | 'pointed'>,
  objects: Objects,
): readonly MissingField[] =>
  ownFields
    .filter(({ needs }) => !needs.includes('align'))
    .flatMap((field) =>
      field.objects.flatMap((object): MissingField[] => {
        const described = objects.get(object);
        if (described === undefined) return [];
        const pointed = pointedOn(all, object, field.name);
        const name = pointed?.name ?? field.name;
        const fault = faultOf(field, described.fields.get(name), pointed);
        const acting = lifecycleBehaviours.filter(
          (each) => field.needs.includes(each) && behaviours[each] === 'act',
        );
        return fault === null ? [] : [{ field, object, name, pointed, fault, behaviours: acting }];
      }),
    );

/** Of these the words are read as a text, whatever they are. */
const freeWords: ReadonlySet<string> = new Set(['Tandem_Good_Because__c', 'Tandem_Content_Feedback__c']);

/** Values of a company's list that people can choose and that mean nothing to Tandem. Pure. */
export const meaninglessValues = (
  { own, object, name, values }: PointedField,
  objects: Objects,
): readonly string[] => {
  const { type, by } = own;
  const found = objects.get(object)?.fields.get(name);
  if (found === undefined || type.kind !== 'picklist' || by === 'tandem' || freeWords.has(own.name))
    return [];
  const known = new Set(type.values.flatMap((word) => values.get(word) ?? [word]));
  const there =
    found.options ?? found.choices?.filter(({ active }) => active).map(({ value }) => value) ?? [];
  return there.filter((value) => !known.has(value));
};
