import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkFile } from '../../src/lifecycle/config/check-file.ts';
import { lifecycleKind } from '../../src/lifecycle/config/files.ts';
import {
  type LifecycleFileName,
  type LoadedLifecycle,
  lifecycleFileNames,
  loadLifecycle,
} from '../../src/lifecycle/config/load.ts';
import type { LifecycleDefinition } from '../../src/lifecycle/stage/definition.ts';
import type { LifecycleBehaviour, Mode } from '../../src/lifecycle/stage/journey.ts';
import { formatFindings } from '../../src/mapping/finding.ts';

/** A file of the shipped configuration, as text. */
export const shippedText = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../config/${name}`, import.meta.url)), 'utf8');

const allActing: Readonly<Record<LifecycleBehaviour, Mode>> = {
  stages: 'act',
  score: 'act',
  'hand-off': 'act',
  route: 'act',
  clock: 'act',
  return: 'act',
  requests: 'act',
  content: 'act',
};

const shipped = (() => {
  const text = shippedText('lifecycle.yaml').replace('  # sdr: {', '  sdr: {');
  const { built, findings } = checkFile(lifecycleKind, { file: 'config/lifecycle.yaml', text });
  if (built === null) throw new Error(formatFindings(findings));
  return built;
})();

export interface DefinitionOverrides extends Partial<Omit<LifecycleDefinition, 'behaviours'>> {
  readonly behaviours?: Partial<Record<LifecycleBehaviour, Mode>>;
}

/** The shipped stages with the optional SDR stage, every behaviour acting unless said otherwise. */
export const makeDefinition = (overrides: DefinitionOverrides = {}): LifecycleDefinition => ({
  ...shipped,
  ...overrides,
  behaviours: { ...allActing, ...overrides.behaviours },
});

/** The shipped files with one of them, or several, replaced; null takes one away. */
export const loadWith = (
  changes: Readonly<Partial<Record<LifecycleFileName, string | null>>>,
): LoadedLifecycle => {
  const texts = lifecycleFileNames.flatMap((name) => {
    const text = changes[name] === undefined ? shippedText(name) : changes[name];
    return text === null ? [] : [[name, { file: name, text }] as const];
  });
  return loadLifecycle(Object.fromEntries(texts), Date.now());
};
