import * as z from 'zod';
import { ControlError, type ControlRoute } from '../core/system.ts';
import type { Company } from './company.ts';
import { refusalAt, tableOf, webPageWriter } from './control.ts';
import { toId18 } from './ids.ts';

const editsSchema = z.strictObject({
  /** The alias of the user who does it: a rep, or an automation that has a user of its own. */
  by: z.string().min(1),
  type: z.string().min(1),
  /** With an `Id` the record is changed, without one it is made. */
  records: z.array(z.looseObject({ Id: z.string().optional() })).min(1),
});

const userOf = (company: Company, alias: string): string => {
  const table = tableOf(company, 'User');
  const column = table.schema.column('Alias');
  const row = table.rows.find((each) => each.values[column] === alias);
  if (row === undefined) throw new ControlError('by', `there is no user ${alias}`);
  return row.id;
};

/**
 * Makes and changes records as a user of the directory does, in one transaction: the same checks as any write, no assignment rule. All or none; answers the ids in
 * order. Throws ControlError that names the row and the vendor's code.
 */
const editRecords = (company: Company, payload: unknown): { readonly ids: readonly string[] } => {
  const { by, type, records } = editsSchema.parse(payload);
  const table = tableOf(company, type);
  const writer = webPageWriter(company, userOf(company, by));
  const ids = records.map(({ Id, ...fields }, at) => {
    try {
      if (Id === undefined) return writer.create(table, fields).id;
      const row = table.get(toId18(Id) ?? '');
      if (row === undefined || row.deleted)
        throw new ControlError(`records[${at}]`, 'there is no such record');
      writer.update(table, row, fields);
      return row.id;
    } catch (error) {
      writer.transaction.rollback();
      throw refusalAt(`records[${at}]`, error);
    }
  });
  writer.transaction.commit();
  return { ids };
};

/** The hook by which anybody of the directory, and not the two who sign in alone, edits records. */
export const editsRoute = (company: Company): ControlRoute => ({
  method: 'POST',
  template: '/edits',
  handle: (body) => editRecords(company, body),
});
