import { describe, expect, it } from 'vitest';
import type { FieldMapping, PairMapping, SourceRanks } from '../../src/model/mapping.ts';
import type { FieldHistoryEntry } from '../../src/model/record.ts';
import type { BaseEntry, Parked, ToldChange } from '../../src/model/state.ts';
import type { RawValue } from '../../src/model/value.ts';
import { digestOf } from '../../src/sync/digest.ts';
import { type Histories, planLinked } from '../../src/sync/plan.ts';
import { ownCodes } from '../../src/sync/standing.ts';
import { makeField, makePair, makeSnapshot } from './builders.ts';

const ids = { hubspot: '1', salesforce: '00Q000000000001AAA' };
const ranks: SourceRanks = { rank: { person: 3, app: 3, form: 2, enrichment: 1, import: 0 }, known: {} };
const title = makeField();
/** Of the snapshots. */
const stamp = 1_000_000;

const pairOf = (fields: readonly FieldMapping[] = [title], sources: SourceRanks = ranks): PairMapping => ({
  ...makePair(fields),
  sources,
});
const entry = (
  source: string,
  value: RawValue,
  at: number,
  more: Partial<FieldHistoryEntry> = {},
): FieldHistoryEntry => ({ source, value, at, byUs: false, ...more });

interface Scene {
  readonly base?: BaseEntry;
  readonly hubspot: RawValue;
  readonly salesforce: RawValue;
  readonly histories?: Histories;
  readonly parked?: readonly Parked[];
  readonly pair?: PairMapping;
  readonly lastModifiedByUs?: boolean;
  /** What the signal of HubSpot's change said of its title. */
  readonly told?: ToldChange;
}

const plan = (scene: Scene) =>
  planLinked(
    { pair: scene.pair ?? pairOf(), mappingHash: 'hash' },
    { ids, base: scene.base ? { jobtitle: scene.base } : {}, stamps: { hubspot: 1, salesforce: 1 } },
    {
      hubspot: makeSnapshot('hubspot', { tandem_salesforce_id: ids.salesforce, jobtitle: scene.hubspot }),
      salesforce: makeSnapshot(
        'salesforce',
        { HubSpot_Id__c: '1', Title: scene.salesforce },
        { lastModifiedByUs: scene.lastModifiedByUs ?? null },
      ),
    },
    scene.parked ?? [],
    scene.histories ?? {},
    scene.told ? { hubspot: { jobtitle: scene.told } } : {},
  );
const parkedRow = (code: string, system: 'hubspot' | 'salesforce', refused: string): Parked => ({
  pair: 'people',
  unit: 'link:1',
  system,
  ref: { system, type: 'Lead', id: '1' },
  field: 'jobtitle',
  failure: { category: 'value', system, code, message: '', fields: [] },
  next: '',
  refused,
  since: 0,
});
const base = { hubspot: 'CEO', salesforce: 'CEO' };
const imported = { ...{ base, hubspot: 'Chief', salesforce: 'CEO' } };

