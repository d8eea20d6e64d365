import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import { toId18 } from '../../model/salesforce-id.ts';
import type { Api } from './api.ts';
import { changesSince } from './changes-since.ts';
import { describe } from './describe.ts';
import { contactRole, endField, noSuchTie } from './ties.ts';

/**
 * Records whose contact roles were entered, changed or removed since then; see RecordSystem.tiesChangedSince. A role is a record of its own,
 * and its deletion shows in queryAll for 15 days (REST API guide, QueryAll).
 * @throws CallFailed
 */
export const tiesChangedSince = async (
  api: Api,
  type: string,
  toType: string,
  since: number,
  context: CallContext,
): Promise<{ readonly ids: readonly string[]; readonly until: number }> => {
  const end = endField(type, toType);
  if (end === null) throw new CallFailed(noSuchTie(type, toType));
  const ids = new Set<string>();
  let until = since;
  const whole = { stamp: Math.floor(since / 1000) * 1000, id: '' };
  for await (const { records, cursor } of changesSince(api, contactRole, whole, 0, [end], context)) {
    for (const { fields } of records) {
      const id = toId18(String(fields[end] ?? ''));
      if (id !== null) ids.add(id);
    }
    until = Math.max(until, cursor.stamp);
  }
  return { ids: [...ids], until };
};

/**
 * The roles that the company's list proposes; Salesforce takes others as well unless the list is restricted, and so may a mapping.
 * @throws CallFailed where the user may not see contact roles
 */
export const tieLabels = async (
  api: Api,
  type: string,
  toType: string,
  context: CallContext,
): Promise<readonly string[] | null> => {
  if (endField(type, toType) === null) throw new CallFailed(noSuchTie(type, toType));
  const { fields } = await describe(api, contactRole, context);
  const choices = fields.get('Role')?.choices;
  return choices === undefined ? null : choices.filter(({ active }) => active).map(({ value }) => value);
};
