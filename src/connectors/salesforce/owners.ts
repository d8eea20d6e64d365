import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed } from '../../model/failure.ts';
import type { Owner } from '../../model/owner.ts';
import type { Api } from './api.ts';
import { queryPages } from './query.ts';
import { idSchema } from './rows.ts';

const userSchema = z.object({
  Id: idSchema,
  Name: z.string(),
  Email: z.string().nullish(),
  IsActive: z.boolean(),
  TimeZoneSidKey: z.string().nullish(),
  ManagerId: idSchema.nullish(),
  UserType: z.string().nullish(),
});
const queueSchema = z.object({ Id: idSchema, Name: z.string().nullish(), Email: z.string().nullish() });
const linkSchema = z.object({ QueueId: idSchema, SobjectType: z.string() });

/** All rows, and the user who asked. */
const all = async <Row>(
  api: Api,
  context: CallContext,
  soql: string,
  schema: z.ZodType<Row>,
): Promise<{ readonly rows: readonly Row[]; readonly us: string | null }> => {
  const rows: Row[] = [];
  let us: string | null = null;
  for await (const { body, session } of queryPages(api, context, 'query', soql, schema)) {
    rows.push(...body.records);
    us = session.userId;
  }
  return { rows, us };
};

/**
 * Kinds of users behind whom nobody is (object reference, User; the first two are not listed there, and orgs have one of each): flows that run by themselves, Salesforce's
 * own integrations, visitors of a site. Partners and customers who sign in are people, as are integrations that have a licence of a person: those the company names itself.
 */
const machineTypes: ReadonlySet<string> = new Set(['AutomatedProcess', 'CloudIntegrationUser', 'Guest']);

const emailOf = (text: string | null | undefined): string | null => text?.trim().toLowerCase() || null;

/** Everybody with what the lifecycle wants to know of them; a profile may hide fields of users, and who they are matters more. */
const readUsers = async (
  api: Api,
  context: CallContext,
): Promise<{ readonly rows: readonly z.infer<typeof userSchema>[]; readonly us: string | null }> => {
  const query = (fields: string): string => `SELECT Id, Name, Email, IsActive${fields} FROM User ORDER BY Id`;
  try {
    return await all(api, context, query(', TimeZoneSidKey, ManagerId, UserType'), userSchema);
  } catch (error) {
    if (!(error instanceof CallFailed) || error.failure.code !== 'INVALID_FIELD') throw error;
    return await all(api, context, query(''), userSchema);
  }
};

/** Users, former ones too, and queues with the objects that each can own. Three queries. */
export const readOwners = async (api: Api, context: CallContext): Promise<readonly Owner[]> => {
  const { rows: users, us } = await readUsers(api, context);
  const { rows: queues } = await all(
    api,
    context,
    "SELECT Id, Name, Email FROM Group WHERE Type = 'Queue' ORDER BY Id",
    queueSchema,
  );
  const { rows: links } = await all(
    api,
    context,
    'SELECT QueueId, SobjectType FROM QueueSobject ORDER BY Id',
    linkSchema,
  );
  return [
    ...users.map(
      (user): Owner => ({
        id: user.Id,
        kind: 'user',
        name: user.Name,
        email: emailOf(user.Email),
        active: user.IsActive,
        owns: null,
        ...(user.TimeZoneSidKey ? { zone: user.TimeZoneSidKey } : {}),
        ...(user.ManagerId ? { manager: user.ManagerId } : {}),
        ...(user.Id === us ? { isTandem: true } : {}),
        ...(machineTypes.has(user.UserType ?? '') ? { isMachine: true } : {}),
      }),
    ),
    ...queues.map(
      (queue): Owner => ({
        id: queue.Id,
        kind: 'queue',
        name: queue.Name ?? '',
        email: emailOf(queue.Email),
        active: true,
        owns: links.filter((link) => link.QueueId === queue.Id).map((link) => link.SobjectType),
      }),
    ),
  ];
};
