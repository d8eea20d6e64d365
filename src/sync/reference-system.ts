import type { KnownReferences } from '../mapping/known-references.ts';
import type { CallContext } from '../model/budget.ts';
import {
  type FieldMapping,
  formFor,
  formsOf,
  isPrimaryAssociation,
  ownerReference,
  type PairMapping,
  typesOn,
} from '../model/mapping.ts';
import { passOn } from '../model/pass-on.ts';
import type { AwaitedLink } from '../model/state.ts';
import type { RecordRef, System } from '../model/system.ts';
import type { TieChange } from '../model/tie.ts';
import type { RawFields } from '../model/value.ts';
import type { WriteOutcome, WriteRow } from '../model/write.ts';
import type { EngineStore, RecordSystem } from './ports.ts';
import { outcomeWithTie } from './tie-outcome.ts';
import { writeSome } from './write-some.ts';

/** What the system around a pair knows besides its own records. */
export interface ReferenceParts {
  readonly pair: PairMapping;
  /** All pairs of the configuration, for the objects that references lead to. */
  readonly pairs: readonly PairMapping[];
  readonly known: KnownReferences;
  readonly store: Pick<EngineStore, 'linksOf' | 'awaitLinks'>;
}

type Referring = FieldMapping & { readonly reference: NonNullable<FieldMapping['reference']> };

const toPairs = (pair: PairMapping): readonly Referring[] =>
  pair.fields.filter(
    (field): field is Referring => field.reference !== undefined && field.reference.of !== ownerReference,
  );

/** Fields that refer to other pairs' records, of every form with this type: a contact of HubSpot is the same in all of them. */
const referringFields = (pair: PairMapping, system: System, type: string): readonly Referring[] => {
  const forms = formsOf(pair).filter(({ types }) => types[system] === type);
  return [...new Map(forms.flatMap(toPairs).map((field) => [field.name, field])).values()];
};

interface Read {
  readonly ref: RecordRef;
  readonly fields: RawFields;
}

/** Learns who is who in everything that these records refer to: one look at the links per pair referred to. */
const learn = async (
  { pair, known, store }: ReferenceParts,
  system: System,
  records: readonly Read[],
): Promise<readonly AwaitedLink[]> => {
  const awaited: AwaitedLink[] = [];
  const names = new Set(formsOf(pair).flatMap((form) => toPairs(form).map(({ reference }) => reference.of)));
  for (const of of names) {
    const referring = records.flatMap(({ ref, fields: values }) =>
      referringFields(pair, system, ref.type).flatMap((field) => {
        if (field.reference.of !== of) return [];
        const id = values[field.fields[system]];
        return id === null || id === undefined || id === '' ? [] : [{ ref, id: String(id) }];
      }),
    );
    if (referring.length === 0) continue;
    const ids = [...new Set(referring.map(({ id }) => id))];
    const links = await store.linksOf(of, system, ids);
    for (const id of ids) {
      const link = links.get(id);
      if (link && link.ended === null) {
        known.learn(of, link.ids);
        if (system === 'salesforce' && link.ids.salesforce !== id) known.follow(of, id, link.ids.salesforce);
      } else known.forget(of, system, id);
    }
    for (const { ref, id } of referring) {
      const link = links.get(id);
      if (link && link.ended === null) continue;
      awaited.push({ pair: pair.name, ref, of, id });
    }
  }
  return awaited;
};

/** A reference that is to be written as an association, not as a property. */
interface Association {
  readonly index: number;
  readonly to: string | null;
  readonly toType: string;
}

const toTieChanges = (
  from: RecordRef,
  { to, toType }: Association,
  present: readonly string[],
): readonly TieChange[] => {
  const ref = (id: string): RecordRef => ({ system: from.system, type: toType, id });
  if (to !== null) return [{ op: 'tie', from, to: ref(to), label: null, primary: true }];
  return present.map((id) => ({ op: 'untie', from, to: ref(id) }));
};

/**
 * Writes rows of which some fields are associations in HubSpot: what is a property first, then the associations of the rows that landed. A
 * row is only answered as landed when both are; its next look finds what is there already.
 */
