import { z } from 'zod';
import type { FileWords } from '../../mapping/shape-findings.ts';
import type { KeyPath } from '../../mapping/yaml-source.ts';

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

const innerNode = (node: Node, key: string | number): Node | undefined => {
  if (typeof key === 'number') return node.items;
  const own = node.properties?.[key];
  if (own !== undefined) return own;
  return typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
};

const nodesAt = (root: Node, path: KeyPath): readonly Node[] =>
  path.reduce<readonly Node[]>(
    (nodes, key) =>
      nodes.flatMap((node) => [node, ...(node.anyOf ?? [])]).flatMap((node) => innerNode(node, key) ?? []),
    [root],
  );

const keysOf = (node: Node): readonly string[] => [
  ...Object.keys(node.properties ?? {}),
  ...(node.propertyNames?.enum ?? []),
  ...(node.anyOf ?? []).flatMap(keysOf),
];

const nameAt = (data: unknown, path: KeyPath): unknown => {
  let value = data;
  for (const key of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[key];
  }
  return value === null || typeof value !== 'object'
    ? undefined
    : (value as { readonly name?: unknown }).name;
};

/** `'rules' number 3 (pricing page), 'points'`: an entry of a list is named by its own name where it has one. */
const nameOf = (path: KeyPath, data: unknown): string => {
  if (path.length === 0) return 'the file';
  const parts = path.map((key, index) => {
    if (typeof key !== 'number') return `'${key}'`;
    const name = nameAt(data, path.slice(0, index + 1));
    return `number ${key + 1}${typeof name === 'string' ? ` (${name})` : ''}`;
  });
  return parts.join(' ').replaceAll("' '", '.');
};

/** The JSON Schema of a file, for editors: draft 7, which yaml-language-server reads best. */
export const jsonSchemaOf = (schema: z.ZodType): unknown =>
  z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });

/** How findings speak of a file with this schema. */
export const wordsOf = (schema: z.ZodType, page: string): FileWords => {
  const root = jsonSchemaOf(schema) as Node;
  return {
    allowedKeys: (path) => [...new Set(nodesAt(root, path).flatMap(keysOf))],
    nameOf,
    page,
  };
};
