import type { FieldMapping, PairMapping } from '../model/mapping.ts';
import type { FieldDescription, ObjectDescription } from '../model/record.ts';
import { otherSystem, type Sides, type System, systemLabel, systems } from '../model/system.ts';
import { writesTo } from './file-rules.ts';
import type { Finding } from './finding.ts';

/** Kinds whose values are written by people and can be of any length; what is chosen from a list, counted or dated has no such question. */
const textKinds: ReadonlySet<string> = new Set(['text', 'long-text', 'email', 'phone', 'url', 'domain']);

/** Types whose values are ids, options, numbers or moments, by the vendors' own names (HubSpot: properties API; Salesforce: describe). */
const otherTypes: ReadonlySet<string> = new Set([
  ...['enumeration', 'picklist', 'multipicklist', 'combobox', 'reference', 'id'],
  ...['number', 'double', 'int', 'long', 'currency', 'percent'],
  ...['bool', 'boolean', 'date', 'datetime', 'time'],
]);

const isFreeText = ({ type }: FieldDescription): boolean => !otherTypes.has(type);

const shorterFields = (
  pair: PairMapping,
  sides: Sides<ObjectDescription>,
  system: System,
): readonly { readonly field: FieldMapping; readonly words: string }[] =>
  pair.fields.flatMap((field) => {
    if (!textKinds.has(field.kind) || field.parts || !writesTo(field.direction, system)) return [];
    const target = sides[system].fields.get(field.fields[system]);
    const source = sides[otherSystem(system)].fields.get(field.fields[otherSystem(system)]);
    if (target === undefined || source === undefined || !isFreeText(target) || !isFreeText(source)) return [];
    // Without a length of its own a text can be of any.
    const isShorter =
      target.maxLength !== null && (source.maxLength === null || target.maxLength < source.maxLength);
    return isShorter ? [{ field, words: `${target.name} ${target.maxLength}` }] : [];
  });

/**
 * The fields of one side that take shorter texts than the other side has room for: one note for each object, for there is seldom anything to be done
 * about it. Pure.
 */
export const lengthFindings = (pair: PairMapping, sides: Sides<ObjectDescription>): readonly Finding[] =>
  systems.flatMap((system): Finding[] => {
    const shorter = shorterFields(pair, sides, system);
    const [first] = shorter;
    if (first === undefined) return [];
    const from = systemLabel[otherSystem(system)];
    const many = shorter.length === 1 ? '1 field' : `${shorter.length} fields`;
    return [
      {
        level: 'note',
        isMild: true,
        file: pair.file,
        line: first.field.line,
        what: `${systemLabel[system]} ${pair.types[system]} takes shorter texts than ${from} in ${many} (characters): ${shorter.map(({ words }) => words).join(', ')}`,
        why: 'a longer value is parked, not cut',
        fix: 'nothing, or lengthen a field where it happens',
      },
    ];
  });
