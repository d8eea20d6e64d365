import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import { CallFailed, type Failure } from '../../model/failure.ts';
import { toId18 } from '../../model/salesforce-id.ts';
import type { RecordRef } from '../../model/system.ts';
import type { Tie, TieChange, TieOutcome } from '../../model/tie.ts';
import type { Api, ApiRequest, WriteCall } from './api.ts';
import { queryPages } from './query.ts';
import { chunksOf, collectionMax } from './read-many.ts';
import { idSchema } from './rows.ts';
import { soqlString } from './soql.ts';
import { rowCategory, toFailure, vendorErrorsSchema } from './vendor-error.ts';

/** The one tie of standard objects that is no lookup; a tie is named from its opportunity or from its contact. */
const ends = { opportunity: 'OpportunityId', contact: 'ContactId' } as const;
type End = keyof typeof ends;

/** The object whose records are these ties. */
export const contactRole = 'OpportunityContactRole';

const rowSchema = z.object({
  Id: idSchema,
  OpportunityId: idSchema,
  ContactId: idSchema,
  Role: z.string().nullish(),
  IsPrimary: z.boolean(),
});
type Row = z.infer<typeof rowSchema>;

const resultsSchema = z.array(z.object({ success: z.boolean(), errors: vendorErrorsSchema.nullish() }));

const refusal = (code: string, message: string): Failure => ({
  category: 'schema',
  system: 'salesforce',
  code,
  message,
  fields: [],
});

const endOf = (type: string): End | null => {
  const lower = type.toLowerCase();
  return lower === 'opportunity' || lower === 'contact' ? lower : null;
};

/** The field of a contact role that leads to records of the first of these objects; null where the two are not tied by roles. */
export const endField = (type: string, toType: string): string | null => {
  const [from, to] = [endOf(type), endOf(toType)];
  return from === null || to === null || from === to ? null : ends[from];
};

export const noSuchTie = (from: string, to: string): Failure =>
  refusal('NO_SUCH_TIE', `${from} and ${to} are not tied by contact roles: map a lookup field instead`);

const readRows = async (
  api: Api,
  end: End,
  ids: readonly string[],
  context: CallContext,
): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for (const chunk of chunksOf([...new Set(ids)], collectionMax)) {
    const soql = `SELECT Id, OpportunityId, ContactId, Role, IsPrimary FROM ${contactRole} WHERE ${ends[end]} IN (${chunk.map(soqlString).join(',')}) ORDER BY Id`;
    for await (const { body } of queryPages(api, context, 'query', soql, rowSchema))
      rows.push(...body.records);
  }
  return rows;
};

/** Contact roles, seen from the opportunity or from the contact. Several roles of one contact in one deal are one tie. */
export const readTies = async (
  api: Api,
  type: string,
  ids: readonly string[],
  toType: string,
  context: CallContext,
): Promise<ReadonlyMap<string, readonly Tie[]>> => {
  const [from, to] = [endOf(type), endOf(toType)];
  if (from === null || to === null || from === to) throw new CallFailed(noSuchTie(type, toType));
  const wanted = ids.map(toId18).filter((id) => id !== null);
  const rows = wanted.length === 0 ? [] : await readRows(api, from, wanted, context);
  const ref = (name: string, id: string): RecordRef => ({ system: 'salesforce', type: name, id });
  const byRecord = new Map<string, readonly Tie[]>();
  for (const asked of ids) {
    const own = rows.filter((row) => row[ends[from]] === toId18(asked));
    const others = [...new Set(own.map((row) => row[ends[to]]))];
    const ties = others.map((id): Tie => {
      const roles = own.filter((row) => row[ends[to]] === id);
      return {
        from: ref(type, toId18(asked) ?? asked),
        to: ref(toType, id),
        labels: roles.flatMap((row) => (row.Role ? [row.Role] : [])),
        primary: roles.some((row) => row.IsPrimary),
      };
    });
    if (ties.length > 0) byRecord.set(asked, ties);
  }
  return byRecord;
};

interface Pair {
  readonly change: TieChange;
  readonly at: number;
  readonly opportunityId: string;
  readonly contactId: string;
}

const pairOf = (change: TieChange, at: number): Pair | null => {
  const refs = [change.from, change.to];
  const idOf = (end: End): string | null => {
    const found = refs.find((ref) => endOf(ref.type) === end);
    return found === undefined ? null : toId18(found.id);
  };
  const [opportunityId, contactId] = [idOf('opportunity'), idOf('contact')];
  return opportunityId === null || contactId === null ? null : { change, at, opportunityId, contactId };
};

const headers = { 'Sforce-Auto-Assign': 'FALSE', 'Sforce-Mru': 'updateMru=false' };
const path = '/composite/sobjects';

/** One row to write for a change; `ids` of several calls never mix. */
interface Step {
  readonly pair: Pair;
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly id: string;
  readonly record: Readonly<Record<string, unknown>>;
}

const sameTie = (row: Row, pair: Pair): boolean =>
  row.OpportunityId === pair.opportunityId && row.ContactId === pair.contactId;

type Relabel = Extract<TieChange, { op: 'relabel' }>;

/**
 * A contact has one role in a deal: the row with a role that goes takes the new one, else one without a role, else the first. Other rows
 * with roles that go say nothing more, and are deleted.
 */
