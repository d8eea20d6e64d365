import { composeSystems } from '../compose.ts';
import type { Erasure } from '../model/erasure.ts';
import { CallFailed } from '../model/failure.ts';
import { type PairMapping, typesOn } from '../model/mapping.ts';
import { formatRef, otherSystem, type RecordRef, systems } from '../model/system.ts';
import type { ErasedCounts } from '../store/erasure/erase.ts';
import type { DatedLink } from '../store/operator/life.ts';
import { keysOfBase, recordsOfLink } from '../sync/erase.ts';
import { formOfRecord, refOfLink } from '../sync/forms.ts';
import { erasedByHand } from '../sync/identity.ts';
import { matchFieldsOf, matchKeysOf } from '../sync/match.ts';
import { exitCode } from './exit.ts';
import { findRecords, parseRecord } from './find-record.ts';
import { answer, type CommandContext, type StoreOptions, withExistingStore } from './with-store.ts';

export interface EraseOptions extends StoreOptions {
  readonly yes: boolean;
}

/** The match keys that the records have in the systems now; none where those cannot be asked. */
const keysThere = async (
  { settings, store, log }: CommandContext,
  pair: PairMapping,
  refs: readonly RecordRef[],
): Promise<readonly string[]> => {
  if (settings.connections === null) return [];
  const { connectors } = composeSystems(settings.connections, store.budget, log);
  try {
    const keys = await Promise.all(
      refs.map(async (ref) => {
        const form = formOfRecord(pair, ref);
        const fields = matchFieldsOf(form, ref.system);
        const call = { class: 'live', purpose: 'match' } as const;
        const record = (await connectors[ref.system].readMany(ref.type, [ref.id], fields, call)).get(ref.id);
        return record ? matchKeysOf(form, record) : [];
      }),
    );
    return keys.flat();
  } catch (error) {
    if (error instanceof CallFailed) return [];
    throw error;
  } finally {
    await Promise.all(systems.map(async (system) => connectors[system].close()));
  }
};

/** The match key of an address in a pair; none where people are not matched by it. */
export const keyOfEmail = (pair: PairMapping, email: string): readonly string[] =>
  pair.match.flatMap((rule) => {
    const value = rule.kind === 'email' ? rule.codecs.hubspot.decode(email) : null;
    return value?.kind === 'value' ? [value.key] : [];
  });

/** Records of links, live or ended, that held this address when they were last settled. */
const recordsHolding = async (
  { store, mappings }: CommandContext,
  email: string,
): Promise<readonly RecordRef[]> => {
  const holding = await store.operator.linksHolding(email, true);
  const pages = await Promise.all(
    holding.map(async ({ pair: name, ids }) => {
      const pair = mappings.pairs.find((each) => each.name === name);
      if (pair === undefined) return [];
      const { links } = await store.operator.life([
        { system: 'hubspot', type: pair.types.hubspot, id: ids.hubspot },
      ]);
      const key = keyOfEmail(pair, email);
      return links
        .filter(
          (link) =>
            link.pair === name && keysOfBase(pair, link.base, false).some((each) => key.includes(each)),
        )
        .flatMap((link) => systems.map((system) => refOfLink(pair, link, system)));
    }),
  );
  return pages.flat();
};

/** The records that are the person's in this pair: those asked for, and those that are or were linked with them and stand alone. */
const recordsIn = async (
  { store }: CommandContext,
  pair: PairMapping,
  asked: readonly RecordRef[],
  links: readonly DatedLink[],
): Promise<readonly RecordRef[]> => {
  const refs = new Map(asked.map((ref) => [formatRef(ref), ref]));
  for (const link of links.filter(({ ended }) => ended === null)) {
    for (const ref of recordsOfLink(pair, link)) refs.set(formatRef(ref), ref);
  }
  for (const link of links.filter(({ ended }) => ended !== null)) {
    for (const system of systems) {
      const isAsked = asked.some((ref) => ref.system === system && ref.id === link.ids[system]);
      const other = refOfLink(pair, link, otherSystem(system));
      if (!isAsked || refs.has(formatRef(other))) continue;
      const { links: ofOther } = await store.operator.life([other]);
      if (ofOther.every(({ ended }) => ended !== null)) refs.set(formatRef(other), other);
    }
  }
  return [...refs.values()];
};

