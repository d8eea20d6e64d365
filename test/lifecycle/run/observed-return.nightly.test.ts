import { beforeAll, describe, expect, it } from 'vitest';
import { currentProblems } from '../../../src/commands/status/problems.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import { letGoOnce } from '../../../src/lifecycle/run/first-start-pass.ts';
import type { Mode } from '../../../src/lifecycle/stage/journey.ts';
import { mirrorMappings } from '../../mirror.ts';
import { withNurtured } from './nurtured.ts';

const nurtured = withNurtured(5);
const { office } = nurtured;
const { fixture } = office.simulated;

/** Returns in this mode, in waves of two. */
const returning = (mode: Mode): LifecycleContext => {
  const context = nurtured.filed({ return: mode });
  const { lifecycle } = context.models;
  return {
    ...context,
    models: {
      ...context.models,
      lifecycle: { ...lifecycle, firstStart: { ...lifecycle.firstStart, 'observed-return': 2 } },
    },
  };
};
const held = async () =>
  (await currentProblems(fixture.store, mirrorMappings.pairs)).filter(({ key }) => key.startsWith('held:'));
const shown = async (at: number) => {
  const names = ['tandem_stage', 'tandem_return_reason', 'tandem_program'] as const;
  return office.read('hubspot', 'contacts', nurtured.person(at).hubspot, ...names);
};
const openTasks = async (at: number): Promise<number> =>
  (
    await office.rows(
      'Task',
      ({ WhoId, Status }) => WhoId === nurtured.person(at).salesforce && Status !== 'Completed',
    )
  ).length;

beforeAll(async () => {
  await fixture.store.engine.commitSignals([], {
    alignment: {
      ...{ pair: 'people', mappingHash: 'any', after: { hubspot: null, salesforce: null } },
      ...{ listed: { hubspot: 5, salesforce: 5 }, done: { hubspot: true, salesforce: true } },
    },
  });
  const observing = returning('observe');
  for (const at of [0, 1, 2, 3, 4]) await nurtured.toSales(at, observing);
  for (const at of [0, 1, 2, 3]) await nurtured.giveBack(at, 'No budget', observing);
  // One of them the rep takes up again.
  await nurtured.edit(3, { Status: 'Working - Contacted' }, observing);
}, 120_000);

describe('returns that were observed, once they act', () => {
  it('G3.3: give nobody back while they are observed', async () => {
    expect(await Promise.all([0, 1, 2, 3, 4].map((at) => nurtured.shows(at)))).toEqual([
      ...[
        ['nurture', []],
        ['nurture', []],
        ['nurture', []],
      ],
      ...[
        ['working', []],
        ['sales-ready', []],
      ],
    ]);
    expect(await shown(0)).toMatchObject({ tandem_stage: 'sales-ready', tandem_return_reason: null });
    expect(await openTasks(0)).toBe(1);
  });

  it('go in waves, those that waited longest first; status says what to press for the next one', async () => {
    const acting = returning('act');
    await acting.store.wakeObserved('observed-return');
    await office.settle(acting);
    expect(await nurtured.on(0)).toEqual([]);
    expect(await letGoOnce(acting)).toBe(2);
    expect(await held()).toMatchObject([
      {
        what: '1 person was given back while returns were only observed, and no program has them (held back)',
        records: 1,
        next: expect.stringContaining('lets the next 2 go'),
      },
    ]);
    await office.settle(acting);
    expect(await Promise.all([0, 1, 2].map((at) => nurtured.on(at)))).toEqual([
      ...[['Nurture: budget'], ['Nurture: budget'], []],
    ]);
    expect(await shown(0)).toEqual({
      ...{ tandem_stage: 'nurture', tandem_return_reason: 'No budget', tandem_program: 'Nurture: budget' },
    });
    expect(await openTasks(0)).toBe(0);
    const [hold] = await fixture.store.operator.heldChanges();
    await fixture.store.operator.releaseHeld(hold?.id ?? '');
    expect(await letGoOnce(acting)).toBe(1);
  });

  it('are each made once, and of nobody whom a rep works on', async () => {
    const acting = returning('act');
    await office.settle(acting);
    await acting.store.wakeObserved('observed-return');
    await office.settle(acting);
    expect(await Promise.all([0, 1, 2, 3, 4].map((at) => nurtured.shows(at)))).toEqual([
      ...[0, 1, 2].map(() => ['nurture', ['Nurture: budget']]),
      ...[
        ['working', []],
        ['sales-ready', []],
      ],
    ]);
    expect(await held()).toEqual([]);
    const rows = await fixture.query<{ count: string }>(
      "select count(*)::text as count from tandem.effects where kind = 'return' and state = 'done' group by journey_id",
    );
    expect(rows).toEqual([{ count: '1' }, { count: '1' }, { count: '1' }]);
  });
});