const relabelSteps = (
  pair: Pair,
  { add, remove, primary }: Relabel,
  own: readonly Row[],
): readonly Step[] => {
  const [role = null] = add;
  const attributes = { type: contactRole };
  const goes = (row: Row): boolean =>
    row.Role !== null && row.Role !== undefined && remove.includes(row.Role);
  const kept =
    own.find((row) => role !== null && row.Role === role) ??
    own.find(goes) ??
    own.find((row) => !row.Role) ??
    own[0];
  if (kept === undefined) {
    const ids = { OpportunityId: pair.opportunityId, ContactId: pair.contactId };
    return [
      {
        pair,
        method: 'POST',
        id: '',
        record: { attributes, ...ids, Role: role, IsPrimary: primary ?? false },
      },
    ];
  }
  const patch = (row: Row, fields: Readonly<Record<string, unknown>>): readonly Step[] =>
    Object.keys(fields).length === 0
      ? []
      : [{ pair, method: 'PATCH', id: row.Id, record: { attributes, id: row.Id, ...fields } }];
  const wanted = role ?? (goes(kept) ? null : (kept.Role ?? null));
  const surplus = own.filter((row) => row !== kept && goes(row));
  return [
    ...surplus.map((row): Step => ({ pair, method: 'DELETE', id: row.Id, record: {} })),
    ...patch(kept, {
      ...(wanted === (kept.Role ?? null) ? {} : { Role: wanted }),
      ...(primary === undefined || primary === kept.IsPrimary ? {} : { IsPrimary: primary }),
    }),
    ...own
      .filter((row) => primary === false && row !== kept && row.IsPrimary && !surplus.includes(row))
      .flatMap((row) => patch(row, { IsPrimary: false })),
  ];
};

/** What a change comes to, from the roles that are there: nothing, one row, or every row of the tie to delete. */
const stepsOf = (pair: Pair, rows: readonly Row[]): readonly Step[] => {
  const own = rows.filter((row) => sameTie(row, pair));
  const { change } = pair;
  const attributes = { type: contactRole };
  if (change.op === 'untie') {
    return own.map((row) => ({ pair, method: 'DELETE', id: row.Id, record: {} }));
  }
  if (change.op === 'relabel') return relabelSteps(pair, change, own);
  const fields = { Role: change.label, IsPrimary: change.primary };
  const [row] = own;
  if (row === undefined) {
    const record = { attributes, OpportunityId: pair.opportunityId, ContactId: pair.contactId, ...fields };
    return [{ pair, method: 'POST', id: '', record }];
  }
  const isSettled = (row.Role ?? null) === change.label && row.IsPrimary === change.primary;
  return isSettled
    ? []
    : [{ pair, method: 'PATCH', id: row.Id, record: { attributes, id: row.Id, ...fields } }];
};

const requestFor = (method: Step['method'], steps: readonly Step[]): ApiRequest =>
  method === 'DELETE'
    ? { method, path: `${path}?ids=${steps.map((step) => step.id).join(',')}&allOrNone=false`, headers }
    : { method, path, headers, body: { allOrNone: false, records: steps.map((step) => step.record) } };

const outcomeOf = (result: z.infer<typeof resultsSchema>[number] | undefined): TieOutcome => {
  if (result === undefined) return { kind: 'unknown', cause: 'the answer has fewer rows than were sent' };
  const error = result.errors?.[0];
  if (result.success) return { kind: 'landed' };
  if (error === undefined) return { kind: 'unknown', cause: 'refused without a reason' };
  return { kind: 'refused', failure: toFailure(error, rowCategory(error)) };
};

/** Of a tie's several rows the worst outcome counts. */
const worse = (a: TieOutcome, b: TieOutcome): TieOutcome => {
  const rank = { landed: 0, refused: 1, unknown: 2 };
  return rank[b.kind] > rank[a.kind] ? b : a;
};

const sendSteps = async (
  api: Api,
  method: Step['method'],
  steps: readonly Step[],
  outcomes: Map<number, TieOutcome>,
  context: CallContext,
): Promise<void> => {
  for (const chunk of chunksOf(steps, collectionMax)) {
    const call: WriteCall<z.infer<typeof resultsSchema>> = await api.write(
      context,
      requestFor(method, chunk),
      resultsSchema,
    );
    for (const [at, step] of chunk.entries()) {
      const outcome = call.kind === 'answered' ? outcomeOf(call.body[at]) : call;
      outcomes.set(step.pair.at, worse(outcomes.get(step.pair.at) ?? { kind: 'landed' }, outcome));
    }
  }
};

/**
 * Begins, changes and ends contact roles. What is there is read first: a tie has no key of its own to upsert by, and a second role
 * of one contact is no error to Salesforce. A change after an unknown outcome reads again, and so repeats nothing that landed.
 */
export const writeTies = async (
  api: Api,
  changes: readonly TieChange[],
  context: CallContext,
): Promise<readonly TieOutcome[]> => {
  const outcomes = new Map<number, TieOutcome>();
  const pairs = changes.flatMap((change, at) => {
    const pair = pairOf(change, at);
    if (pair === null)
      outcomes.set(at, { kind: 'refused', failure: noSuchTie(change.from.type, change.to.type) });
    return pair === null ? [] : [pair];
  });
  try {
    const ids = pairs.map((pair) => pair.opportunityId);
    const rows =
      ids.length === 0 ? [] : await readRows(api, 'opportunity', ids, { ...context, purpose: 'read' });
    const steps = pairs.flatMap((pair) => stepsOf(pair, rows));
    for (const method of ['DELETE', 'PATCH', 'POST'] as const) {
      const own = steps.filter((step) => step.method === method);
      await sendSteps(api, method, own, outcomes, context);
    }
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    for (const { at } of pairs)
      if (!outcomes.has(at)) outcomes.set(at, { kind: 'refused', failure: error.failure });
  }
  return changes.map((_, at) => outcomes.get(at) ?? { kind: 'landed' });
};
