import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import type { Owner } from '../../model/owner.ts';
import type { Api } from './api.ts';
import { queryPages } from './query.ts';
import { idSchema } from './rows.ts';

const userSchema = z.object({
  Id: idSchema,
  Name: z.string(),
  Email: z.string().nullish(),
  IsActive: z.boolean(),
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

const emailOf = (text: string | null | undefined): string | null => text?.trim().toLowerCase() || null;

/** Users, former ones too, and queues with the objects that each can own. Three queries. */
export const readOwners = async (api: Api, context: CallContext): Promise<readonly Owner[]> => {
  const { rows: users, us } = await all(
    api,
    context,
    'SELECT Id, Name, Email, IsActive FROM User ORDER BY Id',
    userSchema,
  );
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
        ...(user.Id === us ? { isTandem: true } : {}),
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
