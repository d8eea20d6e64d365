import { UsageError } from '../../model/failure.ts';
import type { FieldMapping, PairMapping } from '../../model/mapping.ts';
import { formatRef, otherSystem, type RecordRef, type System, systemLabel } from '../../model/system.ts';
import type { RawFields, RawValue } from '../../model/value.ts';
import type { ParkedItem } from '../../store/operator/parked-rows.ts';
import { partsToSend } from '../../sync/composed-system.ts';
import { exitCode } from '../exit.ts';
import { findRecords } from '../find-record.ts';
import { answer, type CommandContext, type StoreOptions } from '../with-store.ts';
import { writeOne } from '../write-one.ts';

/** A refused value and the place where it was entered. */
interface Refused {
  readonly pair: PairMapping;
  readonly field: FieldMapping;
  readonly source: RecordRef;
}

/** The value was entered on the other side of the one that refuses it; one that cannot be read stands where it was entered. */
const sourceSystem = (item: ParkedItem): System =>
  item.failure.code === 'UNREADABLE_VALUE' ? item.system : otherSystem(item.system);

const refusedOf = (pairs: readonly PairMapping[], item: ParkedItem, name: string): Refused | null => {
  const pair = pairs.find((each) => each.name === item.pair);
  const field = pair?.fields.find(
    ({ name: own, fields }) => own === item.field && [own, fields.hubspot, fields.salesforce].includes(name),
  );
  if (pair === undefined || field === undefined) return null;
  const system = sourceSystem(item);
  // A record without link is its own source; a link knows the ids of both.
  const [, type = '', own = ''] = /^[a-z]+:([^/]+)\/(.+)$/.exec(item.unit) ?? [];
  const id = item.ids[system] ?? own;
  return { pair, field, source: { system, type: type === '' ? pair.types[system] : type, id } };
};

const encoded = ({ field, source }: Refused, text: string): RawValue => {
  const codec = field.codecs[source.system];
  const value = codec.decode(text);
  if (value.kind !== 'foreign') return codec.encode(value);
  throw new UsageError(
    `That is no ${field.kind}, which ${systemLabel[source.system]} ${field.fields[source.system]} holds: ${value.why}.`,
    'Give a value of that kind.',
  );
};

/** The value by the names that its system knows. @throws UsageError for who is tied to a record, which is no value of it */
const asKnown = ({ field, source: { system } }: Refused, value: RawValue): RawFields => {
  if (field.ties) {
    throw new UsageError(
      'Who takes part in a deal is no value that can be typed.',
      `Change it in ${systemLabel[system]}, on the deal; it flows by itself.`,
    );
  }
  return field.parts
    ? partsToSend({ ...field, parts: field.parts }, system, value, undefined)
    : { [field.fields[system]]: value };
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
  const [refused] = items.flatMap((item) => refusedOf(context.mappings.pairs, item, name) ?? []);
  if (refused === undefined) {
    throw new UsageError(
      `Nothing called '${name}' is refused of this record.`,
      `tandem failures show ${record}`,
    );
  }
  const { pair, source } = refused;
  const failure = await writeOne(context, source, asKnown(refused, encoded(refused, text)));
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
