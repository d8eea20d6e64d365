import { z } from 'zod';
import type { DuplicateReport } from '../../model/failure.ts';
import type { RecordRef } from '../../model/system.ts';
import { idSchema } from './rows.ts';

const reportSchema = z
  .object({
    allowSave: z.boolean(),
    duplicateRule: z.string().nullish(),
    matchResults: z.array(
      z.object({
        entityType: z.string(),
        matchRecords: z.array(
          z.object({
            record: z.object({ Id: idSchema, attributes: z.object({ type: z.string() }).nullish() }),
          }),
        ),
      }),
    ),
  })
  .transform(({ allowSave, duplicateRule, matchResults }): DuplicateReport => {
    const matches = matchResults.flatMap(({ entityType, matchRecords }) =>
      matchRecords.map(
        ({ record: { Id: id, attributes } }): RecordRef => ({
          system: 'salesforce',
          type: attributes?.type ?? entityType,
          id,
        }),
      ),
    );
    const byId = [...new Map(matches.map((ref) => [ref.id, ref])).values()];
    return {
      rule: duplicateRule ?? null,
      canSave: allowSave,
      matches: byId.sort((a, b) => (a.id < b.id ? -1 : 1)),
    };
  });

/**
 * The part of a refusal that tells what a duplicate rule found, which the REST API spells `duplicateResut` (captures of v50, v54 and v56; the SOAP
 * API's DuplicateResult has the same parts). One that is not as expected tells nothing: half of the records found would hide the others.
 */
export const duplicateReportSchema = reportSchema.nullish().catch(undefined);
