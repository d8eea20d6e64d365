import { composeSystems } from '../compose.ts';
import { CallFailed, UsageError } from '../model/failure.ts';
import { formsOf, type PairMapping, typesOn } from '../model/mapping.ts';
import { toId18 } from '../model/salesforce-id.ts';
import { type RecordRef, systems } from '../model/system.ts';
import type { CommandContext } from './with-store.ts';

/** What a RECORD argument says. */
export type RecordArgument =
  | { readonly kind: 'email'; readonly email: string }
  | {
      readonly kind: 'ref';
      readonly system: 'hubspot' | 'salesforce';
      readonly type: string | null;
      readonly id: string;
    };

const howTo =
  'Give an email address, hubspot:TYPE/ID (hubspot:contacts/151) or salesforce:ID (15 or 18 characters).';

/** Parses a RECORD argument. @throws UsageError */
export const parseRecord = (text: string): RecordArgument => {
  const hubspot = /^hubspot:([A-Za-z0-9_-]+)\/(\d+)$/.exec(text);
  if (hubspot) return { kind: 'ref', system: 'hubspot', type: hubspot[1] ?? null, id: hubspot[2] ?? '' };
  const salesforce = /^salesforce:(?:([A-Za-z0-9_]+)\/)?([A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?)$/.exec(text);
  if (salesforce) {
    return {
      kind: 'ref',
      system: 'salesforce',
      type: salesforce[1] ?? null,
      id: toId18(salesforce[2] ?? '') ?? '',
    };
  }
  if (/^[^\s:@]+@[^\s@]+$/.test(text)) return { kind: 'email', email: text };
  throw new UsageError('That is not a record.', howTo);
};

/** The first three characters of a Salesforce id name its object; these are the standard ones (object reference, key prefixes). */
const typeByPrefix: Readonly<Record<string, string>> = {
  '00Q': 'Lead',
  '003': 'Contact',
  '001': 'Account',
  '006': 'Opportunity',
};

/** The object that a record is of: as given, by its id, or the only one that a mapping has on that side. */
const refOf = (
  pairs: readonly PairMapping[],
  argument: Extract<RecordArgument, { kind: 'ref' }>,
): RecordRef => {
  const { system, id } = argument;
  const known = pairs.map(({ types }) => types[system]);
  const type = argument.type ?? typeByPrefix[id.slice(0, 3)] ?? (known.length === 1 ? known[0] : undefined);
  return { system, type: type ?? known[0] ?? '', id };
};

const byEmailLive = async (
  { settings, mappings, store, log }: CommandContext,
  email: string,
): Promise<readonly RecordRef[] | null> => {
  if (settings.connections === null) return null;
  const { connectors } = composeSystems(settings.connections, store.budget, log);
  const call = { class: 'live', purpose: 'match' } as const;
  try {
    const found = await Promise.all(
      mappings.pairs.flatMap(formsOf).flatMap((pair) =>
        pair.match
          .filter(({ kind }) => kind === 'email')
          .flatMap((rule) =>
            systems.map(async (system) => {
              const field = rule.fields[system];
              return connectors[system].findByField(pair.types[system], field, [email], [field], call);
            }),
          ),
      ),
    );
    return found.flat().map(({ record }) => record.ref);
  } catch (error) {
    if (error instanceof CallFailed) return null;
    throw error;
  } finally {
    await Promise.all(systems.map(async (system) => connectors[system].close()));
  }
};

/**
 * The records that an argument means: one where it names one, any number for an email. Both systems are asked for an email; where
 * they cannot be, the links that last held it answer.
 */
export const findRecords = async (context: CommandContext, text: string): Promise<readonly RecordRef[]> => {
  const argument = parseRecord(text);
  const { pairs } = context.mappings;
  if (argument.kind === 'ref') return [refOf(pairs, argument)];
  const live = await byEmailLive(context, argument.email);
  if (live !== null && live.length > 0) return live;
  const links = await context.store.operator.linksHolding(argument.email);
  return links.flatMap(({ pair: name, ids }) => {
    const pair = pairs.find((each) => each.name === name);
    return pair === undefined
      ? []
      : systems.map((system) => ({ system, type: pair.types[system], id: ids[system] }));
  });
};

/** The mapping that a record belongs to: that of its live link, else the first with its object. */
export const pairOf = (
  pairs: readonly PairMapping[],
  ref: RecordRef,
  linkPair: string | undefined,
): PairMapping | undefined =>
  pairs.find(({ name }) => name === linkPair) ??
  pairs.find((pair) => typesOn(pair, ref.system).includes(ref.type));

/** Both records of a link. */
export const refsOfLink = (
  pair: PairMapping,
  ids: Readonly<Record<'hubspot' | 'salesforce', string>>,
): readonly RecordRef[] => systems.map((system) => ({ system, type: pair.types[system], id: ids[system] }));
