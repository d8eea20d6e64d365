import { expect, it } from 'vitest';
import type { LiveSignal } from '../../src/model/live.ts';
import type { PairMapping } from '../../src/model/mapping.ts';
import type { System } from '../../src/model/system.ts';
import { journeyMarks, liveJourneyMarks } from '../../src/sync/journey-signals.ts';
import { mirrorMappings } from '../mirror.ts';

const deals = mirrorMappings.pairs.find(({ types }) => types.salesforce === 'Opportunity');
if (deals === undefined) throw new Error('the mirror has no deals');
const watched: PairMapping = {
  ...deals,
  watched: { hubspot: [], salesforce: ['Tandem_Request__c'] },
  watchedAlone: true,
};
const ref = { system: 'salesforce', type: 'Opportunity', id: '006A' } as const;
const signal = (event: LiveSignal['event'], unvalued: readonly string[]): LiveSignal =>
  ({ ref, event, fields: {}, unvalued, stamp: 1 }) as unknown as LiveSignal;

it('tells the lifecycle live of a request in a deal, and of nothing else that happens to it', () => {
  const marksOf = (event: LiveSignal['event'], fields: readonly string[]) =>
    liveJourneyMarks(watched, [signal(event, fields)], 'stream').map((mark) => mark.ref.id);
  expect(marksOf('changed', ['Tandem_Request__c'])).toEqual(['006A']);
  expect(marksOf('changed', ['StageName', 'Amount'])).toEqual([]);
  expect(marksOf('deleted', [])).toEqual([]);
  expect(journeyMarks(watched, [{ ref, stamp: 1, fields: {} }], 'live', 'poll')).toEqual([]);
  const { watchedAlone: _, ...whole } = watched;
  expect(journeyMarks(whole, [{ ref, stamp: 1, fields: {} }], 'live', 'poll')).toHaveLength(1);
});

it('has what Tandem itself changed looked at after what others did', () => {
  const classOf = (more: Partial<LiveSignal>) =>
    liveJourneyMarks(watched, [{ ...signal('changed', ['Tandem_Request__c']), ...more }], 'stream')[0]?.class;
  expect(classOf({})).toBe('live');
  expect(classOf({ byUs: true })).toBe('sweep');
  const { watchedAlone: _, ...whole } = watched;
  const classesOf = (event: LiveSignal['event'], system: System) =>
    liveJourneyMarks(
      { ...whole, types: { hubspot: 'Opportunity', salesforce: 'Opportunity' } },
      [{ ...signal(event, []), ref: { ...ref, system }, byUs: true }],
      'stream',
    ).map((mark) => mark.class);
  // A lead that it made is of somebody who has a journey; a contact that it made may have none.
  expect([classesOf('created', 'salesforce'), classesOf('created', 'hubspot')]).toEqual([
    ['sweep'],
    ['live'],
  ]);
  expect(classesOf('deleted', 'salesforce')).toEqual(['live']);
});

it('has whoever asked a moment ago looked at before all others, however it is told', () => {
  const { watchedAlone: _, ...rest } = watched;
  const people: PairMapping = {
    ...rest,
    watched: { hubspot: ['asked_at', 'city'], salesforce: [] },
    pressing: ['asked_at'],
  };
  const contact = { system: 'hubspot', type: 'deals', id: '1' } as const;
  const at = Date.UTC(2026, 10, 24, 10);
  const polled = (fields: Readonly<Record<string, string | null>>, workClass: 'live' | 'backfill' = 'live') =>
    journeyMarks(people, [{ ref: contact, stamp: at, fields }], workClass, 'poll')[0]?.class;
  expect(polled({ asked_at: '2026-11-24T09:59:30.000Z' })).toBe('consent');
  // Asked long ago: something else has changed now.
  expect(polled({ asked_at: '2026-11-24T09:30:00.000Z' })).toBe('live');
  expect([polled({ asked_at: null }), polled({ asked_at: '' }), polled({})]).toEqual([
    'live',
    'live',
    'live',
  ]);
  // A first alignment lists whoever asked, too: it takes no budget of live changes.
  expect(polled({ asked_at: '2026-11-24T09:59:30.000Z' }, 'backfill')).toBe('backfill');
  const told = (fields: Readonly<Record<string, string>>, more: Partial<LiveSignal> = {}) => {
    const each = { ...signal('changed', []), ref: contact, fields, ...more };
    return liveJourneyMarks(people, [each], 'webhooks')[0]?.class;
  };
  expect(told({ asked_at: '2026-11-24T09:59:30.000Z' })).toBe('consent');
  expect(told({ city: 'Oslo' })).toBe('live');
  expect(told({ asked_at: '2026-11-24T09:59:30.000Z' }, { byUs: true })).toBe('sweep');
});
