import type { PlaceRow } from '../../model/mapping.ts';
import { joinParts, splitParts } from '../../model/part-text.ts';
import type { Sides } from '../../model/system.ts';
import { blank, type Canonical, type RawValue, type SideCodec } from '../../model/value.ts';
import { clearedHubspot, clearedSalesforce } from './codec-kind.ts';
import { longId } from './reference.ts';

const foreign = (raw: RawValue, why: string): Canonical => ({ kind: 'foreign', raw, why });

const value = ({ recordType }: PlaceRow, stage: string): Canonical => {
  const text = joinParts(recordType === null ? null : longId(recordType), stage) ?? '';
  return { kind: 'value', key: text, text };
};

/**
 * Where a deal stands: pipeline and stage in HubSpot, record type and stage in Salesforce, as one value, since a stage means nothing without its
 * pipeline. Canonical is Salesforce's. A pipeline, record type or stage that the table does not list is foreign.
 */
export const makePlaceCodecs = (rows: readonly PlaceRow[]): Sides<SideCodec> => {
  const rowOfType = (recordType: RawValue): PlaceRow | undefined =>
    rows.find(
      (row) =>
        (row.recordType === null ? null : longId(row.recordType)) ===
        (recordType === null ? null : longId(String(recordType))),
    );
  const stageRead = ({ stages, also }: PlaceRow, stage: string): string | undefined =>
    Object.values(stages).includes(stage) ? stage : stages[also[stage] ?? ''];
  return {
    hubspot: {
      decode: (raw) => {
        const [pipeline, stage] = splitParts(raw);
        if (stage === null) return blank;
        const row = rows.find((each) => each.pipeline === pipeline);
        if (row === undefined) return foreign(raw, "its pipeline is not in the mapping's table");
        const there = row.stages[String(stage)];
        return there === undefined
          ? foreign(raw, "its stage is not in the mapping's table of the pipeline")
          : value(row, there);
      },
      encode: (canonical) => {
        if (canonical.kind === 'blank') return clearedHubspot;
        const [recordType, stage] = splitParts(canonical.key);
        const row = rowOfType(recordType);
        const own = Object.entries(row?.stages ?? {}).find(([, there]) => there === stage)?.[0];
        return joinParts(row?.pipeline ?? null, own ?? null) ?? clearedHubspot;
      },
    },
    salesforce: {
      decode: (raw) => {
        const [recordType, stage] = splitParts(raw);
        if (stage === null) return blank;
        const row = rowOfType(recordType);
        if (row === undefined) return foreign(raw, "its record type is not in the mapping's table");
        const read = stageRead(row, String(stage));
        return read === undefined
          ? foreign(raw, "its stage is not in the mapping's table of the record type")
          : value(row, read);
      },
      encode: (canonical) => (canonical.kind === 'blank' ? clearedSalesforce : canonical.key),
    },
  };
};
