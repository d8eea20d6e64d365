import { describe, expect, it } from 'vitest';
import { type StatusWords, statusWords } from '../../../src/lifecycle/look/lead-status.ts';
import { newStored } from '../../../src/lifecycle/look/look.ts';
import type { KeptRecord, SeenRecord } from '../../../src/lifecycle/look/person.ts';
import { saidBefore, salesFacts } from '../../../src/lifecycle/look/sales-facts.ts';
import { newJourney } from '../../../src/lifecycle/stage/journey.ts';
import type { Stage } from '../../../src/lifecycle/stage/stages.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { makeDefinition } from '../shipped-files.ts';

const stamp = Date.parse('2026-11-30T09:00:00.000Z');
const none: StatusWords = { work: new Set(), no: new Set(), disqualified: new Set(), opening: new Set() };
const own: StatusWords = { ...none, work: new Set(['Contacted']) };

const record = (fields: RawFields, type = 'Lead', id = '00Q1'): SeenRecord => ({
  ref: { system: 'salesforce', type, id },
  fields,
  stamp,
  createdAt: stamp,
  byUs: false,
});
const kept = (fields: RawFields, type = 'Lead', id = '00Q1'): KeptRecord => ({ type, id, fields });
const open = {
  Status: 'Open - Not Contacted',
  OwnerId: '005b',
  Tandem_Disposition__c: null,
  Tandem_Reason__c: null,
};
const told = (now: RawFields, before: RawFields = open, wrote: RawFields = {}) =>
  salesFacts(record({ ...open, ...now }), kept(before), wrote, own).map(
    ({ kind, reason, owner, recontactAt }) => ({
      kind,
      ...(reason === undefined ? {} : { reason }),
      ...(owner === undefined ? {} : { owner }),
      ...(recontactAt === undefined ? {} : { recontactAt }),
    }),
  );

