import type { Catalogue } from '../content/model.ts';
import type { RoutingModel } from '../routing/model.ts';
import type { ScoringModel } from '../scoring/model.ts';
import type { SlaModel } from '../sla/model.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import { buildContent } from './build-content.ts';
import { buildLifecycle } from './build-lifecycle.ts';
import { buildRouting } from './build-routing.ts';
import { buildScoring } from './build-scoring.ts';
import { buildSla } from './build-sla.ts';
import type { FileKind } from './check-file.ts';
import { checkContentRules } from './content-rules.ts';
import { contentFile } from './content-shape.ts';
import { wordsOf } from './file-words.ts';
import { checkLifecycleRules } from './lifecycle-rules.ts';
import { lifecycleFile } from './lifecycle-shape.ts';
import { checkRoutingRules } from './routing-rules.ts';
import { routingFile } from './routing-shape.ts';
import { checkScoringRules } from './scoring-rules.ts';
import { scoringFile } from './scoring-shape.ts';
import { checkSlaRules } from './sla-rules.ts';
import { slaFile } from './sla-shape.ts';

/** The page that explains every key of these files. */
export const page = 'docs/admins/lifecycle.md';

/** lifecycle.yaml: stages, moves, reasons and places. */
export const lifecycleKind: FileKind<typeof lifecycleFile, LifecycleDefinition> = {
  schema: lifecycleFile,
  words: wordsOf(lifecycleFile, page),
  rules: checkLifecycleRules,
  build: buildLifecycle,
};

/** scoring.yaml: the score, and who is sales-ready. */
export const scoringKind: FileKind<typeof scoringFile, ScoringModel> = {
  schema: scoringFile,
  words: wordsOf(scoringFile, page),
  rules: checkScoringRules,
  build: buildScoring,
};

/** routing.yaml: who gets a lead. */
export const routingKind: FileKind<typeof routingFile, RoutingModel> = {
  schema: routingFile,
  words: wordsOf(routingFile, page),
  rules: checkRoutingRules,
  build: buildRouting,
};

/** sla.yaml: calendars, and how soon who acts. */
export const slaKind: FileKind<typeof slaFile, SlaModel> = {
  schema: slaFile,
  words: wordsOf(slaFile, page),
  rules: checkSlaRules,
  build: buildSla,
};

/** content.yaml: what reps can send, and for whom it is made. */
export const contentKind: FileKind<typeof contentFile, Catalogue> = {
  schema: contentFile,
  words: wordsOf(contentFile, page),
  rules: checkContentRules,
  build: buildContent,
};
