import type { YamlSource } from '../../mapping/yaml-source.ts';
import type { Audience, Catalogue, Piece } from '../content/model.ts';
import { fingerprintOf } from '../digest/fingerprint.ts';
import { dayMs } from '../stage/timers.ts';
import { expressionAt } from './build-lifecycle.ts';
import type { ContentFile } from './content-shape.ts';

const audiences = (
  source: YamlSource,
  key: 'segments' | 'personas',
  named: Readonly<Record<string, string>>,
): readonly Audience[] =>
  Object.entries(named).map(([name, when]) => ({ name, when: expressionAt(source, [key, name], when) }));

/** The moment at which the last day of a piece is over; null: it has none. */
const expiryOf = (day: string | undefined): number | null =>
  day === undefined ? null : Date.parse(day) + dayMs;

const pieceOf = (piece: ContentFile['pieces'][number]): Piece => ({
  id: piece.id,
  title: piece.title,
  // As browsers write it: what is shown is what is compared.
  url: new URL(piece.url).href,
  kind: piece.kind,
  stages: new Set(piece.stages),
  dealStages: new Set(piece['deal-stages']),
  segments: piece.segments,
  personas: piece.personas,
  topics: piece.topics,
  language: piece.language?.toLowerCase() ?? null,
  expiresAt: expiryOf(piece['valid-until']),
  forms: piece.forms,
  say: piece.say ?? null,
});

/** content.yaml, already without findings, as what `recommend` decides by. */
export const buildContent = (source: YamlSource, file: ContentFile): Catalogue => ({
  version: file.version,
  fingerprint: fingerprintOf([JSON.stringify(file)]),
  max: file.max,
  segments: audiences(source, 'segments', file.segments),
  personas: audiences(source, 'personas', file.personas),
  topics: new Map(Object.entries(file.topics)),
  language: { from: file.language.from, otherwise: file.language.otherwise.toLowerCase() },
  pieces: file.pieces.map(pieceOf),
});
