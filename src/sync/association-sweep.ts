import {
  type FieldMapping,
  formsOf,
  isPrimaryAssociation,
  type PairMapping,
  primaryAssociationType,
  tieFields,
} from '../model/mapping.ts';
import type { ChangedRecord } from '../model/record.ts';
import type { Link } from '../model/state.ts';
import type { RawValue } from '../model/value.ts';
import { contextFor, type EngineContext } from './engine.ts';
import { formOfLink, refOfLink } from './forms.ts';
import type { SignalMemory } from './signal-memory.ts';
import { driftedTies, driftSignal } from './tie-look.ts';

/** Links of one page: as many as one call reads the associations of (associations guide, batch read). */
export const sweepPageSize = 1_000;

/** What its place is kept under, beside the cursors of the readers of changes; no object is called so. */
const sweepReader = '#associations';

interface AssociationField {
  readonly form: PairMapping;
  readonly field: FieldMapping & { readonly reference: NonNullable<FieldMapping['reference']> };
}

/** The references of a pair that HubSpot keeps as associations, form by form. */
const primaryFields = (pair: PairMapping): readonly AssociationField[] =>
  formsOf(pair).flatMap((form) =>
    form.fields.flatMap((field) =>
      field.reference !== undefined && isPrimaryAssociation(form.types.hubspot, field)
        ? [{ form, field: { ...field, reference: field.reference } }]
        : [],
    ),
  );

/** The fields of a pair that HubSpot keeps as associations: each costs a call for a page of links. */
export const associationFields = (pair: PairMapping): readonly FieldMapping[] => [
  ...primaryFields(pair).map(({ field }) => field),
  ...formsOf(pair).flatMap(tieFields),
];

/** What one page came to. */
export interface SweptPage {
  /** Records whose association is not what their base says, and that were not known to be so. */
  readonly marked: number;
  /** The last link of the pair was among them: the next page begins anew. */
  readonly isLast: boolean;
}

const textOf = (raw: RawValue | undefined): string => (raw === null || raw === undefined ? '' : String(raw));

/** Of these companies those that have a live link: a reference to any other cannot flow. */
const linkedAmong = async (
  { store }: EngineContext,
  of: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> => {
  const links = await store.linksOf(of, 'hubspot', ids);
  return new Set([...links].flatMap(([id, { ended }]) => (ended === null ? [id] : [])));
};

/** The links whose association differs from their base, as signals of what HubSpot holds. */
const driftOf = async (
  context: EngineContext,
  { form, field }: AssociationField,
  links: readonly Link[],
): Promise<readonly ChangedRecord[]> => {
  const { readTies } = context.systems.hubspot;
  const own = links.filter(
    (link) => formOfLink(context.pair, link).types.salesforce === form.types.salesforce,
  );
  if (!readTies || own.length === 0) return [];
  const ties = await readTies(
    form.types.hubspot,
    own.map((link) => link.ids.hubspot),
    primaryAssociationType,
    contextFor(context, 'sweep', 'poll'),
  );
  const drifted = own.flatMap((link) => {
    const present = ties.get(link.ids.hubspot)?.find(({ primary }) => primary)?.to.id ?? '';
    const known = textOf(link.base[field.name]?.hubspot);
    return present === known ? [] : [{ link, present, known }];
  });
  const companies = drifted.flatMap(({ present }) => (present === '' ? [] : [present]));
  const linked = await linkedAmong(context, field.reference.of, [...new Set(companies)]);
  return (
    drifted
      // One that never had a counterpart waits for it: the link that begins looks at whoever refers to it.
      .filter(({ present, known }) => known !== '' || linked.has(present))
      .map(({ link, present }) => {
        const value = present === '' ? null : present;
        const news = new Map([[field.name, [field.fields.hubspot, value]]] as const);
        return driftSignal(refOfLink(context.pair, link, 'hubspot'), link, news);
      })
  );
};

/** The links whose ties of people differ from their base, form by form. */
const tieDriftOf = async (
  context: EngineContext,
  links: readonly Link[],
): Promise<readonly ChangedRecord[]> => {
  const drifted = formsOf(context.pair)
    .filter((form) => tieFields(form).length > 0)
    .map(async (form) => {
      const own = links.filter(
        (link) => formOfLink(context.pair, link).types.salesforce === form.types.salesforce,
      );
      return driftedTies(context, form, 'hubspot', own);
    });
  return (await Promise.all(drifted)).flat();
};

/** All that drifted of a record as one signal: what is remembered of it is one. */
const perRecord = (drifted: readonly ChangedRecord[]): readonly ChangedRecord[] => {
  const byId = new Map<string, ChangedRecord>();
  for (const each of drifted) {
    const before = byId.get(each.ref.id);
    byId.set(each.ref.id, before ? { ...each, fields: { ...before.fields, ...each.fields } } : each);
  }
  return [...byId.values()];
};

/**
 * Holds the associations of the next page of links against their bases: HubSpot moves no stamp of a record when they change, so that no
 * poll shows it. What differs becomes dirty rows, committed with the place; one call for each field of 1,000 links. What `memory` holds
 * was marked before, and has not helped: it is looked at when it is another.
 * @throws CallFailed when HubSpot cannot be asked; the place stays
 */
export const sweepAssociations = async (context: EngineContext, memory: SignalMemory): Promise<SweptPage> => {
  const { pair, store } = context;
  const cursor = await store.cursor(pair.name, 'hubspot', sweepReader);
  const links = await store.linksAfter(pair.name, cursor?.id ?? '', sweepPageSize);
  const drifted: ChangedRecord[] = [];
  for (const each of primaryFields(pair)) drifted.push(...(await driftOf(context, each, links)));
  drifted.push(...(await tieDriftOf(context, links)));
  const fresh = perRecord(drifted).filter((record) => !memory.has(record));
  const marks = fresh.map(({ ref }) => ({
    pair: pair.name,
    ref,
    class: 'live' as const,
    stamp: null,
    cause: 'association sweep of hubspot',
  }));
  const isLast = links.length < sweepPageSize;
  const id = isLast ? '' : (links.at(-1)?.ids.hubspot ?? '');
  await store.commitSignals(marks, {
    cursor: { pair: pair.name, system: 'hubspot', type: sweepReader, at: { stamp: context.nowMs(), id } },
  });
  memory.remember(fresh);
  if (marks.length > 0) context.wake.wake(pair.name);
  return { marked: marks.length, isLast };
};
