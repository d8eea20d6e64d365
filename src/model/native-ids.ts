import type { PairMapping } from './mapping.ts';
import type { RecordSnapshot } from './record.ts';
import { toId18 } from './salesforce-id.ts';
import type { System } from './system.ts';

// HubSpot's own Salesforce integration keeps on a record of HubSpot the id of the Salesforce record that it has it with (properties
// salesforceleadid, salesforcecontactid, salesforceaccountid, hs_salesforceopportunityid). Whoever comes from it has its links there.

/** API fields of one side that hold such ids, which Salesforce's records do not have. */
export const nativeFieldsOf = ({ native }: Pick<PairMapping, 'native'>, system: System): readonly string[] =>
  system === 'hubspot' ? (native?.fields ?? []) : [];

/** The Salesforce ids of those properties, each once and with 18 characters, in the mapping's order; what is no id is left out. */
export const nativeIdsOf = (
  pair: Pick<PairMapping, 'native'>,
  { ref, fields }: Pick<RecordSnapshot, 'ref' | 'fields'>,
): readonly string[] => {
  const ids = nativeFieldsOf(pair, ref.system).flatMap((name) => {
    const raw = fields[name];
    return typeof raw === 'string' ? (toId18(raw.trim()) ?? []) : [];
  });
  return [...new Set(ids)];
};

/**
 * The Salesforce ids by which such a link would show: those that a record of HubSpot names, and a Salesforce record's own; they are locked like
 * match keys, so that nobody makes the record of one side while its link with the other begins. Empty where the mapping does not ask for it.
 */
export const nativeKeysOf = (
  pair: Pick<PairMapping, 'native'>,
  record: Pick<RecordSnapshot, 'ref' | 'fields'>,
): readonly string[] => {
  if (record.ref.system === 'hubspot') return nativeIdsOf(pair, record);
  return pair.native === undefined ? [] : [record.ref.id];
};
