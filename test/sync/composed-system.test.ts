import { describe, expect, it } from 'vitest';
import { makePlaceCodecs } from '../../src/mapping/codecs/pipeline-stage.ts';
import type { FieldHistoryEntry } from '../../src/model/record.ts';
import type { Link } from '../../src/model/state.ts';
import type { WriteRow } from '../../src/model/write.ts';
import { withComposed } from '../../src/sync/composed-system.ts';
import { newsIn } from '../../src/sync/intake.ts';
import { echoesAmong } from '../../src/sync/live-echo.ts';
import { fieldsThatMatter } from '../../src/sync/signal-sources.ts';
import { makeField, makePair } from './builders.ts';
import { FakeClock, FakeSystem } from './fake-system.ts';

const name = 'pipeline/dealstage';
const type = '012000000000001AAA';
const place = makeField({
  name,
  fields: { hubspot: name, salesforce: 'RecordTypeId/StageName' },
  codecs: makePlaceCodecs([
    { pipeline: 'default', recordType: type, stages: { new: 'Qualification', won: 'Closed Won' }, also: {} },
    { pipeline: '885', recordType: null, stages: { due: 'Qualification' }, also: {} },
  ]),
  parts: { hubspot: ['pipeline', 'dealstage'], salesforce: ['RecordTypeId', 'StageName'] },
});
const pair = makePair([makeField(), place]);
const call = { class: 'live', purpose: 'read' } as const;

const stage = () => {
  const inner = new FakeSystem('hubspot', new FakeClock());
  const sent: WriteRow[] = [];
  const write = inner.writeMany.bind(inner);
  inner.writeMany = async (of, rows) => {
    sent.push(...rows);
    return write(of, rows);
  };
  const id = inner.edit({ jobtitle: 'CEO', pipeline: 'default', dealstage: 'new' });
  return { inner, sent, id, system: withComposed(inner, pair) };
};

describe('pipeline and stage as one field', () => {
  it('are read as one value, by id and in listings and polls', async () => {
    const { system, id } = stage();
    const read = await system.readMany('contacts', [id], ['jobtitle', name], call);
    expect(read.get(id)?.fields).toMatchObject({ jobtitle: 'CEO', [name]: 'default/new' });
    const page = await system.listPage('contacts', null, [name], call);
    expect(page.records[0]?.fields[name]).toBe('default/new');
    for await (const { records } of system.changesSince('contacts', { stamp: 0, id: '' }, 0, [name], call)) {
      expect(records[0]?.fields[name]).toBe('default/new');
    }
    const other = await system.readMany('contacts', [id], ['jobtitle'], call);
    expect(other.get(id)?.fields).toEqual({ jobtitle: 'CEO' });
  });

  it('are written both where the pipeline moves, and the stage alone where it stays', async () => {
    const { system, sent, id } = stage();
    const row = (to: string, was?: string): WriteRow => ({
      ...{ op: 'update', key: 'k', id, fields: { jobtitle: 'CFO', [name]: to } },
      ...(was === undefined ? {} : { was: { [name]: was } }),
    });
    await system.writeMany(
      'contacts',
      [row('default/won', 'default/new'), row('885/due', 'default/new'), row('885/due')],
      call,
    );
    expect(sent.map(({ fields }) => fields)).toEqual([
      { jobtitle: 'CFO', dealstage: 'won' },
      { jobtitle: 'CFO', pipeline: '885', dealstage: 'due' },
      { jobtitle: 'CFO', pipeline: '885', dealstage: 'due' },
    ]);
  });

  it('a refusal of one part is a refusal of the field', async () => {
    const { inner, system, id } = stage();
    inner.faultFor = () => ({
      ...{
        category: 'value',
        system: 'hubspot',
        code: 'INVALID_OPTION',
        message: 'no',
        fields: ['dealstage', 'pipeline'],
      },
    });
    const [outcome] = await system.writeMany(
      'contacts',
      [{ op: 'update', key: 'k', id, fields: { [name]: '885/due' } }],
      call,
    );
    expect(outcome).toMatchObject({ kind: 'refused', failure: { fields: [name] } });
  });

  it('have one history: what both were at each change, the newest first', async () => {
    const { inner, system } = stage();
    const entry = (at: number, value: string, byUs = false): FieldHistoryEntry => ({
      ...{ at, value, byUs, source: byUs ? 'INTEGRATION' : 'CRM_UI' },
    });
    inner.history = async () =>
      new Map([
        [
          '1',
          {
            pipeline: [entry(30, '885', true), entry(10, 'default')],
            dealstage: [entry(30, 'due', true), entry(20, 'won'), entry(10, 'new')],
          },
        ],
      ]);
    const history = await system.history('contacts', ['1'], [name], call);
    expect(history.get('1')?.[name]?.map(({ at, value, byUs }) => [at, value, byUs])).toEqual([
      [30, '885/due', true],
      [20, 'default/won', false],
      [10, 'default/new', false],
    ]);
  });
});

describe('a live signal of one part', () => {
  const link: Link = {
    ...{ id: 'l', pair: pair.name, ids: { hubspot: '1', salesforce: '00Q1' }, version: 1, ended: null },
    base: { [name]: { hubspot: 'default/new', salesforce: `${type}/Qualification` } },
    stamps: { hubspot: 1, salesforce: 1 },
  };
  const says = (system: 'hubspot' | 'salesforce', fields: Record<string, string | null>): boolean =>
    newsIn(pair, { ref: { system, type: 'x', id: '1' }, stamp: 2, deleted: false, fields }, link).length > 0;

  it('is news where that part is another than in the base, and no news otherwise', () => {
    expect([...fieldsThatMatter(pair, 'hubspot')]).toEqual(expect.arrayContaining(['pipeline', 'dealstage']));
    expect(says('hubspot', { dealstage: 'new' })).toBe(false);
    expect(says('hubspot', { dealstage: 'won' })).toBe(true);
    expect(says('hubspot', { pipeline: '885' })).toBe(true);
    expect(says('salesforce', { RecordTypeId: type.slice(0, 15) })).toBe(false);
    expect(says('salesforce', { StageName: 'Closed Won' })).toBe(true);
    expect(says('hubspot', { other: 'x' })).toBe(false);
    expect(
      newsIn(
        pair,
        {
          ref: { system: 'hubspot', type: 'x', id: '1' },
          stamp: 2,
          deleted: false,
          fields: { dealstage: 'new' },
        },
        { ...link, base: {} },
      ),
    ).toHaveLength(1);
  });

  it('is an echo where it is that part of what was sent', async () => {
    const signal = (fields: Record<string, string>) =>
      ({
        ref: { system: 'hubspot', type: 'contacts', id: '1' },
        event: 'changed',
        stamp: 2,
        fields,
      }) as const;
    const live = {
      writesUnderWay: async () => [
        { targetId: '1', sourceId: '00Q1', writes: [{ apiField: name, sent: '885/due' }] },
      ],
    };
    const signals = [signal({ dealstage: 'due' }), signal({ pipeline: '885' }), signal({ dealstage: 'won' })];
    expect([...(await echoesAmong(live, pair, signals))]).toEqual(signals.slice(0, 2));
  });
});
