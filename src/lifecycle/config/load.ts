import type { z } from 'zod';
import type { Finding } from '../../mapping/finding.ts';
import type { TextFile } from '../../mapping/read-files.ts';
import type { YamlSource } from '../../mapping/yaml-source.ts';
import type { Catalogue } from '../content/model.ts';
import type { RoutingModel } from '../routing/model.ts';
import type { ScoringModel } from '../scoring/model.ts';
import type { SlaModel } from '../sla/model.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import { type Checked, checkFile, type FileKind } from './check-file.ts';
import { expiredFindings } from './content-rules.ts';
import { crossCheck } from './cross-checks.ts';
import { contentKind, lifecycleKind, routingKind, scoringKind, slaKind } from './files.ts';
import { pastPilotFindings } from './pilot-check.ts';

/** The files of the lifecycle, each optional. */
export const lifecycleFileNames = [
  'lifecycle.yaml',
  'scoring.yaml',
  'routing.yaml',
  'sla.yaml',
  'content.yaml',
] as const;
export type LifecycleFileName = (typeof lifecycleFileNames)[number];
export type LifecycleTexts = Readonly<Partial<Record<LifecycleFileName, TextFile>>>;

/** A configuration's lifecycle; null: it has no such file, or one that is wrong. Without lifecycle.yaml Tandem aligns only. */
export interface LoadedLifecycle {
  readonly lifecycle: LifecycleDefinition | null;
  readonly scoring: ScoringModel | null;
  readonly routing: RoutingModel | null;
  readonly sla: SlaModel | null;
  readonly content: Catalogue | null;
  readonly findings: readonly Finding[];
  /** The files that are there and are YAML, for findings about their places. */
  readonly sources: Readonly<Partial<Record<LifecycleFileName, YamlSource>>>;
}

const absent = { built: null, findings: [], source: null } as const;

const checked = <Schema extends z.ZodType, Built>(
  kind: FileKind<Schema, Built>,
  text: TextFile | undefined,
): Checked<Built> => (text === undefined ? absent : checkFile(kind, text));

/** Checks and compiles the files of the lifecycle; `now` says what is expired or over. Pure: who has the disk reads them (`readConfigFile`). Never throws. */
export const loadLifecycle = (texts: LifecycleTexts, now: number): LoadedLifecycle => {
  const lifecycle = checked(lifecycleKind, texts['lifecycle.yaml']);
  const scoring = checked(scoringKind, texts['scoring.yaml']);
  const routing = checked(routingKind, texts['routing.yaml']);
  const sla = checked(slaKind, texts['sla.yaml']);
  const content = checked(contentKind, texts['content.yaml']);
  return {
    lifecycle: lifecycle.built,
    scoring: scoring.built,
    routing: routing.built,
    sla: sla.built,
    content: content.built,
    sources: Object.fromEntries(
      Object.entries({
        'lifecycle.yaml': lifecycle.source,
        'scoring.yaml': scoring.source,
        'routing.yaml': routing.source,
        'sla.yaml': sla.source,
        'content.yaml': content.source,
      }).flatMap(([name, source]) => (source === null ? [] : [[name, source]])),
    ),
    findings: [
      ...[lifecycle, scoring, routing, sla, content].flatMap(({ findings }) => findings),
      ...expiredFindings(content, now),
      ...pastPilotFindings(scoring, sla, now),
      ...crossCheck({ lifecycle, scoring, routing, sla, content }),
    ],
  };
};
