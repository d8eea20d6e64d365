import type { Finding } from '../../mapping/finding.ts';
import type { YamlSource } from '../../mapping/yaml-source.ts';
import type { ObjectDescription } from '../../model/record.ts';
import { systemLabel } from '../../model/system.ts';
import { type MissingField, meaninglessValues, missingOwnFields } from '../own-fields/missing.ts';
import type { OwnField } from '../own-fields/own-fields.ts';
import type { PointedFields } from '../own-fields/pointed.ts';
import { typeWords } from '../own-fields/type-words.ts';
import type { LoadedLifecycle } from './load.ts';
import { errorAt, noteAt } from './rule-findings.ts';

const page = 'docs/admins/fields.md';

const placeOf = ({ field, object, name }: MissingField): string =>
  `${systemLabel[field.system]} ${object}.${name}`;

/** One field may be wrong on leads and on contacts in the same way: that is one thing to do. */
const sameThing = ({ field, name, fault }: MissingField): string => `${field.system} ${name} ${fault}`;

const whatOf = (first: MissingField, same: readonly MissingField[]): string => {
  const { field, name, fault } = first;
  const where = same.map(({ object }) => object).join(', ');
  const place = same.length === 1 ? placeOf(first) : `${systemLabel[field.system]} ${name} (of ${where})`;
  return `${place} ${fault}`;
};

const rightTo = ({ by }: OwnField): string => (by === 'people' ? 'to read it' : 'to read and write it');

/** A field of the company's that lifecycle.yaml names and that cannot stand for Tandem's. */
const pointedError = (source: YamlSource, first: MissingField, same: readonly MissingField[]): Finding => {
  const { field, pointed } = first;
  const why = `it stands for ${field.name}: ${field.use}`;
  const fix = `name a field that is ${typeWords(field).replaceAll('*', '')} with its values under 'values', give the integration the right ${rightTo(field)}, or delete the line`;
  return errorAt(source, ['fields', pointed?.key ?? ''], whatOf(first, same), why, fix);
};

const neededError = (source: YamlSource, first: MissingField, same: readonly MissingField[]): Finding => {
  const { field, behaviours } = first;
  const acting = behaviours.map((each) => `'${each}: act'`);
  const why = `${acting.join(' and ')} ${acting.length === 1 ? 'needs' : 'need'} it: ${field.use}`;
  const fix = `make it ${typeWords(field).replaceAll('*', '')}, as ${page} says, and give the integration the right ${rightTo(field)}; or point it at a field of yours under 'fields'`;
  return errorAt(source, ['behaviours', behaviours[0] ?? ''], whatOf(first, same), why, fix);
};

/** What can be chosen and means nothing here: whoever chooses it should know. */
const meaningless = (
  source: YamlSource,
  pointed: PointedFields,
  objects: ReadonlyMap<string, Pick<ObjectDescription, 'fields'>>,
): readonly Finding[] =>
  [...pointed.values()].flat().flatMap((each): Finding[] => {
    const values = meaninglessValues(each, objects);
    if (values.length === 0) return [];
    const { own, object, name, key } = each;
    const what = `${systemLabel[own.system]} ${object}.${name} has values that say nothing to Tandem: ${values.join(', ')}`;
    const why = `${own.name} knows ${own.type.kind === 'picklist' ? own.type.values.join(', ') : ''}`;
    return [
      noteAt(
        source,
        ['fields', key],
        what,
        why,
        "name them under 'values', or leave them: they count as a word that is none of the list",
      ),
    ];
  });

/**
 * Holds the systems against the list of own fields: each that a behaviour in `act` needs is an error, where lifecycle.yaml switches that behaviour on, and so is each that the file
 * points at a field that cannot stand for it, where it does so; the others are one note. An object that is not in `objects` (by API name) is not looked at. Pure.
 */
export const checkOwnFields = (
  { lifecycle, sources }: LoadedLifecycle,
  objects: ReadonlyMap<string, Pick<ObjectDescription, 'fields'>>,
): readonly Finding[] => {
  const source = sources['lifecycle.yaml'];
  if (lifecycle === null || source === undefined) return [];
  const missing = missingOwnFields(lifecycle, objects);
  const isTold = ({ behaviours, pointed }: MissingField): boolean =>
    pointed !== null || behaviours.length > 0;
  const spare = missing.filter((each) => !isTold(each));
  const errors = [...Map.groupBy(missing.filter(isTold), sameThing).values()].flatMap((same): Finding[] => {
    const [first] = same;
    if (first === undefined) return [];
    return [(first.pointed === null ? neededError : pointedError)(source, first, same)];
  });
  const found = [...errors, ...meaningless(source, lifecycle.pointed, objects)];
  if (spare.length === 0) return found;
  const what = `fields of Tandem's own that are not needed as it is set: ${spare.map((each) => `${placeOf(each)} ${each.fault}`).join(', ')}`;
  const fix = `nothing; ${page} says what each is for`;
  return [
    ...found,
    { ...noteAt(source, ['behaviours'], what, 'no behaviour in act needs them', fix), isMild: true },
  ];
};
