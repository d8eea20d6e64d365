import type { Shown, ShownBy, ShownRecord, Uncounted } from '../../lifecycle/account/shown.ts';
import { handedField, readyField } from '../../lifecycle/account/shown.ts';
import type { PointedFields } from '../../lifecycle/own-fields/pointed.ts';
import { withPointed } from '../../lifecycle/own-fields/pointed-system.ts';
import { type PairMapping, typesOn } from '../../model/mapping.ts';
import type { RecordSystem } from '../../model/record-system.ts';
import type { Sides } from '../../model/system.ts';

const call = { class: 'sweep', purpose: 'verify' } as const;

type Values = Readonly<Record<string, unknown>>;

/** `<id>.<n>`: an older lead or a duplicate of somebody whose own record has `<id>` (contract of the identity field). */
const isFollower = (identity: unknown): boolean => /^\d+\.\d+$/.test(String(identity ?? ''));

/** A moment as either system writes it; null where there is none, or what is there is none. */
const momentIn = (value: unknown): number | null => {
  const at = typeof value === 'string' && value !== '' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : at;
};

/** What is read of a person's records of one system. */
interface Listing {
  readonly types: readonly string[];
  /** The identity field. */
  readonly identity: string;
  readonly stage: string;
  readonly ready: string;
  /** Null: the system has none. */
  readonly handed: string | null;
}

const uncountedOf = (values: Values, identity: string, isDated: boolean): Uncounted | null => {
  if (values.IsConverted === true) return 'converted';
  if (isFollower(values[identity])) return 'follower';
  return isDated ? null : 'no-date';
};

/**
 * Every live record that shows a date, read from listings, which no search index lags behind. A lead that was converted and one that follows another
 * record show what they showed once: the person is counted by the record that they are now. Of the others, which are most, it is remembered of `wanted`
 * alone that they are there.
 */
const listed = async (
  system: Pick<RecordSystem, 'listPage'>,
  { types, identity, stage, ready, handed }: Listing,
  wanted: ReadonlySet<string>,
): Promise<ShownBy> => {
  const records: ShownRecord[] = [];
  const uncounted = new Map<string, Uncounted>();
  for (const type of types) {
    const dates = handed === null ? [ready] : [ready, handed];
    const fields = [identity, stage, ...dates, ...(type === 'Lead' ? ['IsConverted'] : [])];
    let after: string | null = null;
    do {
      const page = await system.listPage(type, after, fields, call);
      for (const { ref, fields: values } of page.records) {
        const [readyAt, handedAt] = [
          momentIn(values[ready]),
          handed === null ? null : momentIn(values[handed]),
        ];
        const why = uncountedOf(values, identity, readyAt !== null || handedAt !== null);
        if (why === null) records.push({ id: ref.id, stage: String(values[stage] ?? ''), readyAt, handedAt });
        else if (wanted.has(ref.id)) uncounted.set(ref.id, why);
      }
      after = page.after;
    } while (after !== null);
  }
  return { records, uncounted };
};

/**
 * What both systems show of who became ready, and when: one listing of each, whatever number of cohorts is counted by it. `wanted`: ids of the records
 * that are counted here, of Salesforce with 18 characters. @throws CallFailed
 */
export const shownRecords = async (
  connectors: Sides<RecordSystem>,
  pair: PairMapping,
  pointed: PointedFields,
  wanted: Sides<ReadonlySet<string>>,
): Promise<Shown> => {
  const [hubspot, salesforce] = await Promise.all([
    listed(
      withPointed(connectors.hubspot, pointed),
      {
        ...{ types: typesOn(pair, 'hubspot'), identity: pair.identity.hubspot, stage: 'tandem_stage' },
        ...{ ready: readyField.hubspot, handed: handedField },
      },
      wanted.hubspot,
    ),
    listed(
      withPointed(connectors.salesforce, pointed),
      {
        ...{
          types: typesOn(pair, 'salesforce'),
          identity: pair.identity.salesforce,
          stage: 'Tandem_Stage__c',
        },
        ...{ ready: readyField.salesforce, handed: null },
      },
      wanted.salesforce,
    ),
  ]);
  return { hubspot, salesforce };
};