describe('sources and their ranks', () => {
  it('asks HubSpot whose word a change is before it replaces a value, and asks nobody where a blank is filled', () => {
    expect(plan(imported).needsHistory).toEqual([{ system: 'hubspot', field: 'jobtitle' }]);
    const blank = { base: { hubspot: '', salesforce: null }, hubspot: 'Chief', salesforce: null };
    expect(plan(blank).needsHistory).toEqual([]);
    expect(plan({ base, hubspot: 'CEO', salesforce: 'CFO' }).needsHistory).toEqual([]);
  });

  it.each<[string, readonly FieldHistoryEntry[], 'flows' | 'beside']>([
    ['a person', [entry('CRM_UI', 'Chief', 9), entry('CRM_UI', 'CEO', 1)], 'flows'],
    ['another app', [entry('INTEGRATION', 'Chief', 9), entry('CRM_UI', 'CEO', 1)], 'flows'],
    ['an import over a person', [entry('IMPORT', 'Chief', 9), entry('CRM_UI', 'CEO', 1)], 'beside'],
    ['enrichment over a form', [entry('DATA_ENRICHMENT', 'Chief', 9), entry('FORM', 'CEO', 1)], 'beside'],
    ['a form over an import', [entry('FORM', 'Chief', 9), entry('IMPORT', 'CEO', 1)], 'flows'],
    ['an import over an import', [entry('IMPORT', 'Chief', 9), entry('IMPORT', 'CEO', 1)], 'flows'],
    [
      'an import over what came from Salesforce',
      [entry('IMPORT', 'Chief', 9), entry('INTEGRATION', 'CEO', 1, { byUs: true })],
      'beside',
    ],
    [
      'a second import while the first is kept beside',
      [entry('IMPORT', 'Chief', 9), entry('IMPORT', 'Boss', 5), entry('CRM_UI', 'CEO', 1)],
      'beside',
    ],
  ])('%s', (_name, jobtitle, expected) => {
    const planned = plan({ ...imported, histories: { hubspot: { jobtitle } } });
    expect(planned.needsHistory).toEqual([]);
    expect(planned.writes.salesforce.map((write) => write.sent)).toEqual(
      expected === 'flows' ? ['Chief'] : [],
    );
    expect(planned.beside.map(({ target, sent, there }) => [target, sent, there])).toEqual(
      expected === 'beside' ? [['salesforce', 'Chief', 'CEO']] : [],
    );
    expect(planned.settled).toEqual({});
  });

  it('asks nobody where the signal of the change said that a source entered it which nothing is above', () => {
    const person = { at: stamp, source: 'CRM_UI', sourceId: 'userId:7' };
    expect(plan({ ...imported, told: person })).toMatchObject({
      needsHistory: [],
      writes: { salesforce: [{ sent: 'Chief' }] },
    });
    const known: SourceRanks = { ...ranks, known: { 'hubspot:userId:7': 'import' } };
    const wanted = [{ system: 'hubspot', field: 'jobtitle' }];
    // What is low asks whose word it would replace; what was told of an older change, or of what is settled, says nothing.
    expect(plan({ ...imported, pair: pairOf([title], known), told: person }).needsHistory).toEqual(wanted);
    expect(plan({ ...imported, told: { ...person, source: 'IMPORT' } }).needsHistory).toEqual(wanted);
    expect(plan({ ...imported, told: { ...person, at: stamp - 5_000 } }).needsHistory).toEqual(wanted);
    expect(plan({ ...imported, told: { at: stamp } }).needsHistory).toEqual(wanted);
  });

  it('does not ask again of what is kept beside already', () => {
    const parked = [parkedRow(ownCodes.lowerSource, 'salesforce', digestOf('hash', { Title: 'Chief' }))];
    expect(plan({ ...imported, parked })).toMatchObject({
      needsHistory: [],
      stillParked: parked,
      writes: { salesforce: [] },
    });
  });

  it('takes it when a person says so, but not another value that came since', () => {
    const parked = [parkedRow(ownCodes.taken, 'salesforce', digestOf('hash', { Title: 'Chief' }))];
    expect(plan({ ...imported, parked }).writes.salesforce).toMatchObject([{ sent: 'Chief', rule: 'taken' }]);
    const histories = {
      hubspot: { jobtitle: [entry('IMPORT', 'Boss', 9), entry('CRM_UI', 'CEO', 1)] },
    };
    expect(plan({ ...imported, hubspot: 'Boss', parked, histories }).beside).toHaveLength(1);
  });

  it('lets the higher source win a conflict, whatever is newer, and keeps the loser', () => {
    const histories = { hubspot: { jobtitle: [entry('IMPORT', 'Chief', 9_000_000)] } };
    expect(plan({ ...imported, salesforce: 'CFO', histories }).writes).toMatchObject({
      hubspot: [{ sent: 'CFO', rule: 'conflict:source', lost: 'Chief' }],
      salesforce: [],
    });
    expect(plan({ hubspot: 'Chief', salesforce: 'CFO', histories }).writes.hubspot).toMatchObject([
      { sent: 'CFO', rule: 'first:source' },
    ]);
  });

  it('knows the users and apps that the mapping names', () => {
    const known = {
      'salesforce:005xx0000000001AAA': 'import',
      'hubspot:INTEGRATION:77': 'enrichment',
    } as const;
    const pair = pairOf([title], { ...ranks, known });
    const histories: Histories = {
      hubspot: { jobtitle: [entry('CRM_UI', 'CEO', 1)] },
      salesforce: { Title: [entry('USER', 'CFO', 9, { sourceId: '005xx0000000001AAA' })] },
    };
    const scene = { base, hubspot: 'CEO', salesforce: 'CFO', histories, pair };
    expect(plan(scene).beside).toMatchObject([{ target: 'hubspot', sent: 'CFO' }]);
    const app = {
      hubspot: { jobtitle: [entry('INTEGRATION', 'Chief', 9, { sourceId: '77' }), entry('FORM', 'CEO', 1)] },
    };
    expect(plan({ ...imported, pair, histories: { ...app, salesforce: {} } }).beside).toHaveLength(1);
  });

  it('treats all as equals where the ranks are one', () => {
    const equal = { rank: { person: 1, app: 1, form: 1, enrichment: 1, import: 1 }, known: {} };
    const planned = plan({ ...imported, pair: pairOf([title], equal) });
    expect(planned.needsHistory).toEqual([]);
    expect(planned.writes.salesforce).toMatchObject([{ sent: 'Chief' }]);
  });
});

