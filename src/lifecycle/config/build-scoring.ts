import { longId } from '../../mapping/codecs/reference.ts';
import type { Expression } from '../../mapping/expression.ts';
import type { KeyPath, YamlSource } from '../../mapping/yaml-source.ts';
import type { ReadyDefinition, ScoringModel } from '../scoring/model.ts';
import { dayMs } from '../stage/timers.ts';
import { expressionAt } from './build-lifecycle.ts';
import type { ScoringFile } from './scoring-shape.ts';

const optional = (source: YamlSource, path: KeyPath, text: string | undefined): Expression | null =>
  text === undefined ? null : expressionAt(source, path, text);

const definitionOf = (
  source: YamlSource,
  { version, from, approved, when, pilot }: ScoringFile['sales-ready'][number],
  index: number,
): ReadyDefinition => ({
  version,
  from: Date.parse(from),
  approvedBy: approved,
  when: expressionAt(source, ['sales-ready', index, 'when'], when),
  pilot:
    pilot === undefined
      ? null
      : {
          owners: new Set(pilot.owners.map(longId)),
          segment: optional(source, ['sales-ready', index, 'pilot', 'segment'], pilot.segment),
          share: pilot.share,
          until: pilot.until === undefined ? null : Date.parse(pilot.until),
        },
});

/** scoring.yaml, already without findings, as what `judge` decides by. */
export const buildScoring = (source: YamlSource, file: ScoringFile): ScoringModel => ({
  version: file.version,
  from: file.score.from ?? null,
  fit: {
    cap: file.fit.cap,
    grades: file.fit.grades,
    rules: file.fit.rules.map(({ name, when, points }, index) => ({
      name,
      points,
      when: expressionAt(source, ['fit', 'rules', index, 'when'], when),
    })),
  },
  engagement: {
    cap: file.engagement.cap,
    levels: file.engagement.levels,
    rules: file.engagement.rules.map((rule, index) => ({
      name: rule.name,
      on: new Set(rule.on),
      when: optional(source, ['engagement', 'rules', index, 'when'], rule.when),
      points: rule.points,
      cap: rule.cap ?? Number.POSITIVE_INFINITY,
      halfLifeMs: (rule['half-life-days'] ?? file['half-life-days']) * dayMs,
    })),
  },
  excluded: file.excluded.map(({ name, when }, index) => ({
    name,
    when: expressionAt(source, ['excluded', index, 'when'], when),
  })),
  asks: file.asks.map(({ name, on, when }, index) => ({
    name,
    on: new Set(on),
    when: optional(source, ['asks', index, 'when'], when),
  })),
  lists: file.lists,
  definitions: file['sales-ready'].map((definition, index) => definitionOf(source, definition, index)),
});
