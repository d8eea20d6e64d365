import { describe, expect, it } from 'vitest';
import { moveStagesBack } from '../../../src/lifecycle/effects/stage-back.ts';
import type { Standing } from '../../../src/lifecycle/effects/standing.ts';
import { newStored } from '../../../src/lifecycle/look/look.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import type { Journey } from '../../../src/lifecycle/stage/journey.ts';
import type { StagesBack } from '../../../src/model/journeys.ts';
import type { RawFields } from '../../../src/model/value.ts';
import type { WriteOutcome, WriteRow } from '../../../src/model/write.ts';
import { makeDefinition } from '../shipped-files.ts';

const landed = (id: string): WriteOutcome => ({ kind: 'landed', id, created: false, stamp: null });

/** Somebody whose stage is shown as `lead`, and whose contact says something. */
const standing = (
  id: string,
  lifecyclestage: string | null,
  journey: Partial<Journey> = {},
  wrote: RawFields = {},
): Standing => {
  const stored = newStored(`j${id}`, id, 0, true);
  return {
    effect: { key: `${id}/show`, kind: 'show', contactId: id, attempts: 0, route: null, steps: {} },
    stored: {
      ...stored,
      journey: { ...stored.journey, stage: 'lead', ...journey },
      shown: { hubspot: wrote, salesforce: {} },
    },
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
    already = new Set(),
  }: {
    already?: Set<string>;
    letGo?: readonly string[];
    mode?: 'both' | 'forward';
    outcomeOf?: (id: string) => WriteOutcome;
  } = {},
) => {
  const asked: StagesBack[] = [];
  const moved: (readonly string[])[] = [];
  const emptied: WriteRow[] = [];
  const context = {
    pair: { types: { hubspot: 'contacts' } },
    models: { lifecycle: makeDefinition({ lifecyclestage: mode }) },
    store: {
      holdStages: async (steps: StagesBack) => {
        asked.push(steps);
        return new Set(letGo);
      },
      stagesMoved: async (ids: readonly string[]) => {
        moved.push(ids);
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
  const { held, failed } = await moveStagesBack(context, standings, already);
  return {
    asked,
    moved: moved.flat(),
    emptied: emptied.map((row) => (row.op === 'update' ? [row.id, row.fields] : [])),
    held: [...held].map(({ stored }) => stored.contactId),
    failed: [...failed].map(([{ stored }, { kind }]) => [stored.contactId, kind]),
  };
};

describe("HubSpot's own stage, moved back", () => {
  it('is held back by the first start where it stands further, and no more once it does not', async () => {
    const all = [standing('1', 'customer'), standing('2', 'subscriber'), standing('3', 'lead')];
    expect(await play(all)).toEqual({
      asked: [{ past: ['j1'], later: [], free: ['j2', 'j3'] }],
      moved: [],
      emptied: [],
      held: ['1'],
      failed: [],
    });
  });

  it('counts by the day for whom Tandem has handed over, who came later, and whose stage it wrote before', async () => {
    const all = [
      standing('1', 'customer'),
      standing('2', 'customer', { turn: 1 }),
      standing('3', 'customer', { pastAt: null }),
      standing('4', 'customer', {}, { lifecyclestage: 'lead' }),
    ];
    expect(await play(all, { letGo: ['j2', 'j4'] })).toEqual({
      asked: [{ past: ['j1'], later: ['j2', 'j3', 'j4'], free: [] }],
      moved: ['j2', 'j4'],
      emptied: [
        ['2', { lifecyclestage: null }],
        ['4', { lifecyclestage: null }],
      ],
      held: ['1', '3'],
      failed: [],
    });
  });

  it('is moved once in a round, however many orders of somebody show it', async () => {
    const one = standing('1', 'customer', { turn: 1 });
    const already = new Set<string>();
    await play([one], { letGo: ['j1'], already });
    expect(await play([one], { letGo: [], already })).toMatchObject({
      asked: [{ past: [], later: [], free: ['j1'] }],
      held: [],
    });
  });

  it('is tried again where it is not known to be empty, and is never moved with forward', async () => {
    const one = [standing('1', 'customer', { turn: 1 })];
    const unknown = (): WriteOutcome => ({ kind: 'unknown', cause: 'timeout' }) as unknown as WriteOutcome;
    expect(await play(one, { letGo: ['j1'], outcomeOf: unknown })).toMatchObject({
      failed: [['1', 'wait']],
      moved: [],
    });
    expect(await play(one, { mode: 'forward' })).toMatchObject({ asked: [], emptied: [], held: [] });
  });
});
