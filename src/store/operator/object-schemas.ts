import { sql } from 'kysely';
import { z } from 'zod';
import type { ObjectDescription } from '../../model/record.ts';
import type { System } from '../../model/system.ts';
import { milliseconds } from '../batch.ts';
import { toJson } from '../json.ts';
import { markDirty } from '../signals.ts';
import { type Db, inTransaction, run } from '../transaction.ts';

const stored = z.object({
  type: z.string(),
  fields: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      type: z.string(),
      writable: z.boolean(),
      requiredOnCreate: z.boolean(),
      maxLength: z.number().nullable(),
      options: z.array(z.string()).nullable(),
      unique: z.boolean().exactOptional(),
      updateOnly: z.boolean().exactOptional(),
      choices: z
        .array(
          z.object({ value: z.string(), label: z.string(), active: z.boolean(), isDefault: z.boolean() }),
        )
        .exactOptional(),
      references: z
        .object({ types: z.array(z.string()), relationship: z.string().nullable() })
        .exactOptional(),
    }),
  ),
});

/** How often an object is looked at: while records change, and while nothing happens. */
export interface LookGaps {
  readonly busyMs: number;
  readonly idleMs: number;
}

/**
 * Takes the next look at an object's schema for this process; one of a fleet does. True where the last look is older than the gap:
 * the longer one while nothing was written since and nothing waits.
 */
export const takeSchemaLook = async (
  db: Db,
  system: System,
  type: string,
  { busyMs, idleMs }: LookGaps,
): Promise<boolean> => {
  const rows = await run(
    db,
    sql<{ type: string }>`
      insert into tandem.object_schemas as known (system, type, fingerprint, description)
      values (${system}, ${type}, '', ${toJson({ type, fields: [] })})
      on conflict (system, type) do update set looked_at = now()
      where known.looked_at <= now() - case
        when exists (select from tandem.dirty)
          or exists (select from tandem.ledger where at > known.looked_at)
        then ${milliseconds(busyMs)} else ${milliseconds(idleMs)} end
      returning type`,
  );
  return rows.length > 0;
};

/** What an object was when it was described last; null before that. */
export const storedSchema = async (
  db: Db,
  system: System,
  type: string,
): Promise<ObjectDescription | null> => {
  const [row] = await run(
    db,
    sql<{ description: string }>`
      select description::text as description from tandem.object_schemas
      where system = ${system} and type = ${type} and fingerprint <> ''`,
  );
  if (row === undefined) return null;
  const { fields } = stored.parse(JSON.parse(row.description));
  return { type, fields: new Map(fields.map((field) => [field.name, field])) };
};

export const saveSchema = async (
  db: Db,
  system: System,
  description: ObjectDescription,
  fingerprint: string,
): Promise<void> => {
  const json = toJson({ type: description.type, fields: [...description.fields.values()] });
  await run(
    db,
    sql`
      update tandem.object_schemas set
        changed_at = case when fingerprint = ${fingerprint} then changed_at else now() end,
        fingerprint = ${fingerprint}, description = ${json}
      where system = ${system} and type = ${description.type}`,
  );
};

/** Rows that one statement marks. */
const marksPerPage = 5_000;

/**
 * Marks every live link of a pair to be looked at when there is time: a field that was left out is back, and nobody knows what was
 * changed in it meanwhile. Answers how many.
 */
export const lookAtAllLinks = async (db: Db, pair: string, type: string, cause: string): Promise<number> => {
  let after = '00000000-0000-0000-0000-000000000000';
  let total = 0;
  for (;;) {
    const links = await run(
      db,
      sql<{ id: string; hubspot_id: string }>`
        select id, hubspot_id from tandem.links
        where pair = ${pair} and id > ${after}::uuid and ended_at is null order by id limit ${marksPerPage}`,
    );
    await inTransaction(db, (tx) =>
      markDirty(
        tx,
        links.map(({ hubspot_id: id }) => ({
          pair,
          ref: { system: 'hubspot' as const, type, id },
          class: 'sweep' as const,
          stamp: null,
          cause,
        })),
      ),
    );
    total += links.length;
    const last = links.at(-1);
    if (last === undefined || links.length < marksPerPage) return total;
    after = last.id;
  }
};