/** What is to be erased in a pair; null where the record is none of its. */
const erasureIn = async (
  context: CommandContext,
  pair: PairMapping,
  found: readonly RecordRef[],
  text: string,
): Promise<Erasure | null> => {
  const argument = parseRecord(text);
  const asked = found.filter(({ system, type }) => typesOn(pair, system).includes(type));
  const { links } = await context.store.operator.life(asked);
  const own = links.filter((link) => link.pair === pair.name);
  const refs = await recordsIn(context, pair, asked, own);
  const given = argument.kind === 'email' ? keyOfEmail(pair, argument.email) : [];
  if (refs.length === 0 && given.length === 0) return null;
  const based = own.filter((link) =>
    recordsOfLink(pair, link).every((ref) => refs.some((each) => each.id === ref.id)),
  );
  const there = await keysThere(context, pair, refs);
  const keys = [...new Set([...given, ...based.flatMap(({ base }) => keysOfBase(pair, base)), ...there])];
  return { refs, keys, ...(pair.rolesIn ? { rolesIn: pair.rolesIn } : {}), cause: erasedByHand };
};

const add = (a: ErasedCounts, b: ErasedCounts): ErasedCounts => ({
  links: a.links + b.links,
  ledger: a.ledger + b.ledger,
  parked: a.parked + b.parked,
  reviews: a.reviews + b.reviews,
  intents: a.intents + b.intents,
});

const wordsOf = ({ links, ledger, parked, reviews, intents }: ErasedCounts): string =>
  `the values of ${links} links, ${ledger} ledger rows, ${parked} refusals, ${reviews} questions and ${intents} open writes`;

/**
 * Erases everything that Tandem keeps of a person, and keeps them from coming back. Nothing is written in either system. Without
 * `--yes` it only says what there is; exit code 1 then.
 */
export const eraseCommand = async (options: EraseOptions): Promise<number> =>
  withExistingStore(options, async (context) => {
    const [text = ''] = options.args;
    const { pairs } = context.mappings;
    const { operator } = context.store;
    const argument = parseRecord(text);
    const held = argument.kind === 'email' ? await recordsHolding(context, argument.email) : [];
    const found = [...(await findRecords(context, text)), ...held];
    let counts: ErasedCounts = { links: 0, ledger: 0, parked: 0, reviews: 0, intents: 0 };
    const records = new Set<string>();
    let keys = 0;
    for (const pair of pairs) {
      const erasure = await erasureIn(context, pair, found, text);
      if (erasure === null) continue;
      counts = add(counts, await operator.erase(pair.name, erasure, !options.yes));
      keys += erasure.keys.length;
      for (const ref of erasure.refs) records.add(formatRef(ref));
    }
    const list = [...records];
    const json = { erased: options.yes, records: list, keys, ...counts };
    if (list.length === 0 && keys === 0) {
      answer(options, { ...json, erased: false }, 'Neither system nor the store knows such a record.');
      return exitCode.found;
    }
    const subject = list.length === 0 ? 'No record is known; the address is kept out.' : list.join(', ');
    const words = options.yes
      ? `${subject}\nErased: ${wordsOf(counts)}. What is left in HubSpot and Salesforce is not touched: delete it there. tandem lift takes this back for later values.`
      : `${subject}\nWould be erased: ${wordsOf(counts)}. Nothing was erased yet: add --yes.`;
    answer(options, json, words);
    return options.yes ? exitCode.fine : exitCode.found;
  });
