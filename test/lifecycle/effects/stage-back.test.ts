import { describe, expect, it } from 'vitest';
import { moveStagesBack } from '../../../src/lifecycle/effects/stage-back.ts';
import type { Standing } from '../../../src/lifecycle/effects/standing.ts';
import { newStored } from '../../../src/lifecycle/look/look.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import type { Journey } from '../../../src/lifecycle/stage/journey.ts';
import type { WriteOutcome, WriteRow } from '../../../src/model/write.ts';
import { makeDefinition } from '../shipped-files.ts';

const landed = (id: string): WriteOutcome => ({ kind: 'landed', id, created: false, stamp: null });

/** Somebody whose stage is shown as `lead`, and whose contact says something. */
const standing = (id: string, lifecyclestage: string | null, journey: Partial<Journey> = {}): Standing => {
  const stored = newStored(`j${id}`, id, 0, true);
  return {
    effect: { key: `${id}/show`, attempts: 0, route: null, steps: {} },
    stored: { ...stored, journey: { ...stored.journey, stage: 'lead', ...journey } },
    person: { contact: { ref: { system: 'hubspot', type: 'contacts', id }, fields: { lifecyclestage } } },
  } as unknown as Standing;
};

/** What is asked of the store and of HubSpot, and what comes of it. */
const play = async (
  standings: readonly Standing[],
  {
    letGo = [],
    mode = 'both',
    outcomeOf = landed,
  }: {
    letGo?: readonly string[];
    mode?: 'both' | 'forward';
    outcomeOf?: (id: string) => WriteOutcome;
  } = {},
) => {
  const asked: (readonly string[])[] = [];
  const emptied: WriteRow[] = [];
  const context = {
    pair: { types: { hubspot: 'contacts' } },
    models: { lifecycle: makeDefinition({ lifecyclestage: mode }) },
    store: {
      holdStages: async (...ids: readonly (readonly string[])[]) => {
        asked.push(...ids);
        return new Set(letGo);
      },
    },
    systems: {
      hubspot: {
        writeMany: async (_type: string, rows: readonly WriteRow[]) => {
          emptied.push(...rows);
          return rows.map((row) => outcomeOf(row.op === 'update' ? row.id : ''));
        },
      },
    },
    makeId: () => 'id',
  } as unknown as LifecycleContext;
  const { held, failed } = await moveStagesBack(context, standings);
  return {
    asked,
    emptied: emptied.map((row) => (row.op === 'update' ? [row.id, row.fields] : [])),
    held: [...held].map(({ stored }) => stored.contactId),
    failed: [...failed].map(([{ stored }, { kind }]) => [stored.contactId, kind]),
  };
};

describe("HubSpot's own stage, moved back", () => {
  it('is held back by the first start where it stands further, and no more once it does not', async () => {
    const all = [standing('1', 'customer'), standing('2', 'subscriber'), standing('3', 'lead')];
    expect(await play(all)).toEqual({
      asked: [['j1'], ['j2', 'j3']],
      emptied: [],
      held: ['1'],
      failed: [],
    });
  });

  it('is emptied first where it was let go, and of whom Tandem has handed over', async () => {
    const all = [standing('1', 'customer'), standing('2', 'customer', { turn: 1 })];
    expect(await play(all, { letGo: ['j1'] })).toEqual({
      asked: [['j1'], []],
      emptied: [
        ['1', { lifecyclestage: null }],
        ['2', { lifecyclestage: null }],
      ],
      held: [],
      failed: [],
    });
  });

  it('is tried again where it is not known to be empty, and is never moved with forward', async () => {
    const one = [standing('1', 'customer', { turn: 1 })];
    const unknown = (): WriteOutcome => ({ kind: 'unknown', cause: 'timeout' }) as unknown as WriteOutcome;
    expect(await play(one, { outcomeOf: unknown })).toMatchObject({ failed: [['1', 'wait']] });
    expect(await play(one, { mode: 'forward' })).toEqual({ asked: [], emptied: [], held: [], failed: [] });
  });
});