describe('a target that does not keep the value', () => {
  const wrote = { to: 'salesforce', over: 'CEO', flips: 0, since: 0 } as const;
  const sent = { hubspot: 'Chief', salesforce: 'Chief', wrote };
  const reset = { base: sent, hubspot: 'Chief', salesforce: 'CEO' };

  it('is a silent refusal where nobody else touched it: parked, never flowing back over the new value', () => {
    const planned = plan({ ...reset, lastModifiedByUs: true });
    expect(planned.stopped).toMatchObject([
      { target: 'salesforce', sent: 'Chief', rule: 'silently-refused' },
    ]);
    expect(planned.writes).toEqual({ hubspot: [], salesforce: [] });
    expect(planned.settled).toEqual({ jobtitle: { hubspot: 'Chief', salesforce: 'CEO' } });
  });

  it('is a change where somebody else did it', () => {
    expect(plan({ ...reset, lastModifiedByUs: false }).writes.hubspot).toMatchObject([{ sent: 'CEO' }]);
  });

  it('is a change where what was written was seen to stand there: Tandem may be the last modifier for another field', () => {
    const kept = {
      ...sent,
      wrote: { to: 'salesforce', over: 'CEO', flips: 0, since: 0, kept: true },
    } as const;
    expect(plan({ ...reset, base: kept, lastModifiedByUs: true }).writes.hubspot).toMatchObject([
      { sent: 'CEO' },
    ]);
  });

  it('asks HubSpot, which does not name the last modifier, for its history', () => {
    const there = { to: 'hubspot', over: 'CEO', flips: 0, since: 0 } as const;
    const scene = { base: { ...sent, wrote: there }, hubspot: 'CEO', salesforce: 'Chief' };
    expect(plan(scene).needsHistory).toContainEqual({ system: 'hubspot', field: 'jobtitle' });
    const never = { hubspot: { jobtitle: [entry('CRM_UI', 'CEO', 1)] } };
    expect(plan({ ...scene, histories: never }).stopped).toMatchObject([{ target: 'hubspot' }]);
    const back = {
      hubspot: {
        jobtitle: [entry('CRM_UI', 'CEO', 9), entry('INTEGRATION', 'Chief', 5, { byUs: true })],
      },
    };
    expect(plan({ ...scene, histories: back }).writes.salesforce).toMatchObject([{ sent: 'CEO' }]);
  });

  it('stays parked while the value is the same, is tried again with another, and by hand', () => {
    const settled = { base: { hubspot: 'Chief', salesforce: 'CEO' }, hubspot: 'Chief', salesforce: 'CEO' };
    const digest = digestOf('hash', { Title: 'Chief' });
    const parked = [parkedRow(ownCodes.silentlyRefused, 'salesforce', digest)];
    expect(plan({ ...settled, parked })).toMatchObject({ stillParked: parked, writes: { salesforce: [] } });
    const histories = { hubspot: { jobtitle: [entry('CRM_UI', 'Boss', 9)] } };
    expect(plan({ ...settled, hubspot: 'Boss', parked, histories }).writes.salesforce).toMatchObject([
      { sent: 'Boss' },
    ]);
    const byHand = [parkedRow(ownCodes.silentlyRefused, 'salesforce', '')];
    expect(plan({ ...settled, parked: byHand }).writes.salesforce).toMatchObject([
      { sent: 'Chief', rule: 'retry' },
    ]);
  });
});

describe('a field that two automations set in turn', () => {
  const flipped = (flips: number, since = stamp - 60_000): BaseEntry => ({
    hubspot: 'A',
    salesforce: 'A',
    wrote: { to: 'hubspot', over: 'B', flips, since },
  });
  const scene = (flips: number, since?: number) => ({
    base: flipped(flips, since),
    hubspot: 'B',
    salesforce: 'A',
  });
  const machine = {
    hubspot: {
      jobtitle: [
        entry('AUTOMATION_PLATFORM', 'B', stamp),
        entry('INTEGRATION', 'A', stamp - 5, { byUs: true }),
      ],
    },
  };

  it('counts the flips, is stopped at the sixth, and settled as both stand', () => {
    expect(plan({ ...scene(4), histories: machine }).writes.salesforce).toMatchObject([
      { sent: 'B', flips: { count: 5, since: stamp - 60_000 } },
    ]);
    const planned = plan({ ...scene(5), histories: machine });
    expect(planned.stopped).toMatchObject([{ target: 'salesforce', rule: 'flapping' }]);
    expect(planned.settled.jobtitle).toMatchObject({ hubspot: 'B', salesforce: 'A' });
    expect(planned.writes.salesforce).toEqual([]);
  });

  it('goes on where a person is one of the two', () => {
    const histories = {
      hubspot: { jobtitle: [entry('CRM_UI', 'B', stamp), ...machine.hubspot.jobtitle.slice(1)] },
    };
    expect(plan({ ...scene(5), histories }).writes.salesforce).toHaveLength(1);
  });

  it('begins to count anew after the window', () => {
    const planned = plan({ ...scene(5, stamp - 11 * 60_000), histories: machine });
    expect(planned.writes.salesforce).toMatchObject([{ flips: { count: 1, since: stamp } }]);
  });
});
