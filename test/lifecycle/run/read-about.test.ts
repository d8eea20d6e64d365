import { describe, expect, it } from 'vitest';
import { makeDigest } from '../../../src/lifecycle/digest/digest.ts';
import { digestInput } from '../../../src/lifecycle/effects/sales-values.ts';
import type { About, Standing } from '../../../src/lifecycle/effects/standing.ts';
import { newStored } from '../../../src/lifecycle/look/look.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import { type Described, readAbout } from '../../../src/lifecycle/run/read-about.ts';
import { makeStaff, type Staff } from '../../../src/lifecycle/staff/staff.ts';
import { CallFailed } from '../../../src/model/failure.ts';
import type { ColleagueRow } from '../../../src/model/journeys.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { makeCalendar } from '../calendar/calendars.ts';
import { companies, day, now, people } from '../digest/digest-input.ts';
import { shippedScoring } from '../scoring/scoring-model.ts';
import { makeDefinition } from '../shipped-files.ts';

const owner = (id: string, name: string, more = {}) =>
  ({ id, kind: 'user', name, email: null, active: true, owns: null, ...more }) as const;
const staff: Staff = makeStaff(
  [owner('005A', 'Ben Okafor'), owner('005B', 'Carla Ruiz'), owner('005T', 'Tandem', { isTandem: true })],
  [],
  () => ({ calendar: makeCalendar(), zoneKnown: true }),
);

const record = (system: 'hubspot' | 'salesforce', type: string, id: string, fields: RawFields) => ({
  ...{ ref: { system, type, id }, fields, stamp: now, createdAt: 0, byUs: false },
  ...{ deleted: false, readAt: now, lastModifiedByUs: false },
});
const vera = (turn: number): Described => ({
  turn,
  person: {
    contact: record('hubspot', 'contacts', '1', {
      firstname: 'Vera',
      lastname: 'Lind',
      associatedcompanyid: '77',
    }),
    sales: record('salesforce', 'Contact', '0031', { AccountId: '0011', OwnerId: '005B' }),
  },
});

const task = (description: string | null, at: number, more: RawFields = {}) => ({
  record: record('salesforce', 'Task', '00T', {
    ...{ WhoId: '0031', Description: description, IsClosed: true, CreatedById: '005A' },
    ...{ CompletedDateTime: new Date(at).toISOString(), Tandem_Key__c: null, ...more },
  }),
  matched: ['0031'],
});
const colleague = (contactId: string, stage: string, contact: RawFields, more = {}): ColleagueRow => ({
  ...{
    companyId: '77',
    count: 4,
    contactId,
    stage,
    owner: null,
    contact: JSON.stringify(contact),
    sales: null,
  },
  ...more,
});

const makeContext = (hidden = false) => {
  const calls: string[] = [];
  const records: Readonly<Record<string, ReturnType<typeof record>>> = {
    '77': record('hubspot', 'companies', '77', { name: 'Nordlys AS', industry: 'MACHINERY' }),
    '0011': record('salesforce', 'Account', '0011', {
      NumberOfEmployees: 1_200,
      Website: 'https://nordlys.example',
    }),
  };
  const readMany = async (type: string, ids: readonly string[]) => {
    calls.push(type);
    if (hidden) {
      const failure = { system: 'salesforce', category: 'permission', code: 'NO', message: '', fields: [] };
      throw new CallFailed(failure as unknown as ConstructorParameters<typeof CallFailed>[0]);
    }
    return new Map(ids.flatMap((id) => (records[id] === undefined ? [] : [[id, records[id]]])));
  };
  const tasks = [
    task('Older words', now - 30 * day),
    task('Wants it after the summer. <b>Really</b>', now - 20 * day),
    task('Opened, never done', now - 19 * day, { IsClosed: false }),
    task('Tandem wrote this', now - 18 * day, { Tandem_Key__c: 'j/1/hand-off' }),
    task('and this', now - 17 * day, { CreatedById: '005T' }),
    task('  ', now - 16 * day),
    task('Of the present turn', now - day),
  ];
  const context = {
    pair: people,
    companies,
    models: { lifecycle: makeDefinition(), scoring: shippedScoring },
    fields: new Map([
      ['companies', ['name']],
      ['Account', ['Name']],
      ['Task', ['WhoId']],
    ]),
    signal: new AbortController().signal,
    store: {
      colleagues: async () => [
        colleague(
          '2',
          'working',
          { firstname: 'Jonas', lastname: 'Brandt', jobtitle: 'CFO' },
          { owner: '005A' },
        ),
        colleague('1', 'sales-ready', { firstname: 'Vera' }),
        colleague('3', 'engaged', { firstname: 'Mei', lastname: 'Chen' }),
      ],
    },
    systems: {
      hubspot: { readMany },
      salesforce: {
        readMany,
        findByField: async () => {
          calls.push('Task');
          return tasks;
        },
      },
    },
  } as unknown as LifecycleContext;
  return { context, calls };
};

const standingOf = (about: About, turn: number): Standing =>
  ({
    effect: {
      key: 'j/2/hand-off',
      kind: 'hand-off',
      turn,
      at: now,
      evidence: 'request/hubspot:1',
      route: null,
    },
    stored: {
      ...newStored('j', '1', 0),
      journey: { ...newStored('j', '1', 0).journey, stage: 'sales-ready', turn },
    },
    person: vera(turn).person,
    activities: [],
    transitions: [
      { turn: 1, to: 'sales-ready', at: now - 40 * day, definition: '2026-1', cause: 'scored', reason: null },
      { turn: 1, to: 'returned', at: now - 21 * day, definition: null, cause: 'rejected', reason: 'Not now' },
      { turn: 2, to: 'sales-ready', at: now - 2 * day, definition: null, cause: 'stage-set', reason: null },
    ],
    clocks: [{ turn: 1, owner: '005A' }],
    feedback: [],
    about,
    staff,
    now,
  }) as unknown as Standing;

describe('what a digest tells beside the person', () => {
  it('G5.3, G5.4: the company of both systems, colleagues, who had them last and what that rep wrote, and what follows', async () => {
    const { context, calls } = makeContext();
    const about = (await readAbout(context, [vera(2)], staff)).get('1');
    if (about === undefined) throw new Error('nothing is known about Vera');
    const { text } = makeDigest(digestInput(context, standingOf(about, 2)));
    expect(text).toContain('- Nordlys AS, Machinery, 1,200 people');
    expect(text).toContain('- Also there: Jonas Brandt, CFO (Working, with Ben Okafor)');
    expect(text).toContain('- Also there: Mei Chen (Engaged)');
    expect(text).toContain('- And: 1 person more');
    expect(text).toContain('Turn 1, Ben Okafor, from');
    expect(text).toContain('- Ben Okafor said: Wants it after the summer.');
    expect(text).not.toMatch(/Older words|never done|Tandem wrote|and this|present turn/);
    expect(text).toContain("Last time it ended with 'Not now': ask whether it is the time now");
    expect(calls.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['Account', 'Task', 'companies']);
  });

  it('asks for no notes of who is with sales for the first time', async () => {
    const { context, calls } = makeContext();
    await readAbout(context, [vera(1)], staff);
    expect(calls.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['Account', 'companies']);
  });

  it('companies that may not be seen are none, and hold up nobody', async () => {
    const { context } = makeContext(true);
    const about = (await readAbout(context, [vera(1)], staff)).get('1');
    expect(about?.company).toBeNull();
    expect(about?.colleagues.named).toHaveLength(2);
  });
});
