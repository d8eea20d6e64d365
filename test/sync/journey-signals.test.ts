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
  expect(journeyMarks(watched, [{ ref, stamp: 1 }], 'live', 'poll')).toEqual([]);
  const { watchedAlone: _, ...whole } = watched;
  expect(journeyMarks(whole, [{ ref, stamp: 1 }], 'live', 'poll')).toHaveLength(1);
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