describe('what a change of the lead says', () => {
  it.each<[string, RawFields, readonly unknown[]]>([
    ['nothing changed', {}, []],
    ['another phone number', { Phone: '1' }, []],
    ['a status that means work', { Status: 'Working - Contacted' }, [{ kind: 'touched', owner: '005b' }]],
    ["the company's own status for it", { Status: 'Contacted' }, [{ kind: 'touched', owner: '005b' }]],
    ['another open status', { Status: 'Open - Recycled' }, []],
    ['closed', { Status: 'Closed - Not Converted' }, [{ kind: 'rejected', owner: '005b' }]],
    [
      'closed with a reason',
      { Status: 'Closed - Not Converted', Tandem_Reason__c: 'No budget' },
      [{ kind: 'rejected', owner: '005b', reason: 'No budget' }],
    ],
    ['a yes', { Tandem_Disposition__c: 'Accepted' }, [{ kind: 'accepted', owner: '005b' }]],
    [
      'a no with a date',
      {
        Tandem_Disposition__c: 'Rejected',
        Tandem_Reason__c: 'Not now',
        Tandem_Recontact_On__c: '2027-03-01',
      },
      [
        {
          kind: 'rejected',
          owner: '005b',
          reason: 'Not now',
          recontactAt: Date.parse('2027-03-01T00:00:00Z'),
        },
      ],
    ],
    [
      'back to nurture',
      { Tandem_Disposition__c: 'Return to nurture' },
      [{ kind: 'sent-back', owner: '005b' }],
    ],
    ['a word that is none of the list', { Tandem_Disposition__c: 'Maybe' }, []],
  ])('%s', (_, now, expected) => {
    expect(told(now)).toEqual(expected);
  });

  it('names the person who changed it, where one is known', () => {
    const by = (changedBy?: string) =>
      salesFacts(
        {
          ...record({ ...open, Tandem_Disposition__c: 'Accepted' }),
          ...(changedBy === undefined ? {} : { changedBy }),
        },
        kept(open),
        {},
        own,
      ).map((fact) => fact.by);
    expect([by('005ana'), by()]).toEqual([['005ana'], ['salesforce']]);
  });

  it('of a status that means work nothing where an automation gave it; a no is one by whomever', () => {
    const automatic = (now: RawFields) =>
      salesFacts({ ...record({ ...open, ...now }), isStatusAutomatic: true }, kept(open), {}, own).map(
        ({ kind }) => kind,
      );
    expect(automatic({ Status: 'Working - Contacted' })).toEqual([]);
    expect(automatic({ Status: 'Closed - Not Converted' })).toEqual(['rejected']);
    expect(automatic({ Status: 'Working - Contacted', Tandem_Disposition__c: 'Accepted' })).toEqual([
      'accepted',
    ]);
  });

  it('the reason that comes later is the same word again', () => {
    const rejected = { ...open, Tandem_Disposition__c: 'Rejected' };
    const late = { Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'No need' };
    expect(told(late, rejected)).toEqual([{ kind: 'rejected', owner: '005b', reason: 'No need' }]);
    const closed = { ...open, Status: 'Closed - Not Converted' };
    expect(told({ ...closed, Tandem_Reason__c: 'No need' }, closed)).toEqual([
      { kind: 'rejected', owner: '005b', reason: 'No need' },
    ]);
  });

  it('the word and the reason for it are two facts, also within the second of one stamp', () => {
    const rejected = { ...open, Tandem_Disposition__c: 'Rejected' };
    const keys = [
      salesFacts(record(rejected), kept(open), {}, own),
      salesFacts(record({ ...rejected, Tandem_Reason__c: 'No need' }), kept(rejected), {}, own),
    ].map(([fact]) => fact?.key);
    expect(new Set(keys).size).toBe(2);
  });

  it("is nobody's word where Tandem itself wrote it", () => {
    const status = { Status: 'Working - Contacted' };
    expect(told(status, open, status)).toEqual([]);
    expect(told({ ...status, Tandem_Disposition__c: 'Accepted' }, open, status)).toEqual([
      { kind: 'accepted', owner: '005b' },
    ]);
  });

  it('a conversion is a yes, and another record of the same person says nothing', () => {
    const contact = record({ OwnerId: '005b' }, 'Contact', '003a');
    expect(salesFacts(contact, kept(open), {}, own)).toMatchObject([
      { kind: 'accepted', at: stamp, owner: '005b' },
    ]);
    const other = record({ ...open, Status: 'Closed - Not Converted' }, 'Lead', '00Q2');
    expect(salesFacts(other, kept(open), {}, own)).toEqual([]);
  });

  it('seen for the first time, only work counts: nobody is given back for what was closed long ago', () => {
    expect(salesFacts(record({ ...open, Status: 'Closed - Not Converted' }), null, {}, own)).toEqual([]);
    expect(salesFacts(record({ ...open, Status: 'Working - Contacted' }), null, {}, own)).toMatchObject([
      { kind: 'touched' },
    ]);
  });

  it('a fact has one name however often the same state is looked at', () => {
    const now = record({ ...open, Tandem_Disposition__c: 'Accepted' });
    const keys = [1, 2].map(() => salesFacts(now, kept(open), {}, own).map(({ key }) => key));
    expect(keys[0]).toEqual(keys[1]);
  });
});

