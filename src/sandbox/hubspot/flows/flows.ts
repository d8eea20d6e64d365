import type { Lists } from '../lists/lists.ts';
import { nurturePrograms, programWithFlowOff, programWithoutFlow } from '../lists/programs.ts';

/** A workflow of the company that takes in whoever comes onto a list. */
export interface Flow {
  readonly id: string;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly revisionId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly listId: string;
}

const firstId = 1_803_456_100;
const since = Date.UTC(2025, 5, 3, 9);

/** The portal's workflows: one for each nurture program that somebody built one for, while its list is there. */
export const flowsOf = (lists: Lists): readonly Flow[] =>
  nurturePrograms.flatMap((program, at): Flow[] => {
    // The programs' lists are the portal's first.
    const list = lists.all()[at];
    if (program === programWithoutFlow || list === undefined) return [];
    return [
      {
        id: String(firstId + at * 7),
        name: program.replace(': ', ' – '),
        isEnabled: program !== programWithFlowOff,
        revisionId: String(3 + at),
        createdAt: since,
        updatedAt: since + at * 3_600_000,
        listId: list.listId,
      },
    ];
  });
