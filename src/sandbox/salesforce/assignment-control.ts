import * as z from 'zod';
import { ControlError } from '../core/system.ts';
import type { Company } from './company.ts';
import { type AssignmentRule, assignmentEntriesSchema } from './dml/assignment.ts';
import { toId18 } from './ids.ts';
import { SetupWriter } from './setup-writer.ts';
import type { Table } from './store/table.ts';

const rulesSchema = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        active: z.boolean().default(true),
        entries: assignmentEntriesSchema.default([]),
      }),
    )
    .default([]),
  defaultOwner: z.string().optional(),
});

/** A list of entries is one active rule of these; an empty one is no rule at all. */
const bodySchema = z.union([
  assignmentEntriesSchema.transform((entries) => ({
    rules: entries.length === 0 ? [] : [{ name: 'Standard', active: true, entries }],
    defaultOwner: undefined,
  })),
  rulesSchema,
]);

const ownerOf = (company: Company, place: string, text: string): string => {
  const id = toId18(text);
  const table = id === null ? undefined : company.database.tableOfId(id);
  if (id === null || table?.get(id) === undefined || !['User', 'Group'].includes(table.schema.name)) {
    throw new ControlError(place, 'is not the id of a user or queue');
  }
  return id;
};

const ruleTable = (company: Company): Table => {
  const object = company.database.schema.object('AssignmentRule');
  if (object === undefined) throw new Error('lead assignment needs the object AssignmentRule');
  return company.database.table(object);
};

/** Rows of AssignmentRule as they are to be: one a rule, found again by name; those that are not named go. */
const keepRows = (
  company: Company,
  rules: readonly { readonly name: string; readonly active: boolean }[],
): ReadonlyMap<string, string> => {
  const table = ruleTable(company);
  const setup = new SetupWriter(company.database);
  const nameColumn = table.schema.column('Name');
  const names = new Set(rules.map(({ name }) => name));
  for (const row of [...table.rows]) if (!names.has(String(row.values[nameColumn]))) table.erase(row);
  return new Map(
    rules.map(({ name, active }) => {
      const row = table.rows.find((one) => one.values[nameColumn] === name);
      if (row !== undefined) setup.change(row, { Active: active });
      const fields = { Name: name, SobjectType: 'Lead', Active: active };
      return [name, row?.id ?? setup.add('AssignmentRule', fields, company.directory.personUserId)];
    }),
  );
};

/**
 * Sets the lead assignment rules and the default lead owner, and answers the rules' ids by name. Throws ControlError where an owner is no
 * user or queue, or two rules are active.
 */
export const setAssignment = (company: Company, payload: unknown): Readonly<Record<string, string>> => {
  const { rules, defaultOwner } = bodySchema.parse(payload);
  if (rules.filter(({ active }) => active).length > 1) {
    throw new ControlError('rules', 'only one rule can be active');
  }
  const isList = Array.isArray(payload);
  const checked = rules.map(({ entries, ...rule }, at) => ({
    ...rule,
    entries: entries.map((entry, entryAt) => {
      const place = isList ? `[${entryAt}].owner` : `rules[${at}].entries[${entryAt}].owner`;
      return { ...entry, owner: ownerOf(company, place, entry.owner) };
    }),
  }));
  const owner =
    defaultOwner === undefined
      ? company.directory.personUserId
      : ownerOf(company, 'defaultOwner', defaultOwner);
  const ids = keepRows(company, checked);
  company.assignment.set({
    rules: checked.map((rule): AssignmentRule => ({ ...rule, id: ids.get(rule.name) ?? '' })),
    defaultOwner: owner,
  });
  return Object.fromEntries(ids);
};