describe('a lead that nobody has looked at yet', () => {
  const said = record({ ...open, Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'Not now' });
  const told = (stage: Stage, turnAt: number | null) => {
    const journey = { ...newJourney('j', 0), stage, turnAt };
    return salesFacts(said, saidBefore({ ...newStored('j', '7', 0), journey }, said, none), {}, own).map(
      ({ kind }) => kind,
    );
  };

  it('is heard where this turn made it, also by clocks that differ', () => {
    expect(told('sales-ready', stamp - 1_000)).toEqual(['rejected']);
    expect(told('sdr', stamp + 30_000)).toEqual(['rejected']);
  });

  it('is heard where the hand-over had opened it, and the next rep closed it before the look', () => {
    const closed = { ...open, Status: 'Closed - Not Converted' };
    const kinds = (wrote: RawFields, opened: readonly string[], isHanded = true) => {
      const stored = {
        ...newStored('j', '7', 0),
        sales: kept(closed),
        shown: { hubspot: {}, salesforce: wrote },
        facts: isHanded ? [{ kind: 'handed' as const, key: 'handed', at: stamp, by: 'tandem' }] : [],
      };
      const before = saidBefore(stored, record(closed), { ...none, opening: new Set(opened) });
      return salesFacts(record(closed), before, wrote, own).map(({ kind }) => kind);
    };
    expect(kinds({ Status: open.Status }, [open.Status])).toEqual(['rejected']);
    // It stands as it was: no hand-over opened it, or this was a status of another stage, long ago.
    expect(kinds({}, [open.Status])).toEqual([]);
    expect(kinds({ Status: 'Contacted' }, [open.Status])).toEqual([]);
    expect(kinds({ Status: open.Status }, [open.Status], false)).toEqual([]);
  });

  it('says nothing where it was there before, or nobody was handed over', () => {
    expect(told('sales-ready', stamp + 120_000)).toEqual([]);
    expect(told('lead', null)).toEqual([]);
    expect(told('nurture', stamp - 1_000)).toEqual([]);
  });
});

describe("a no by the company's own status", () => {
  const shipped = makeDefinition();
  const showing = (statuses: Partial<Record<Stage, string>>): StatusWords =>
    statusWords({
      stages: Object.fromEntries(
        Object.entries(shipped.stages).map(([stage, rule]) => [
          stage,
          { ...rule, salesforceStatus: statuses[stage as Stage] ?? null },
        ]),
      ) as typeof shipped.stages,
    });
  const words = showing({ returned: 'Recycled', nurture: 'Nurturing', disqualified: 'Unqualified' });
  const said = (
    status: string,
    {
      by = words,
      before = open as RawFields,
      wrote = {} as RawFields,
      isWithSales = true,
      reason = null as string | null,
    } = {},
  ) =>
    salesFacts(
      record({ ...open, Status: status, Tandem_Reason__c: reason }),
      kept(before),
      wrote,
      by,
      isWithSales,
    ).map((fact) => (fact.reason === undefined ? fact.kind : `${fact.kind}: ${fact.reason}`));

  it('is heard: returned and nurture go by the reason, disqualified is the end', () => {
    expect(said('Recycled')).toEqual(['rejected']);
    expect(said('Nurturing', { reason: 'No budget' })).toEqual(['rejected: No budget']);
    expect(said('Unqualified', { reason: 'Bad data' })).toEqual(['disqualified: Bad data']);
    expect(said('Recycled', { by: none })).toEqual([]);
  });

  it('is heard when its reason comes later; after the end a reason says nothing', () => {
    const before = { ...open, Status: 'Recycled' };
    expect(said('Recycled', { before, reason: 'No need' })).toEqual(['rejected: No need']);
    expect(said('Unqualified', { before: { ...open, Status: 'Unqualified' }, reason: 'No need' })).toEqual(
      [],
    );
  });

  it("is not Tandem's own, unless sales has the person: then a rep said it again", () => {
    const wrote = { Status: 'Recycled' };
    expect(said('Recycled', { wrote, isWithSales: false })).toEqual([]);
    expect(said('Recycled', { wrote })).toEqual(['rejected']);
    expect(said('Recycled', { wrote, before: { ...open, Status: 'Recycled' } })).toEqual([]);
  });

  it('is none where a stage of sales shows the same, and goes by the reason where it may mean either', () => {
    expect(said('Open', { by: showing({ 'sales-ready': 'Open', nurture: 'Open' }) })).toEqual([]);
    expect(said('Closed', { by: showing({ nurture: 'Closed', disqualified: 'Closed' }) })).toEqual([
      'rejected',
    ]);
    const closed = showing({ disqualified: 'Closed - Not Converted' });
    expect(said('Closed - Not Converted', { by: closed, reason: 'No budget' })).toEqual([
      'rejected: No budget',
    ]);
  });
});
