import { basename, dirname } from 'node:path';
import { checkFile } from '../../lifecycle/config/check-file.ts';
import { page, scoringKind } from '../../lifecycle/config/files.ts';
import type { LoadedLifecycle } from '../../lifecycle/config/load.ts';
import { lookFieldsOf } from '../../lifecycle/look/fields.ts';
import type { LifecycleStore } from '../../lifecycle/run/ports.ts';
import { allScores, type StoredScore } from '../../lifecycle/run/stored-scores.ts';
import type { ScoringModel } from '../../lifecycle/scoring/model.ts';
import { whatIf } from '../../lifecycle/scoring/sales-ready.ts';
import { MappingError } from '../../mapping/finding.ts';
import { readConfigFile } from '../../mapping/read-files.ts';
import { UsageError } from '../../model/failure.ts';
import { judgementBy, readyWords } from './explain-score.ts';

/** Of each side so many are shown with their scores. */
const samplesMax = 5;
/** In words so many are named; JSON names all. */
const namedMax = 20;

const scoringFile = { name: 'scoring file', page };

/** A file as scoring.yaml. @throws MappingError with what is wrong in it; UsageError where it is not there */
export const readScoring = (path: string): ScoringModel => {
  const file = readConfigFile(dirname(path), basename(path));
  if (file === null) throw new UsageError(`There is no ${path}.`, 'Name a file that is like scoring.yaml.');
  if ('what' in file) throw new MappingError([file], scoringFile);
  const { built, findings } = checkFile(scoringKind, file);
  if (built === null) {
    const errors = findings.filter(({ level }) => level === 'error');
    throw new MappingError(errors, scoringFile);
  }
  return built;
};

/** Fields that the file asks for and no look has read yet: its rules find them blank here. */
const unreadFields = (loaded: LoadedLifecycle, after: ScoringModel): readonly string[] => {
  const [today, then] = [lookFieldsOf(loaded), lookFieldsOf({ ...loaded, scoring: after })];
  return [
    ...then.contact.filter((name) => !today.contact.includes(name)).map((name) => `contact.${name}`),
    ...then.lead.filter((name) => !today.lead.includes(name)).map((name) => `lead.${name}`),
  ];
};

interface Side {
  readonly contactId: string;
  readonly before: { readonly score: number; readonly ready: string | null };
  readonly after: { readonly score: number; readonly ready: string | null; readonly why: string };
}

/** What a scoring file would change among all who are stored. */
export interface Comparison {
  readonly people: number;
  readonly entering: readonly string[];
  readonly leaving: readonly string[];
  readonly stayReady: number;
  readonly stayNot: number;
  readonly samples: { readonly entering: readonly Side[]; readonly leaving: readonly Side[] };
  readonly unreadFields: readonly string[];
}

const sideOf = (each: StoredScore, before: ScoringModel, after: ScoringModel, now: number): Side => {
  const [was, is] = [judgementBy(each, 0, before, now), judgementBy(each, 1, after, now)];
  return {
    contactId: each.row.contactId,
    before: { score: was.score.score, ready: was.ready?.definition ?? null },
    after: { score: is.score.score, ready: is.ready?.definition ?? null, why: readyWords(is) },
  };
};

/**
 * Who would change sides if `after` were scoring.yaml, among all who are stored, as they were looked at last. Page by page: what is kept are the ids of
 * those who change sides. Nothing is written, neither system is asked.
 */
export const compareScoring = async (
  store: Pick<LifecycleStore, 'history' | 'journeysAfter'>,
  loaded: LoadedLifecycle,
  { before, after }: { readonly before: ScoringModel; readonly after: ScoringModel },
  now: number,
): Promise<Comparison> => {
  const entering: string[] = [];
  const leaving: string[] = [];
  const samples = { entering: [] as Side[], leaving: [] as Side[] };
  let [people, stayReady, stayNot] = [0, 0, 0];
  for await (const page of allScores(store, [before, after])) {
    const byId = new Map(page.map((each) => [each.person.id, each]));
    const moved = whatIf(
      page.map(({ person, by: [was, is] }) => ({
        person,
        tally: { before: was?.tally ?? {}, after: is?.tally ?? {} },
        ...(was?.earned == null || is?.earned == null
          ? {}
          : { earned: { before: was.earned, after: is.earned } }),
      })),
      before,
      after,
      now,
    );
    people += page.length;
    stayReady += moved.stayReady;
    stayNot += moved.stayNot;
    for (const [ids, names, shown] of [
      [moved.entering, entering, samples.entering],
      [moved.leaving, leaving, samples.leaving],
    ] as const) {
      for (const id of ids) {
        const each = byId.get(id);
        if (each === undefined) continue;
        names.push(each.row.contactId);
        if (shown.length < samplesMax) shown.push(sideOf(each, before, after, now));
      }
    }
  }
  return {
    people,
    entering,
    leaving,
    stayReady,
    stayNot,
    samples,
    unreadFields: unreadFields(loaded, after),
  };
};

const named = (ids: readonly string[]): string =>
  ids.length === 0
    ? ''
    : `: contacts ${ids.slice(0, namedMax).join(', ')}${ids.length > namedMax ? ` and ${ids.length - namedMax} more (--json names all)` : ''}`;

const sampleWords = ({ contactId, before, after }: Side): string =>
  `  hubspot:contacts/${contactId}: score ${before.score} → ${after.score}; ${after.why}`;

/** The comparison in words. */
export const comparisonWords = (comparison: Comparison): string => {
  const { people, entering, leaving, stayReady, stayNot, samples } = comparison;
  return [
    `Of ${people} people, as they were looked at last:`,
    `${entering.length} would be sales-ready who are not${named(entering)}`,
    ...samples.entering.map(sampleWords),
    `${leaving.length} would not be who are${named(leaving)}`,
    ...samples.leaving.map(sampleWords),
    `${stayReady} stay sales-ready, ${stayNot} stay out.`,
    ...(comparison.unreadFields.length === 0
      ? []
      : [
          `Not read yet, so that rules find them blank here: ${comparison.unreadFields.join(', ')}. Looks read them once the file is scoring.yaml.`,
        ]),
  ].join('\n');
};
