import { randomUUID } from 'node:crypto';
import type { PostgresLifecycleStore } from '../../../src/store/lifecycle/lifecycle-store.ts';
import { makeTransition } from '../account/rows.ts';
import { day } from './history.ts';
import type { Groups, JourneyTransition } from './passages.ts';

/** What happened to somebody. */
export interface Story {
  readonly id: string;
  readonly groups: Groups;
  readonly transitions: readonly JourneyTransition[];
}

/** Saves what happened to people, as looks would have, in a few statements. */
export const saveStories = async (
  store: Pick<PostgresLifecycleStore, 'save'>,
  stories: readonly Story[],
): Promise<void> => {
  await store.save(
    stories.map(({ id, groups, transitions }) => ({
      row: {
        ...{ id, contactId: id, version: 0, stage: 'lead', turn: 0, owner: null, shown: '{}', told: [] },
        state: '{"journey":{"stage":"lead"}}',
      },
      ...{ nextAt: null, activities: [], effects: [], heard: [], answers: [] },
      transitions,
      groups: { source: groups.source, segment: groups.segment },
      clocks:
        groups.rep === null
          ? []
          : [...new Set(transitions.map(({ turn }) => turn))].map((turn) => ({
              ...{ journeyId: id, turn, kind: 'follow-up', doneAt: null, clock: '{"startedAt":1}' },
              ...{ stepsDone: [], owner: groups.rep, remindAt: null, dueAt: null, paused: false },
            })),
    })),
    [],
    [],
  );
};

/** Everybody came to sales-ready; of one source hardly anybody went on lately. */
export const fallingStories = (now: number): readonly Story[] =>
  Array.from({ length: 900 }, (_, number): Story => {
    const id = randomUUID();
    const at = Math.round(now - (15 + (number % 190)) * day);
    const source = number % 3 === 0 ? 'PAID_SEARCH' : 'EMAIL_MARKETING';
    const isLost = source === 'PAID_SEARCH' && number % 190 < 28;
    const goesOn = !isLost && Math.floor(number / 190) % 2 === 0;
    const ready = { ...makeTransition({ at, turn: 1 }), journey: id };
    const left = makeTransition({
      ...{ at: at + (2 + (number % 5)) * day, turn: 1, from: 'sales-ready' },
      to: goesOn ? 'working' : 'returned',
    });
    return {
      id,
      groups: { source, segment: null, rep: '005B' },
      transitions: [ready, { ...left, journey: id }],
    };
  });
