import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../../src/lifecycle/effects/effect.ts';
import type { Standing } from '../../../src/lifecycle/effects/standing.ts';
import { makeSteps } from '../../../src/lifecycle/effects/steps.ts';
import { newStored } from '../../../src/lifecycle/look/look.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import type { Nudge } from '../../../src/lifecycle/stage/definition.ts';
import { makeDefinition } from '../shipped-files.ts';

const now = Date.parse('2026-11-30T09:00:00.000Z');
const { leave, list, task } = makeSteps({ hubspot: new Map(), salesforce: new Map() });
const { pull } = makeDefinition();
const byProgram: Nudge = { afterDays: 10, as: 'program', program: 'Nudge', offer: null };

const makeContext = (nudge: Nudge | null) => {
  const joined: string[] = [];
  const left: string[] = [];
  const context = {
    models: { lifecycle: makeDefinition({ pull: { ...pull, nudge } }) },
    signal: new AbortController().signal,
    joinProgram: async (program: string, ids: readonly string[]) => {
      joined.push(`${program}: ${ids.join(' ')}`);
      return new Map(ids.map((id) => [id, program === 'Nudge' ? null : `HubSpot has no list '${program}'`]));
    },
    leavePrograms: async (programs: readonly string[], ids: readonly string[]) => {
      left.push(`${programs.join()}: ${ids.join(' ')}`);
      return { left: new Map(), kept: [] };
    },
  } as unknown as LifecycleContext;
  return { context, joined, left };
};
const makeStanding = (id: string, kind: 'nudge' | 'return', nudged = kind === 'nudge'): Standing => {
  const stored = newStored(`j${id}`, id, now);
  return {
    effect: {
      ...{
        key: `j${id}/1/${kind}`,
        kind,
        turn: 1,
        at: now,
        evidence: 'x',
        journeyId: `j${id}`,
        contactId: id,
      },
      ...{ attempts: 0, route: null, steps: {} },
    },
    stored: {
      ...stored,
      journey: {
        ...stored.journey,
        ...{ turn: 1, stage: kind === 'return' ? 'returned' : 'working', place: 'nurture' },
        program: kind === 'return' ? 'Nudge' : null,
      },
    },
    person: { contact: { fields: {} }, sales: { ref: { id: `00Q${id}` }, fields: {} } },
    transitions: nudged
      ? [{ turn: 1, mode: 'act', evidence: 'nudge', to: 'working', reason: null, effects: ['nudge'] }]
      : [],
  } as unknown as Standing;
};
const withProgram = (standing: Standing, program: string): Standing => ({
  ...standing,
  stored: { ...standing.stored, journey: { ...standing.stored.journey, program } },
});

describe('a nudge by a program', () => {
  it('enrolls those who stand still, in one call, and gives nobody a task', async () => {
    expect(stepsOf.nudge).toEqual(['list', 'task']);
    const { context, joined } = makeContext(byProgram);
    const standings = [makeStanding('1', 'nudge'), makeStanding('2', 'nudge')];
    expect(await list(context, standings)).toEqual([{ kind: 'done' }, { kind: 'done' }]);
    expect(joined).toEqual(['Nudge: 1 2']);
    // Nothing of Salesforce is there to be called.
    expect(await task(context, standings)).toEqual([{ kind: 'done' }, { kind: 'done' }]);
  });

  it('waits for a person where the list is not there', async () => {
    const { context } = makeContext({ ...byProgram, program: 'Nowhere' });
    expect(await list(context, [makeStanding('1', 'nudge')])).toMatchObject([
      {
        kind: 'refused',
        why: "HubSpot has no list 'Nowhere'",
        next: expect.stringContaining('lifecycle.yaml'),
      },
    ]);
  });

  it('is over when they come back: the program of the reason is the one that talks to them', async () => {
    const { context, joined, left } = makeContext(byProgram);
    const standings = [
      withProgram(makeStanding('1', 'return', true), 'Nurture: later'),
      withProgram(makeStanding('2', 'return', false), 'Nurture: later'),
      makeStanding('3', 'return', true),
    ];
    await leave(context, standings);
    await list(context, standings);
    expect(left).toEqual(['Nudge: 1']);
    expect(joined).toEqual(['Nurture: later: 1 2', 'Nudge: 3']);
  });

  it('enrolls nobody who was taken out of campaigns, and says so', async () => {
    const { context, joined } = makeContext(byProgram);
    const { person, ...rest } = makeStanding('1', 'nudge');
    const contact = { ...person.contact, fields: { tandem_suppressed: 'true' } };
    expect(await list(context, [{ ...rest, person: { ...person, contact } }])).toMatchObject([
      { kind: 'done', said: expect.stringContaining('taken out of campaigns on request') },
    ]);
    expect(joined).toEqual([]);
  });

  it('by a task, or taken out of the file, enrolls nobody', async () => {
    for (const nudge of [{ ...byProgram, as: 'task' as const, program: null }, null]) {
      const { context, joined } = makeContext(nudge);
      expect(await list(context, [makeStanding('1', 'nudge')])).toEqual([{ kind: 'done' }]);
      expect(joined).toEqual([]);
    }
  });
});