const writeWithTies = async (
  inner: RecordSystem,
  parts: ReferenceParts,
  type: string,
  rows: readonly WriteRow[],
  context: CallContext,
): Promise<readonly WriteOutcome[]> => {
  const fields = referringFields(parts.pair, 'hubspot', type).filter((field) =>
    isPrimaryAssociation(type, field),
  );
  const [field] = fields;
  const name = field?.fields.hubspot ?? '';
  const target = parts.pairs.find((pair) => pair.name === field?.reference.of);
  const { readTies, writeTies } = inner;
  if (!field || !target || !readTies || !writeTies || !rows.some((row) => name in row.fields)) {
    return inner.writeMany(type, rows, context);
  }
  const plain = rows.map((row): WriteRow => {
    const { [name]: _association, ...properties } = row.fields;
    return { ...row, fields: properties };
  });
  const sent = plain.flatMap((row, index) =>
    row.op === 'update' && Object.keys(row.fields).length === 0 ? [] : [{ row, index }],
  );
  const outcomes = await writeSome(inner, type, rows, sent, context);
  const associations = rows.flatMap((row, index): readonly Association[] => {
    if (!(name in row.fields) || outcomes[index]?.kind !== 'landed') return [];
    const value = row.fields[name];
    const to = value === null || value === undefined || value === '' ? null : String(value);
    return [{ index, to, toType: target.types.hubspot }];
  });
  const idOf = (index: number): string => {
    const outcome = outcomes[index];
    return outcome?.kind === 'landed' ? outcome.id : '';
  };
  const emptied = associations.filter(({ to }) => to === null).map(({ index }) => idOf(index));
  const present =
    emptied.length === 0
      ? new Map<string, never[]>()
      : await readTies(type, emptied, target.types.hubspot, { ...context, purpose: 'read' });
  const changes = associations.flatMap((association) => {
    const from: RecordRef = { system: 'hubspot', type, id: idOf(association.index) };
    const primary = (present.get(from.id) ?? []).filter((tie) => tie.primary).map(({ to }) => to.id);
    return toTieChanges(from, association, primary).map((change) => ({ change, index: association.index }));
  });
  const ties =
    changes.length === 0
      ? []
      : await writeTies(
          changes.map(({ change }) => change),
          context,
        );
  for (const [at, { index }] of changes.entries()) {
    const own = outcomes[index];
    const tie = ties[at];
    if (own && tie) outcomes[index] = outcomeWithTie(own, tie, name);
  }
  return outcomes;
};

/** Whether records of this type are looked up by the domain of this field. */
const isDomain = (pair: PairMapping, system: System, type: string, field: string): boolean =>
  typesOn(pair, system).includes(type) &&
  formFor(pair, system, type).match.some((rule) => rule.kind === 'domain' && rule.fields[system] === field);

/**
 * A system as the engine of one pair sees it: before a record's references are decoded, who they are is known; references that HubSpot keeps
 * as associations are written as such; companies are found by their domain whatever their address looks like. A reference whose
 * target has no link is noted, so that its record is looked at again when that link begins.
 */
export const withReferences = (inner: RecordSystem, parts: ReferenceParts): RecordSystem => {
  const { system } = inner;
  const { pair, store } = parts;
  const refers = formsOf(pair).some((form) => toPairs(form).length > 0);
  const domains = pair.match.some((rule) => rule.kind === 'domain');
  if (!refers && !domains) return inner;
  return {
    ...passOn(inner),
    readMany: async (...request) => {
      const found = await inner.readMany(...request);
      const awaited = await learn(parts, system, [...found.values()]);
      if (awaited.length > 0) await store.awaitLinks?.(awaited);
      return found;
    },
    findByField: async (type, field, values, fields, context) => {
      const request = [type, field, values, fields, context] as const;
      const found =
        inner.findByDomain !== undefined && isDomain(pair, system, type, field)
          ? await inner.findByDomain(...request)
          : await inner.findByField(...request);
      await learn(
        parts,
        system,
        found.map(({ record }) => record),
      );
      return found;
    },
    ...(inner.findAcross && {
      findAcross: async (...request: Parameters<NonNullable<RecordSystem['findAcross']>>) => {
        const found = (await inner.findAcross?.(...request)) ?? [];
        await learn(
          parts,
          system,
          found.map(({ record }) => record),
        );
        return found;
      },
    }),
    writeMany: async (type, rows, context) =>
      system === 'hubspot'
        ? writeWithTies(inner, parts, type, rows, context)
        : inner.writeMany(type, rows, context),
    async *changesSince(...request) {
      for await (const page of inner.changesSince(...request)) {
        await learn(parts, system, page.records);
        yield page;
      }
    },
    listPage: async (...request) => {
      const page = await inner.listPage(...request);
      await learn(parts, system, page.records);
      return page;
    },
  };
};
