import { createHash } from 'node:crypto';
import { formsOf, ownerReference, type PairMapping, tieFields } from '../model/mapping.ts';
import { buildPair } from './build-pair.ts';
import { codecVersion } from './codecs/registry.ts';
import { checkFileRules } from './file-rules.ts';
import type { MappingFile } from './file-shape.ts';
import { type Finding, MappingError } from './finding.ts';
import { KnownReferences } from './known-references.ts';
import { readMappingFiles, type TextFile } from './read-files.ts';
import { inOrder, unknownReferences } from './reference-order.ts';
import { withPeople } from './role-rules.ts';
import { checkShape } from './shape-findings.ts';
import { parseYaml, type YamlSource } from './yaml-source.ts';

/** The mappings of a configuration. */
export interface LoadedMappings {
  /** In order of the files' names, but for what refers to another pair: it comes after it. */
  readonly pairs: readonly PairMapping[];
  /** Of what the files say (not of comments or layout) and of the codecs' version: equal hashes give equal plans. */
  readonly hash: string;
  /** What the codecs of references know; empty until somebody fills it. */
  readonly references: KnownReferences;
}

interface CheckedFile {
  readonly source: YamlSource;
  readonly content: MappingFile;
}

const checkFile = ({ file, text }: TextFile): { checked: CheckedFile } | { findings: Finding[] } => {
  const parsed = parseYaml(file, text);
  if ('findings' in parsed) return parsed;
  const shaped = checkShape(parsed.source);
  if ('findings' in shaped) return shaped;
  const findings = checkFileRules(parsed.source, shaped.content);
  return findings.length > 0 ? { findings } : { checked: { source: parsed.source, content: shaped.content } };
};

const twiceMapped = (files: readonly CheckedFile[]): Finding[] => {
  const fileByObject = new Map<string, string>();
  return files.flatMap(({ source, content }): Finding[] => {
    const first = fileByObject.get(content.object);
    fileByObject.set(content.object, first ?? source.file);
    if (first === undefined) return [];
    const what = `object '${content.object}' is in ${first} already`;
    const why = 'the name of a pair keys its links and its base';
    const place = source.placeOf(['object']);
    return [
      {
        level: 'error',
        file: source.file,
        ...place,
        what,
        why,
        fix: 'give one of the two another name, or delete it',
      },
    ];
  });
};

const hashOf = (files: readonly CheckedFile[]): string => {
  // Breakers say when to wait, not what to do: another limit is no other mapping. What goes nowhere is said to `check` alone.
  const contents = files
    .map(({ content: { breakers, consentNowhere, ...content } }) => content)
    .sort((a, b) => (a.object < b.object ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([codecVersion, contents]))
    .digest('hex');
};

/** Pairs that know whose contact roles name their records: who is erased is taken out of them. */
const withRoles = (pairs: readonly PairMapping[]): readonly PairMapping[] =>
  pairs.map((pair) => {
    const rolesIn = pairs
      .filter((each) =>
        formsOf(each).some((form) => tieFields(form).some(({ ties }) => ties.of === pair.name)),
      )
      .map(({ name }) => name);
    return rolesIn.length === 0 ? pair : { ...pair, rolesIn };
  });

/**
 * Loads and checks all mapping files of a configuration folder (`CONFIG/mappings/*.yaml`). Reads the disk, asks no system.
 * Throws MappingError with everything that is wrong in all of them.
 */
export const loadMappings = (configDir: string): LoadedMappings => {
  const { files, findings: unread } = readMappingFiles(configDir);
  const results = files.map(checkFile);
  const checked = results.flatMap((result) => ('checked' in result ? [result.checked] : []));
  const wrong = results.flatMap((result) => ('findings' in result ? result.findings : []));
  const isWhole = results.length === checked.length;
  const peopled = withPeople(checked);
  const lost = isWhole ? [...unknownReferences(checked), ...peopled.findings] : [];
  const findings = [...unread, ...wrong, ...twiceMapped(checked), ...lost];
  if (findings.length > 0) throw new MappingError(findings);
  const references = new KnownReferences();
  const pairs = peopled.files.map(({ source, content }) =>
    buildPair(source, content, (of, type) =>
      of === ownerReference ? references.table(of, type) : references.table(of),
    ),
  );
  return { pairs: inOrder(withRoles(pairs)), hash: hashOf(checked), references };
};
