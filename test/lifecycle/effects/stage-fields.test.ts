import { describe, expect, it } from 'vitest';
import { stageFields } from '../../../src/lifecycle/effects/stage-fields.ts';
import { newJourney } from '../../../src/lifecycle/stage/journey.ts';
import type { Stage } from '../../../src/lifecycle/stage/stages.ts';
import { makeDefinition } from '../shipped-files.ts';

const shipped = makeDefinition();
const working = { ...shipped.stages.working, salesforceStatus: 'Working - Contacted' };
const definition = makeDefinition({ stages: { ...shipped.stages, working } });
const status = (stage: Stage, before: string | undefined, isHanding: boolean, by = definition) =>
  stageFields({ ...newJourney('j', 0), stage }, by, before, isHanding).Status;

describe('the status of a lead', () => {
  it('is opened by a hand-over after a no, and by nothing else', () => {
    expect(status('sales-ready', 'Closed - Not Converted', true)).toBe('Open - Not Contacted');
    // The rep's no, before anybody has looked at it.
    expect(status('sales-ready', 'Closed - Not Converted', false)).toBeUndefined();
    for (const before of ['Working - Contacted', 'Nurturing', undefined]) {
      expect(status('sales-ready', before, true)).toBeUndefined();
    }
  });

  it('follows the stage once a rep has begun, where the file names it', () => {
    expect(status('working', 'Open - Not Contacted', false)).toBe('Working - Contacted');
    expect(status('working', 'Open - Not Contacted', false, shipped)).toBeUndefined();
    expect(status('nurture', 'Closed - Not Converted', false)).toBeUndefined();
  });
});

describe('what says that a lead came by a hand-off', () => {
  const names = (isOpening: boolean, hasCome?: boolean) =>
    Object.keys(
      stageFields(
        { ...newJourney('j', 0), stage: 'sales-ready', turn: 1 },
        shipped,
        null,
        isOpening,
        hasCome,
      ),
    );
  const ofHandOff = ['Tandem_Ready_At__c', 'Tandem_Definition__c'];

  it('is written with it, and after it, also on the contact that a lead became before the hand-off was done', () => {
    expect(names(true)).toEqual(expect.arrayContaining(ofHandOff));
    expect(names(false, true)).toEqual(expect.arrayContaining(ofHandOff));
  });

  it('is not while the hand-off waits', () => {
    expect(names(false).filter((name) => ofHandOff.includes(name))).toEqual([]);
  });
});
