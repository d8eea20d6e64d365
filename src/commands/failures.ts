import { UsageError } from '../model/failure.ts';
import { formatRef, type System, systemLabel, systems } from '../model/system.ts';
import type { ParkedFilter, ParkedItem } from '../store/operator/parked-rows.ts';
import type { ParkedGroup } from '../store/status/waiting.ts';
import { parkedWords } from '../sync/standing.ts';
import { exitCode } from './exit.ts';
import { editRefused } from './failures/edit.ts';
import { causeId, causeNamed, messageOf } from './failures/named-cause.ts';
import { recordRefused } from './failures/refused-value.ts';
import { findRecords, recordIn } from './find-record.ts';
import { answer, type CommandContext, iso, type StoreOptions, withExistingStore } from './with-store.ts';

/** Records that `show` lists. */
const shownMax = 200;

const parseCause = (text: string): ParkedFilter | null => {
  const [pair, system, field, code, ...rest] = text.split('/');
  const known = systems.find((each): each is System => each === system);
  if (
    pair === undefined ||
    known === undefined ||
    field === undefined ||
    code === undefined ||
    rest.length > 0
  )
    return null;
  return { pair, system: known, field: field === '*' ? null : field, code };
};

/** What is refused, by mapping and cause. */
const groupsOf = async ({
  store,
  mappings: { pairs },
}: CommandContext): Promise<readonly { readonly pair: string; readonly group: ParkedGroup }[]> =>
  (
    await Promise.all(
      pairs.map(async ({ name: pair }) =>
        (await store.status.parkedByCause(pair)).map((group) => ({ pair, group })),
      ),
    )
  ).flat();

/** The parked rows that a word means: a cause, a record, or all. @throws UsageError */
const filterOf = async (
  context: CommandContext,
  word: string | undefined,
  mayBeAll: boolean,
): Promise<ParkedFilter> => {
  if (word === undefined) {
    throw new UsageError('Say which failures.', 'Give a CAUSE as tandem failures lists them, or a RECORD.');
  }
  if (word === 'all' && mayBeAll) return {};
  const cause = parseCause(word);
  if (cause !== null) return cause;
  if (recordIn(word) === null) {
    const groups = await groupsOf(context);
    return causeNamed(
      word,
      groups.map(({ pair, group }) => ({ ...group, pair })),
    );
  }
  const refs = await findRecords(context, word);
  const { links } = await context.store.operator.life(refs);
  const units = [...links.map(({ id }) => `link:${id}`), ...refs.map(formatRef)];
  return { units };
};

const shownItem = (item: ParkedItem) => {
  const record = recordRefused(item);
  const idIn = (system: System): string | null =>
    item.ids[system] ?? (record.system === system && record.id !== '' ? record.id : null);
  return {
    object: item.pair,
    record: formatRef(record),
    hubspotId: idIn('hubspot'),
    salesforceId: idIn('salesforce'),
    field: item.field,
    system: item.system,
    category: item.failure.category,
    code: item.failure.code,
    message: item.failure.message,
    next: item.next,
    since: iso(item.since),
  };
};

const list = async (context: CommandContext, options: StoreOptions): Promise<number> => {
  const groups = (await groupsOf(context)).map(({ pair, group }) => ({
    cause: causeId({ ...group, pair }),
    object: pair,
    ...group,
    since: iso(group.since),
  }));
  const words = groups.flatMap(({ cause, records, since, message, messages, next }) => [
    `${cause}  ${records} records since ${since}`,
    `  ${messageOf({ message, messages })}`,
    `  Next: ${next}`,
  ]);
  answer(options, { failures: groups }, groups.length === 0 ? 'Nothing is refused.' : words.join('\n'));
  return groups.length === 0 ? exitCode.fine : exitCode.found;
};

const show = async (
  context: CommandContext,
  options: StoreOptions,
  word: string | undefined,
): Promise<number> => {
  const items = await context.store.operator.parkedItems(await filterOf(context, word, true), shownMax);
  const shown = items.map(shownItem);
  const words = shown.flatMap(({ record, field, system, code, message, next, since }) => [
    `${record}  ${field ?? 'whole record'} ${parkedWords(code)} ${systemLabel[system]} since ${since}: ${code}: ${message}`,
    `  Next: ${next}`,
  ]);
  answer(options, { items: shown }, shown.length === 0 ? 'Nothing of that is refused.' : words.join('\n'));
  return shown.length === 0 ? exitCode.fine : exitCode.found;
};

/**
 * What was refused: `list` groups it by cause, `show` names the records, `retry` sends it once more, `edit` corrects the value at
 * its source, `take` takes what a lower source entered, `discard` gives it up.
 */
export const failuresCommand = async (options: StoreOptions): Promise<number> =>
  withExistingStore(options, async (context) => {
    const [action = 'list', word, setting, ...rest] = options.args;
    const { operator } = context.store;
    if (rest.length > 0) throw new UsageError(`'${rest[0]}' is one word too many.`, 'tandem failures --help');
    switch (action) {
      case 'list':
        return list(context, options);
      case 'show':
        return show(context, options, word);
      case 'retry': {
        const records = await operator.retryParked(await filterOf(context, word, true), 'retry by hand');
        answer(
          options,
          { retried: records },
          `${records} records are sent once more; a worker does it at once.`,
        );
        return exitCode.fine;
      }
      case 'take': {
        const taken = await operator.takeBeside(await filterOf(context, word, false), 'taken by hand');
        const words =
          taken === 0
            ? 'Nothing of that is kept beside a higher source.'
            : `${taken} values of a lower source are taken; a worker writes them at once.`;
        answer(options, { taken }, words);
        return taken === 0 ? exitCode.found : exitCode.fine;
      }
      case 'discard': {
        const rows = await operator.discardParked(await filterOf(context, word, false));
        answer(options, { discarded: rows }, `${rows} refused values given up.`);
        return exitCode.fine;
      }
      case 'edit':
        return editRefused(context, options, word, setting);
      default:
        throw new UsageError(
          `tandem failures knows no '${action}'.`,
          'It is list, show, retry, take, edit or discard.',
        );
    }
  });
