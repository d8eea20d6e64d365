import { formsOf, ownerReference, type PairMapping } from '../model/mapping.ts';
import type { MappingFile } from './file-shape.ts';
import type { Finding } from './finding.ts';
import { didYouMean } from './suggest.ts';
import type { YamlSource } from './yaml-source.ts';

/** The names of the other pairs that this one's fields refer to. */
export const referredBy = (pair: PairMapping): readonly string[] => [
  ...new Set(
    formsOf(pair).flatMap(({ fields }) =>
      fields.flatMap(({ reference, ties }) => {
        const of = reference?.of ?? ties?.of;
        return of === undefined || of === ownerReference || of === pair.name ? [] : [of];
      }),
    ),
  ),
];

/** References to a pair that no file maps. */
export const unknownReferences = (
  files: readonly { readonly source: YamlSource; readonly content: MappingFile }[],
): readonly Finding[] => {
  const names = [ownerReference, ...files.map(({ content }) => content.object)];
  return files.flatMap(({ source, content }) =>
    content.fields.flatMap((field, index): Finding[] => {
      if (field.of === undefined || names.includes(field.of)) return [];
      return [
        {
          level: 'error',
          file: source.file,
          ...source.placeOf(['fields', index, 'of']),
          what: `field ${field.hubspot} refers to '${field.of}', which no file maps`,
          why: 'who is who there is known by the links of that mapping',
          fix: `${didYouMean(field.of, names)}add that mapping, or delete the row`,
        },
      ];
    }),
  );
};

/**
 * The pairs so that what is referred to comes first: companies before the people who work there. Otherwise as they were; of a circle the
 * first one stays first.
 */
export const inOrder = (pairs: readonly PairMapping[]): readonly PairMapping[] => {
  const byName = new Map(pairs.map((pair) => [pair.name, pair]));
  const done = new Set<PairMapping>();
  const open = new Set<PairMapping>();
  const place = (pair: PairMapping): void => {
    if (done.has(pair) || open.has(pair)) return;
    open.add(pair);
    for (const name of referredBy(pair)) {
      const other = byName.get(name);
      if (other) place(other);
    }
    done.add(pair);
  };
  for (const pair of pairs) place(pair);
  return [...done];
};
