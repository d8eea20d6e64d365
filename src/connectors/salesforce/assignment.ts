import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import type { Api } from './api.ts';
import { queryPages } from './query.ts';
import { idSchema } from './rows.ts';
import { soqlString } from './soql.ts';

const ruleSchema = z.object({ Id: idSchema });

/**
 * Whether an assignment rule of the object is active: at most one is, and without it Sforce-Auto-Assign does nothing (Object Reference, AssignmentRule; REST API guide,
 * Assignment Rule Header). One query.
 */
export const assignsNow = async (api: Api, type: string, context: CallContext): Promise<boolean> => {
  const soql = `SELECT Id FROM AssignmentRule WHERE SobjectType = ${soqlString(type)} AND Active = true LIMIT 1`;
  for await (const { body } of queryPages(api, context, 'query', soql, ruleSchema)) {
    if (body.records.length > 0) return true;
  }
  return false;
};
