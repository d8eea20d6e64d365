import { describe, expect, it } from 'vitest';
import { answerStep, askStep } from '../../../src/lifecycle/effects/request-steps.ts';
import type { Standing } from '../../../src/lifecycle/effects/standing.ts';
import { newStored } from '../../../src/lifecycle/look/look.ts';
import type { RequestPlan } from '../../../src/lifecycle/requests/request.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import type { RawFields } from '../../../src/model/value.ts';
import type { WriteRow } from '../../../src/model/write.ts';

const now = Date.parse('2026-11-30T09:00:00.000Z');

/** A lead that asks, and the effect of that request; `typed` is what stands in the lead by now. */
const makeStanding = (
  id: string,
  plan: RequestPlan,
  { typed = {}, said, newer = false }: { typed?: RawFields; said?: string; newer?: boolean } = {},
): Standing => {
  const key = `request/salesforce:00Q${id}/1/1`;
  const request = { key, word: 'Enroll in program', detail: 'Nurture: budget', stamp: 1, number: 1, plan };
  const fields = { Tandem_Request__c: request.word, Tandem_Request_Detail__c: request.detail, ...typed };
  const record = { stamp: now, createdAt: now, byUs: false };
  const seen = { ...request, ...(newer ? { key: `${key}1` } : {}), state: 'open' as const };
  // Steps of requests look at nothing else of a standing.
  return {
    effect: {
      ...{ key: `j${id}/${key}`, kind: 'request', turn: 0, at: now, evidence: key },
      ...{ journeyId: `j${id}`, contactId: id, attempts: 0, route: null },
      steps: said === undefined ? {} : { ask: { state: 'done', at: now, said } },
    },
    stored: { ...newStored(`j${id}`, id, now), requests: { salesforce: seen } },
    person: {
      contact: { ...record, ref: { system: 'hubspot', type: 'contacts', id }, fields: {} },
      sales: { ...record, ref: { system: 'salesforce', type: 'Lead', id: `00Q${id}` }, fields },
    },
    now,
  } as unknown as Standing;
};

/** A context that keeps what it was asked, and knows one program. */
const makeContext = () => {
  const joins: (readonly [string, readonly string[]])[] = [];
  const writes: (readonly [string, readonly WriteRow[]])[] = [];
  const context = {
    pair: { types: { hubspot: 'contacts', salesforce: 'Lead' } },
    writable: new Map([
      ['Lead', new Set(['Tandem_Request__c', 'Tandem_Request_Detail__c', 'Tandem_Request_Result__c'])],
    ]),
    models: { lifecycle: { pointed: new Map() } },
    makeId: () => 'id',
    signal: new AbortController().signal,
    joinProgram: async (program: string, ids: readonly string[]) => {
      joins.push([program, ids]);
      const why = program === 'Nurture: budget' ? null : `HubSpot has no list '${program}'`;
      return new Map(ids.map((id) => [id, why]));
    },
    systems: {
      salesforce: {
        writeMany: async (type: string, rows: readonly WriteRow[]) => {
          writes.push([type, rows]);
          return rows.map(() => ({ kind: 'landed', id: 'x', created: false, stamp: null }));
        },
      },
    },
  } as unknown as LifecycleContext;
  return { context, joins, writes };
};
const join = (program: string): RequestPlan => ({ kind: 'join', program });
const fieldsWritten = (writes: ReturnType<typeof makeContext>['writes']) =>
  writes.flatMap(([, rows]) => rows.map(({ fields }) => fields));

describe('doing what was asked', () => {
  it('is one call for everybody of one program, and a missing list is said in words', async () => {
    const { context, joins } = makeContext();
    const results = await askStep(context, [
      makeStanding('1', join('Nurture: budget')),
      makeStanding('2', join('Nurture: gone')),
      makeStanding('3', join('Nurture: budget')),
      makeStanding('4', { kind: 'say', text: 'Not done: no.' }),
    ]);
    expect(joins).toEqual([
      ['Nurture: budget', ['1', '3']],
      ['Nurture: gone', ['2']],
    ]);
    expect(results.map((each) => (each.kind === 'done' ? each.said : each.kind))).toEqual([
      "Done: added to 'Nurture: budget'.",
      "Not done: HubSpot has no list 'Nurture: gone'.",
      "Done: added to 'Nurture: budget'.",
      'Not done: no.',
    ]);
  });

  it('is left undone, and unanswered, where a newer request took its place', async () => {
    const { context, joins, writes } = makeContext();
    const old = makeStanding('1', join('Nurture: budget'), { newer: true });
    expect(await askStep(context, [old])).toEqual([{ kind: 'done' }]);
    expect(await answerStep(context, [old])).toEqual([{ kind: 'done' }]);
    expect([joins, writes]).toEqual([[], []]);
  });
});

describe('answering', () => {
  it('empties the fields and says what happened, one call for all leads', async () => {
    const { context, writes } = makeContext();
    const said = 'Done: added.';
    const plan = join('Nurture: budget');
    await answerStep(context, [makeStanding('1', plan, { said }), makeStanding('2', plan, { said })]);
    expect(writes.map(([type, rows]) => [type, rows.length])).toEqual([['Lead', 2]]);
    expect(fieldsWritten(writes)[0]).toEqual({
      Tandem_Request__c: null,
      Tandem_Request_Detail__c: null,
      Tandem_Request_Result__c: 'Done: added. (Mon 30 Nov 2026 09:00 UTC)',
    });
  });

  it('waits for a person where the field cannot be emptied: it would be a new request at every look', async () => {
    const { context, writes } = makeContext();
    const readOnly = { ...context, writable: new Map([['Lead', new Set(['Tandem_Request_Result__c'])]]) };
    const [result] = await answerStep(readOnly, [
      makeStanding('1', join('Nurture: budget'), { said: 'Done: added.' }),
    ]);
    expect(result).toMatchObject({ kind: 'refused', next: expect.stringContaining('Tandem_Request__c') });
    expect(writes).toEqual([]);
  });

  it('leaves what somebody typed meanwhile, which is a request of its own', async () => {
    const { context, writes } = makeContext();
    const typed = { Tandem_Request__c: 'Remove from campaigns', Tandem_Request_Detail__c: null };
    await answerStep(context, [makeStanding('1', join('Nurture: budget'), { said: 'Done: added.', typed })]);
    expect(fieldsWritten(writes)).toEqual([
      { Tandem_Request_Result__c: 'Done: added. (Mon 30 Nov 2026 09:00 UTC)' },
    ]);
  });
});
