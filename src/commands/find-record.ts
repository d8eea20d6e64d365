import { composeSystems } from '../compose.ts';
import { typeOfObjectTypeId } from '../connectors/hubspot/webhook-events.ts';
import { CallFailed, UsageError } from '../model/failure.ts';
import { formsOf, type PairMapping, typesOn } from '../model/mapping.ts';
import { toId18 } from '../model/salesforce-id.ts';
import { formatRef, type RecordRef, systems } from '../model/system.ts';
import { nextStepOfCall } from './exit.ts';
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
  'Give an email address, hubspot:TYPE/ID (hubspot:contacts/151; a company is hubspot:companies/ID) or salesforce:ID (15 or 18 characters; an account begins with 001).';

/** What a RECORD argument says; null where it is none. */
export const recordIn = (text: string): RecordArgument | null => {
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
  return /^[^\s:@]+@[^\s@]+$/.test(text) ? { kind: 'email', email: text } : null;
};

/** Parses a RECORD argument. @throws UsageError */
export const parseRecord = (text: string): RecordArgument => {
  const argument = recordIn(text);
  if (argument === null) throw new UsageError('That is not a record.', howTo);
  return argument;
};

/** The first three characters of a Salesforce id name its object; these are the standard ones (object reference, key prefixes). */
const typeByPrefix: Readonly<Record<string, string>> = {
  '00Q': 'Lead',
  '003': 'Contact',
  '001': 'Account',
  '006': 'Opportunity',
};

/** HubSpot's objects as its addresses (`record/0-1/151`) and a person may call them; any other is called as it is given. */
const hubspotType = (given: string): string => {
  const singular: Readonly<Record<string, string>> = {
    contact: 'contacts',
    company: 'companies',
    deal: 'deals',
  };
  return (Object.hasOwn(singular, given) ? singular[given] : undefined) ?? typeOfObjectTypeId(given);
};

/** The object that a record is of: as given, by its id, or the only one that a mapping has on that side. */
const refOf = (
  pairs: readonly PairMapping[],
  argument: Extract<RecordArgument, { kind: 'ref' }>,
): RecordRef => {
  const { system, id } = argument;
  const known = pairs.map(({ types }) => types[system]);
  const given = argument.type !== null && system === 'hubspot' ? hubspotType(argument.type) : argument.type;
  const type = given ?? typeByPrefix[id.slice(0, 3)] ?? (known.length === 1 ? known[0] : undefined);
  return { system, type: type ?? known[0] ?? '', id };
};

/** Why the systems could not be asked for somebody, and what helps. */
export interface Unasked {
  readonly why: string;
  readonly next: string;
}

/** No credentials are set. */
export const withoutCredentials = ({ missing }: Pick<CommandContext['settings'], 'missing'>): Unasked => ({
  why: `no credentials are set (${missing.join(', ')})`,
  next: 'Set them in the environment or in .env (see .env.example), then ask again. Those of a demonstration stand in demo.env of its folder: set -a; . .tandem/demo/demo.env',
});

/** A call failed. */
export const unaskedBy = ({ message, failure }: CallFailed): Unasked => ({
  why: message,
  next: nextStepOfCall(failure),
});

/** The records that an argument means. */
export interface Found {
  readonly refs: readonly RecordRef[];
  /** Null: both systems were asked for the email, or nobody had to be, as a record was named. */
  readonly unasked: Unasked | null;
}

/** What is needed to find a record. */
type Finding = Pick<CommandContext, 'settings' | 'mappings' | 'log'> & {
  readonly store: Pick<CommandContext['store'], 'budget'> & {
    readonly operator: Pick<CommandContext['store']['operator'], 'linksHolding'>;
  };
};

/** Each record once: the forms of a mapping, and several links, lead to the same one. */
const distinct = (refs: readonly RecordRef[]): readonly RecordRef[] => [
  ...new Map(refs.map((ref) => [formatRef(ref), ref])).values(),
];

const byEmailLive = async ({ settings, mappings, store, log }: Finding, email: string): Promise<Found> => {
  if (settings.connections === null) return { refs: [], unasked: withoutCredentials(settings) };
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
    return { refs: found.flat().map(({ record }) => record.ref), unasked: null };
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    return { refs: [], unasked: unaskedBy(error) };
  } finally {
    await Promise.all(systems.map(async (system) => connectors[system].close()));
  }
};

/**
 * The records that an argument means: one where it names one, any number for an email. Both systems are asked for an email; where
 * they cannot be, the links that last held it answer.
 */
export const lookFor = async (context: Finding, text: string): Promise<Found> => {
  const argument = parseRecord(text);
  const { pairs } = context.mappings;
  if (argument.kind === 'ref') return { refs: [refOf(pairs, argument)], unasked: null };
  const live = await byEmailLive(context, argument.email);
  if (live.refs.length > 0) return { ...live, refs: distinct(live.refs) };
  const links = await context.store.operator.linksHolding(argument.email);
  const refs = links.flatMap(({ pair: name, ids }) => {
    const pair = pairs.find((each) => each.name === name);
    return pair === undefined ? [] : refsOfLink(pair, ids);
  });
  return { refs: distinct(refs), unasked: live.unasked };
};

/** As {@link lookFor}, for whom the records alone count. */
export const findRecords = async (context: CommandContext, text: string): Promise<readonly RecordRef[]> =>
  (await lookFor(context, text)).refs;

/** What a person reads where no record was found, and what helps; a system that was not asked does not know that there is none. */
export const noRecord = ({
  unasked,
}: Pick<Found, 'unasked'>): { readonly what: string; readonly next: string } =>
  unasked === null
    ? {
        what: 'Neither system nor the store knows such a record.',
        next: 'Check the spelling; tandem explain tells what is known of a record.',
      }
    : {
        what: `The store knows no such record, and the systems were not asked: ${unasked.why}.`,
        next: unasked.next,
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
): readonly RecordRef[] =>
  systems.map((system) => {
    const byId = system === 'salesforce' ? typeByPrefix[ids.salesforce.slice(0, 3)] : undefined;
    // A converted record is of another object than the pair's own; its id says so.
    const type = typesOn(pair, system).find((each) => each === byId) ?? pair.types[system];
    return { system, type, id: ids[system] };
  });
