import { isMap, isPair, isScalar, LineCounter, type Node, parseDocument, type YAMLParseError } from 'yaml';
import type { Finding } from './finding.ts';

export type KeyPath = readonly (string | number)[];

/** A mapping file that parsed as YAML, and where in it each key stands. */
export interface YamlSource {
  readonly file: string;
  readonly data: unknown;
  /** The place of a value, or of the nearest value around it that is there. */
  placeOf(path: KeyPath): { line: number; column: number };
  /** The place of a key of the map at `path`. */
  placeOfKey(path: KeyPath, key: string): { line: number; column: number };
}

const duplicateKeyFix = 'keep one of the two and delete the other';
const yamlFix =
  'correct the indentation, quotes or brackets there; values with : # or [ at their start need quotes';

/**
 * What the parser says up to its first syntax error. Behind one it takes the rest of the file for something else, and what it says of that (keys that are
 * there twice, further errors) is about its own guess.
 */
const untilSyntaxError = (errors: readonly YAMLParseError[]): readonly YAMLParseError[] => {
  const inOrder = [...errors].sort((a, b) => a.pos[0] - b.pos[0]);
  const first = inOrder.findIndex(({ code }) => code !== 'DUPLICATE_KEY');
  return first === -1 ? inOrder : inOrder.slice(0, first + 1);
};

/** Parses YAML 1.2. Not YAML, or a key twice in one map: findings instead, with their places. Never throws. */
export const parseYaml = (file: string, text: string): { source: YamlSource } | { findings: Finding[] } => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document.errors.length > 0) {
    const findings = untilSyntaxError(document.errors).map(({ code, message, pos }): Finding => {
      const place = { level: 'error', file, ...placeAt(pos[0]) } as const;
      return code === 'DUPLICATE_KEY'
        ? {
            ...place,
            what: 'a key is there twice',
            why: 'only one of the two values could count',
            fix: duplicateKeyFix,
          }
        : { ...place, what: 'this is not YAML', why: message, fix: yamlFix };
    });
    return { findings };
  }
  let data: unknown;
  try {
    data = document.toJS();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const finding: Finding = {
      level: 'error',
      file,
      line: 1,
      what: 'this YAML cannot be read',
      why,
      fix: 'write the values out instead of using aliases (*name)',
    };
    return { findings: [finding] };
  }
  const startOf = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0];
  const placeOf = (path: KeyPath): { line: number; column: number } => {
    for (let length = path.length; length > 0; length -= 1) {
      const start = startOf(document.getIn(path.slice(0, length), true));
      if (start !== undefined) return placeAt(start);
    }
    return placeAt(startOf(document.contents) ?? 0);
  };
  const placeOfKey = (path: KeyPath, key: string): { line: number; column: number } => {
    const map = path.length === 0 ? document.contents : document.getIn(path, true);
    const pair = isMap(map)
      ? map.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    const start = startOf(pair?.key);
    return start === undefined ? placeOf(path) : placeAt(start);
  };
  return { source: { file, data, placeOf, placeOfKey } };
};
