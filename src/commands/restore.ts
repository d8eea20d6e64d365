import { userInfo } from 'node:os';
import { didYouMean } from '../mapping/suggest.ts';
import { UsageError } from '../model/failure.ts';
import type { FieldMapping, PairMapping } from '../model/mapping.ts';
import { formatRef, systemLabel } from '../model/system.ts';
import type { DatedLink, RecordLife } from '../store/operator/life.ts';
import { formOfLink, refOfLink } from '../sync/forms.ts';
import { asKnown } from './as-known.ts';
import { exitCode } from './exit.ts';
import { findRecords } from './find-record.ts';
import { type LostValue, lostValues } from './restore/lost-values.ts';
import { answer, type CommandContext, iso, type StoreOptions, withExistingStore } from './with-store.ts';
import { writeOne } from './write-one.ts';

export interface RestoreOptions extends StoreOptions {
  /** Which of several: the id of its line in the ledger. */
  readonly entry?: string;
  /** Who asks; else the user of this shell. */
  readonly by?: string;
}

/** Values shown in a question; the ledger has them all. */
const shownMax = 20;

interface Subject {
  readonly pair: PairMapping;
  readonly field: FieldMapping;
  readonly link: DatedLink;
  readonly life: RecordLife;
}

/** The one live link whose mapping has the field. @throws UsageError where there is none, or several */
const subjectOf = async (context: CommandContext, record: string, name: string): Promise<Subject> => {
  const { pairs } = context.mappings;
  const life = await context.store.operator.life(await findRecords(context, record));
  const linked = life.links
    .filter(({ ended }) => ended === null)
    .flatMap((link) => {
      const pair = pairs.find((each) => each.name === link.pair);
      return pair === undefined ? [] : [{ pair: formOfLink(pair, link), link }];
    });
  const lower = name.toLowerCase();
  const isNamed = ({ name: own, fields }: FieldMapping): boolean =>
    [own, fields.hubspot, fields.salesforce].some((each) => each.toLowerCase() === lower);
  const found = linked.flatMap(({ pair, link }) => {
    const field = pair.fields.find(isNamed);
    return field === undefined ? [] : [{ pair, field, link }];
  });
  const [one, ...more] = found;
  if (one === undefined) {
    const names = linked.flatMap(({ pair }) =>
      pair.fields.flatMap(({ fields }) => [fields.hubspot, fields.salesforce]),
    );
    throw new UsageError(
      linked.length === 0 ? 'The record is not linked now.' : `Its mapping has no field '${name}'.`,
      `${didYouMean(name, names)}tandem explain ${record} tells what is known of it.`,
    );
  }
  if (more.length > 0) {
    const ids = found.map(({ pair, link }) => formatRef(refOfLink(pair, link, 'salesforce')));
    throw new UsageError(`Several records are meant: ${ids.join(', ')}.`, 'Name one by its id.');
  }
  return { ...one, life };
};

const lineWords = ({ id, at, system, value, rule }: LostValue): string =>
  `  --entry ${id}  ${iso(at)}  ${systemLabel[system]} had ${JSON.stringify(value)} (rule ${rule})`;

/** The value that is meant: the one named, or the only one that a rule let lose. @throws UsageError, with all there are */
const chosen = (found: readonly LostValue[], entry: string | undefined, name: string): LostValue => {
  const lost = found.filter(({ byRule }) => byRule);
  const one = entry === undefined ? (lost.length === 1 ? lost[0] : undefined) : undefined;
  const named = entry === undefined ? one : found.find(({ id }) => id === entry);
  if (named !== undefined) return named;
  const lines = found.slice(0, shownMax).map(lineWords).join('\n');
  if (found.length === 0) {
    throw new UsageError(
      `Nothing of '${name}' was replaced that does not stand there still.`,
      'tandem explain RECORD FIELD tells its whole life.',
    );
  }
  const what =
    entry !== undefined
      ? `The ledger has no value of '${name}' to put back under ${entry}.`
      : lost.length === 0
        ? `No rule let a value of '${name}' lose; these were changed on the other side:`
        : `Several values of '${name}' were replaced:`;
  throw new UsageError(`${what}\n${lines}`, 'Say which one with --entry ID.');
};

const userOf = (by: string | undefined): string => {
  if (by !== undefined) return by;
  try {
    return userInfo().username;
  } catch {
    // A container's user need not have a name.
    return 'somebody without a name here';
  }
};

/**
 * The base remembers what the last write replaced, so as to know a target that does not keep a value; this time a person wants it back. The next
 * poll or echo says that the value was kept; this is for a person who is faster.
 */
const expectBack = async ({ store }: CommandContext, { field, link }: Subject): Promise<void> => {
  const entry = link.base[field.name];
  if (!entry?.wrote) return;
  const base = { ...link.base, [field.name]: { ...entry, wrote: { ...entry.wrote, kept: true as const } } };
  await store.engine.noteKept([{ ...link, base }]);
};

/**
 * Puts a value back that was replaced, where it stood, as a person would there; from there it flows by its rule. The ledger says who, and keeps
 * what is replaced by it, so that this can be taken back as well. @throws UsageError where there is nothing, or several. Exit code 1 where its system
 * refuses it.
 */
export const restoreCommand = async (options: RestoreOptions): Promise<number> =>
  withExistingStore(options, async (context) => {
    const [record = '', name = ''] = options.args;
    const subject = await subjectOf(context, record, name);
    const { pair, field, link, life } = subject;
    const lost = chosen(lostValues(field, link, life.ledger), options.entry, name);
    const ref = refOfLink(pair, link, lost.system);
    const fields = asKnown(field, ref, lost.value);
    await expectBack(context, subject);
    const failure = await writeOne(context, ref, fields);
    const place = `${systemLabel[ref.system]} ${field.fields[ref.system]}`;
    if (failure !== null) {
      const words = `${systemLabel[ref.system]} refuses it: ${failure.code}: ${failure.message}`;
      answer(options, { restored: null, refused: { code: failure.code, message: failure.message } }, words);
      return exitCode.found;
    }
    const replaced = link.base[field.name]?.[ref.system] ?? null;
    await context.store.operator.noteRestored(
      {
        ...{
          pair: pair.name,
          event: 'write',
          target: ref,
          field: field.name,
          from: replaced,
          to: lost.value,
        },
        cause: `restored by hand by ${userOf(options.by)}, from ledger line ${lost.id}`,
        ...{ rule: 'restored', clock: null, lost: replaced, changedAt: null },
      },
      link.id,
    );
    const restored = { record: formatRef(ref), field: field.name, entry: lost.id, value: lost.value };
    answer(options, { restored }, `${place} has ${JSON.stringify(lost.value)} again; it flows by itself.`);
    return exitCode.fine;
  });
