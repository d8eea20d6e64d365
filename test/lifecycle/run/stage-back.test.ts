import { describe, expect, it } from 'vitest';
import { letGoOnce } from '../../../src/lifecycle/run/first-start-pass.ts';
import { withNurtured } from './nurtured.ts';

/** With `lifecyclestage: both`, a night in which sales gives back more people than a day's cap lets move back in HubSpot. */
const people = withNurtured(3);

const both = () => {
  const { stages, firstStart } = people.office.context.models.lifecycle;
  const nurture = { ...stages.nurture, lifecyclestage: 'lead' };
  return people.office.with({
    lifecyclestage: 'both',
    stages: { ...stages, nurture },
    firstStart: { ...firstStart, 'stage-back': 2 },
  });
};
const stagesIn = async () =>
  Promise.all(
    [0, 1, 2].map(async (at) => {
      const name = 'lifecyclestage';
      return (await people.office.read('hubspot', 'contacts', people.person(at).hubspot, name))[name];
    }),
  );

describe('many leads given back at once', () => {
  it('move back up to the cap, all else of them is shown, and one word in status lets the others go', async () => {
    const { status, operator, engine } = people.office.simulated.fixture.store;
    await engine.commitSignals([], {
      alignment: {
        pair: 'people',
        mappingHash: 'any',
        after: { hubspot: null, salesforce: null },
        listed: { hubspot: 3, salesforce: 3 },
        done: { hubspot: true, salesforce: true },
      },
    });
    const context = both();
    for (const at of [0, 1, 2]) await people.toSales(at, context);
    expect(await stagesIn()).toEqual(Array(3).fill('salesqualifiedlead'));
    for (const at of [0, 1, 2]) await people.giveBack(at, 'Not now', context);
    expect(await stagesIn()).toEqual(['lead', 'lead', 'salesqualifiedlead']);
    // The return itself is whole: stage, program and list.
    expect(await people.shows(2)).toEqual(['nurture', ['Nurture: later']]);
    await letGoOnce(context);
    const [held] = await operator.heldChanges();
    expect(held).toMatchObject({ kind: 'stage-back', records: 1 });
    expect(await status.problems()).toMatchObject([
      {
        what: expect.stringContaining('lifecyclestage of 1 contact would move back'),
        cause: '2 in 24 hours go by themselves: lifecyclestage-back-per-day in lifecycle.yaml.',
        next: expect.stringContaining(`tandem apply --held ${held?.id}`),
      },
    ]);
    await operator.releaseHeld(held?.id ?? '');
    await people.office.settle(context);
    expect(await stagesIn()).toEqual(['lead', 'lead', 'lead']);
    expect(await status.problems()).toEqual([]);
  });
});
