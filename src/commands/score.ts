import { scoresOf } from '../lifecycle/run/stored-scores.ts';
import { UsageError } from '../model/failure.ts';
import { exitCode } from './exit.ts';
import { findRecords } from './find-record.ts';
import { type ActiveLifecycle, activeLifecycle } from './run/lifecycle.ts';
import { judgementBy, scoreJson, scoreWords } from './score/explain-score.ts';
import { compareScoring, comparisonWords, readScoring } from './score/what-if.ts';
import { answer, type CommandContext, type StoreOptions, withExistingStore } from './with-store.ts';

export interface ScoreOptions extends StoreOptions {
  /** A file that is compared with scoring.yaml. */
  readonly whatIf?: string;
}

/** The contacts that a RECORD argument means, by themselves or by links. */
const contactsOf = async (context: CommandContext, record: string): Promise<readonly string[]> => {
  const refs = await findRecords(context, record);
  const { links } = await context.store.operator.life(refs);
  return [
    ...new Set([
      ...refs.filter(({ system }) => system === 'hubspot').map(({ id }) => id),
      ...links.map(({ ids }) => ids.hubspot),
    ]),
  ];
};

const scoreOne = async (
  options: ScoreOptions,
  context: CommandContext,
  { models: { scoring } }: ActiveLifecycle,
  record: string,
): Promise<number> => {
  const { lifecycle } = context.store;
  const rows = [...(await lifecycle.journeys(await contactsOf(context, record))).values()];
  const [[scored], now] = await Promise.all([scoresOf(lifecycle, rows, [scoring]), lifecycle.now()]);
  if (scored === undefined) {
    answer(options, { contactId: null, lines: [] }, 'The lifecycle has not looked at such a person yet.');
    return exitCode.found;
  }
  const judgement = judgementBy(scored, 0, scoring, now);
  const { version } = scoring;
  answer(options, scoreJson(scored, judgement, version), scoreWords(scored, judgement, version));
  return exitCode.fine;
};

const scoreAll = async (
  options: ScoreOptions,
  { store: { lifecycle } }: CommandContext,
  { models, loaded }: ActiveLifecycle,
  file: string,
): Promise<number> => {
  const after = readScoring(file);
  const now = await lifecycle.now();
  const comparison = await compareScoring(lifecycle, loaded, { before: models.scoring, after }, now);
  answer(options, comparison, comparisonWords(comparison));
  return exitCode.fine;
};

/**
 * Explains a person's score line by line, as they were looked at last; with `--what-if`, who would change sides by another scoring.yaml. Asks neither system
 * for anything but an email's record. Exit code 1 where nobody has looked at the person.
 */
export const scoreCommand = async (options: ScoreOptions): Promise<number> => {
  const [record] = options.args;
  const { whatIf } = options;
  if ((record === undefined) === (whatIf === undefined)) {
    throw new UsageError(
      'Name a record, or a file with --what-if.',
      'tandem score vera@example.com, or tandem score --what-if new-scoring.yaml',
    );
  }
  return withExistingStore(options, async (context) => {
    const active = await activeLifecycle(options.config, context.mappings);
    if (active === null) {
      throw new UsageError(
        'This configuration has no lifecycle: nobody is scored.',
        'Name a folder that has lifecycle.yaml with --config.',
      );
    }
    return whatIf === undefined
      ? scoreOne(options, context, active, record ?? '')
      : scoreAll(options, context, active, whatIf);
  });
};
