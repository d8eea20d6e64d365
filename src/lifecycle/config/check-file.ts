import type { z } from 'zod';
import type { Finding } from '../../mapping/finding.ts';
import type { TextFile } from '../../mapping/read-files.ts';
import { checkShapeOf, type FileWords } from '../../mapping/shape-findings.ts';
import { parseYaml, type YamlSource } from '../../mapping/yaml-source.ts';

/** How one kind of file is checked and compiled. */
export interface FileKind<Schema extends z.ZodType, Built> {
  readonly schema: Schema;
  readonly words: FileWords;
  readonly rules: (source: YamlSource, content: z.output<Schema>) => readonly Finding[];
  readonly build: (source: YamlSource, content: z.output<Schema>) => Built;
}

export interface Checked<Built> {
  /** Null where a finding is an error. */
  readonly built: Built | null;
  readonly findings: readonly Finding[];
  /** Null where the text is no YAML. */
  readonly source: YamlSource | null;
}

/** From text to a compiled file, or to everything that is wrong with it. Never throws. */
export const checkFile = <Schema extends z.ZodType, Built>(
  kind: FileKind<Schema, Built>,
  { file, text }: TextFile,
): Checked<Built> => {
  const parsed = parseYaml(file, text);
  if ('findings' in parsed) return { built: null, findings: parsed.findings, source: null };
  const { source } = parsed;
  const shaped = checkShapeOf(source, kind.schema, kind.words);
  if ('findings' in shaped) return { built: null, findings: shaped.findings, source };
  const findings = kind.rules(source, shaped.content);
  const isWrong = findings.some(({ level }) => level === 'error');
  return { built: isWrong ? null : kind.build(source, shaped.content), findings, source };
};
