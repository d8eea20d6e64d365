import { UsageError } from '../../model/failure.ts';
import { formatRef, systemLabel } from '../../model/system.ts';
import type { RawValue } from '../../model/value.ts';
import { asKnown } from '../as-known.ts';
import { exitCode } from '../exit.ts';
import { findRecords } from '../find-record.ts';
import { answer, type CommandContext, type StoreOptions } from '../with-store.ts';
import { writeOne } from '../write-one.ts';
import { type RefusedValue, refusedValueOf } from './refused-value.ts';

/** What was typed as the source keeps it; who a record belongs to is an id of that system. */
const encoded = ({ field, source }: RefusedValue, text: string): RawValue => {
  if (field.reference) return text.trim();
  const codec = field.codecs[source.system];
  const value = codec.decode(text);
  if (value.kind !== 'foreign') return codec.encode(value);
  throw new UsageError(
    `That is no ${field.kind}, which ${systemLabel[source.system]} ${field.fields[source.system]} holds: ${value.why}.`,
    'Give a value of that kind.',
  );
};

const parseSetting = (setting: string | undefined): { readonly name: string; readonly text: string } => {
  const at = setting?.indexOf('=') ?? -1;
  if (setting === undefined || at < 1) {
    throw new UsageError('Say which value it is to have.', 'tandem failures edit RECORD FIELD=VALUE');
  }
  return { name: setting.slice(0, at), text: setting.slice(at + 1) };
};

/**
 * Corrects a refused value where it was entered, as a person would there; from there it flows by its rule. @throws UsageError where
 * nothing of that is refused or the value is of the wrong kind. Exit code 1 where its own system refuses it as well.
 */
export const editRefused = async (
  context: CommandContext,
  options: StoreOptions,
  record: string | undefined,
  setting: string | undefined,
): Promise<number> => {
  const { name, text } = parseSetting(setting);
  const { operator, engine } = context.store;
  const refs = await findRecords(context, record ?? '');
  const { links } = await operator.life(refs);
  const units = [...links.map(({ id }) => `link:${id}`), ...refs.map(formatRef)];
  const items = await operator.parkedItems({ units }, units.length * 100 + 1);
  const refused = refusedValueOf(context.mappings.pairs, links, items, name);
  if (refused === null) {
    throw new UsageError(
      `Nothing called '${name}' is refused of this record.`,
      `tandem failures show ${record}`,
    );
  }
  const { pair, source } = refused;
  const failure = await writeOne(context, source, asKnown(refused.field, source, encoded(refused, text)));
  if (failure !== null) {
    const words = `${systemLabel[source.system]} refuses it as well: ${failure.code}: ${failure.message}`;
    answer(options, { edited: null, refused: { code: failure.code, message: failure.message } }, words);
    return exitCode.found;
  }
  await engine.commitSignals([
    { pair: pair.name, ref: source, class: 'live', stamp: null, cause: 'edited by hand' },
  ]);
  answer(
    options,
    { edited: formatRef(source), field: refused.field.name },
    `${systemLabel[source.system]} ${refused.field.fields[source.system]} has the new value; it flows by itself.`,
  );
  return exitCode.fine;
};
