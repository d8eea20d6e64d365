import type { Finding } from '../../mapping/finding.ts';
import { didYouMean } from '../../mapping/suggest.ts';
import type { YamlSource } from '../../mapping/yaml-source.ts';
import { formsOf, type PairMapping, plainFields } from '../../model/mapping.ts';
import { systemLabel } from '../../model/system.ts';
import { contactFields, salesFields } from '../look/fields.ts';
import { ownFields } from '../own-fields/own-fields.ts';
import {
  fieldsOfKey,
  type PlacedField,
  type PointedField,
  type PointedTo,
  pointedFields,
} from '../own-fields/pointed.ts';
import type { LifecycleFile } from './lifecycle-shape.ts';
import type { LoadedLifecycle } from './load.ts';
import { errorAt } from './rule-findings.ts';

const page = 'docs/admins/fields.md lists them';
const ownNames: readonly string[] = [...new Set(ownFields.map(({ name }) => name))];
/** What the lifecycle goes by as the field that it is. */
const goneBy: ReadonlySet<string> = new Set(
  [...contactFields, ...salesFields].filter((name) => !ownNames.includes(name)),
);

type At = (what: string, why: string, fix: string, ...inner: readonly string[]) => Finding;

const keyFindings = (key: string, placed: readonly PlacedField[], at: At): readonly Finding[] => {
  const [first] = placed;
  if (first === undefined) {
    const [object = '', name] = key.includes('.') ? key.split('.', 2) : ['', key];
    const on = ownFields.filter((own) => own.name === name).flatMap(({ objects }) => objects);
    const why = on.length > 0 ? `${object} has no ${name}; ${on.join(', ')} have` : page;
    const fix = `${didYouMean(name ?? '', ownNames)}write the field of Tandem's own, and behind it yours`;
    return [at(`'${key}' is no field of Tandem's own`, why, fix)];
  }
  const { own } = first;
  if (own.needs.includes('align')) {
    const why = 'each mapping names the identity field of its own objects';
    return [at(`'${key}' is the identity`, why, "delete it here, and write 'identity' in the mapping")];
  }
  if (own.type.kind === 'formula') {
    const why = 'Tandem neither reads nor writes it';
    return [at(`'${key}' does nothing`, why, 'delete it; your own formula may stand where you like')];
  }
  return [];
};

const targetFindings = (field: string, at: At): readonly Finding[] => {
  if (ownNames.includes(field)) {
    const why = "it is a field of Tandem's own";
    return [at(`it points at ${field}`, why, 'name a field of yours, or delete the line')];
  }
  if (!goneBy.has(field)) return [];
  const why = `Tandem goes by ${field} as the field that it is`;
  return [at(`it points at ${field}`, why, 'name another field')];
};

const valueFindings = (
  [first]: readonly PlacedField[],
  { values }: PointedTo,
  at: At,
): readonly Finding[] => {
  const said = Object.entries(values);
  if (first === undefined || said.length === 0) return [];
  const { name, type } = first.own;
  if (type.kind !== 'picklist') {
    const why = `${name} is no list: its values are passed on as they are`;
    return [at('values of a field that is no list', why, "delete 'values'", 'values')];
  }
  const unknown = said.flatMap(([word]) => {
    if (type.values.includes(word)) return [];
    const fix = `${didYouMean(word, type.values)}write one of ${type.values.join(', ')}`;
    return [at(`${name} has no value '${word}'`, "on the left stands Tandem's word", fix, 'values', word)];
  });
  const meant = type.values.flatMap((word) => (values[word] ?? [word]).map((theirs) => ({ word, theirs })));
  const twice = [...Map.groupBy(meant, ({ theirs }) => theirs)].flatMap(([theirs, all]) => {
    const words = [...new Set(all.map(({ word }) => word))];
    const said = words.find((word) => values[word] !== undefined);
    if (words.length < 2 || said === undefined) return [];
    const why = `it would be both ${words.join(' and ')}`;
    return [at(`'${theirs}' means two things`, why, 'name it once', 'values', said)];
  });
  return [...unknown, ...twice];
};

/** A field that stands for two would be written twice, or read as both. */
const sharedFindings = (source: YamlSource, fields: LifecycleFile['fields']): readonly Finding[] =>
  [...pointedFields(fields).values()].flatMap((own) =>
    [...Map.groupBy(own, ({ name }) => name)].flatMap(([name, all]) => {
      const last = all.at(-1);
      if (last === undefined || all.length < 2) return [];
      const what = `${last.object}.${name} stands for ${all.map((each) => each.own.name).join(' and ')}`;
      return [
        errorAt(source, ['fields', last.key], what, 'one field cannot say two things', 'name another field'),
      ];
    }),
  );

/** What is wrong with the fields of the company's own that stand for Tandem's. Pure. */
export const pointedFindings = (source: YamlSource, { fields }: LifecycleFile): readonly Finding[] => [
  ...Object.entries(fields).flatMap(([key, to]) => {
    const at: At = (what, why, fix, ...inner) => errorAt(source, ['fields', key, ...inner], what, why, fix);
    const placed = fieldsOfKey(key);
    return [
      ...keyFindings(key, placed, at),
      ...targetFindings(to.field, at),
      ...valueFindings(placed, to, at),
    ];
  }),
  ...sharedFindings(source, fields),
];

const isWrittenBy = (pair: PairMapping, { own, object, name }: PointedField): boolean =>
  formsOf(pair)
    .filter(({ types }) => types[own.system] === object)
    .flatMap(plainFields)
    .some(
      ({ fields, direction }) =>
        fields[own.system] === name && (direction === 'both' || direction === `to-${own.system}`),
    );

/** Fields that Tandem would write by the lifecycle and by a mapping: each would take the other's value back. Pure. */
export const checkPointedMappings = (
  { lifecycle, sources }: LoadedLifecycle,
  pairs: readonly PairMapping[],
): readonly Finding[] => {
  const source = sources['lifecycle.yaml'];
  if (lifecycle === null || source === undefined) return [];
  return [...lifecycle.pointed.values()].flat().flatMap((pointed) => {
    const { own, object, name, key } = pointed;
    const pair = own.by === 'tandem' ? pairs.find((each) => isWrittenBy(each, pointed)) : undefined;
    if (pair === undefined) return [];
    const what = `${systemLabel[own.system]} ${object}.${name} is written by the lifecycle and by ${pair.file}`;
    const fix = `name another field here, or take ${name} out of the mapping`;
    return [errorAt(source, ['fields', key], what, 'each would take back what the other wrote', fix)];
  });
};
