import type { Finding } from '../../mapping/finding.ts';
import type { TextFile } from '../../mapping/read-files.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import { checkFile } from './check-file.ts';
import { lifecycleKind } from './files.ts';

/** The files of the lifecycle, by what they say, each optional. */
export const lifecycleFileNames = ['lifecycle.yaml'] as const;
export type LifecycleFileName = (typeof lifecycleFileNames)[number];
export type LifecycleTexts = Readonly<Partial<Record<LifecycleFileName, TextFile>>>;

/** A configuration's lifecycle; null: it has none, and Tandem aligns only. */
export interface LoadedLifecycle {
  readonly lifecycle: LifecycleDefinition | null;
  readonly findings: readonly Finding[];
}

/** Checks and compiles the files of the lifecycle. Pure: who has the disk reads them (`readConfigFile`). Never throws. */
export const loadLifecycle = (texts: LifecycleTexts): LoadedLifecycle => {
  const text = texts['lifecycle.yaml'];
  if (text === undefined) return { lifecycle: null, findings: [] };
  const { built, findings } = checkFile(lifecycleKind, text);
  return { lifecycle: built, findings };
};
