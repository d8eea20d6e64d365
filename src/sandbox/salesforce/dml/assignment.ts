import * as z from 'zod';
import { conditionHolds } from '../../core/rules.ts';
import { ControlError } from '../../core/system.ts';
import { toId18 } from '../ids.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import type { Database } from '../store/database.ts';
import type { Row } from '../store/row.ts';
import { readerOf } from './checks.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export const assignmentSchema = z.array(
  z.strictObject({
    when: z.record(z.string(), z.union([scalar, z.array(scalar)])).optional(),
    owner: z.string(),
  }),
);
export type AssignmentEntries = z.output<typeof assignmentSchema>;

/**
 * The active lead assignment rule: the first entry whose condition holds gives the owner. It runs on every create and
 * update through the API unless the caller sends Sforce-Auto-Assign: FALSE (REST API guide, assignment rule header).
 */
export class LeadAssignment {
  #entries: AssignmentEntries = [];

  /** Throws ControlError where an owner is not a live user or queue. */
  set(entries: AssignmentEntries, database: Database): void {
    this.#entries = entries.map((entry, at) => {
      const owner = toId18(entry.owner);
      const table = owner === null ? undefined : database.tableOfId(owner);
      if (
        owner === null ||
        table?.get(owner) === undefined ||
        !['User', 'Group'].includes(table.schema.name)
      ) {
        throw new ControlError(`[${at}].owner`, 'is not the id of a user or queue');
      }
      return { ...entry, owner };
    });
  }

  exportState(): AssignmentEntries {
    return this.#entries;
  }

  clear(): void {
    this.#entries = [];
  }

  ownerFor(schema: ObjectSchema, draft: Row, nowSeconds: number): string | null {
    if (schema.name !== 'Lead') return null;
    const read = readerOf(schema, draft, nowSeconds);
    const entry = this.#entries.find(({ when }) =>
      conditionHolds({ object: 'Lead', kind: 'update', ...(when === undefined ? {} : { when }) }, read),
    );
    return entry?.owner ?? null;
  }
}
