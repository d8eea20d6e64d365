import { type System, systemLabel, systems } from '../../model/system.ts';
import { nameOn, type PointedFields } from '../own-fields/pointed.ts';
import { type Term, terms } from './account.ts';
import { counted, readyField } from './shown.ts';
import { labels } from './words.ts';

/** What a system counts by cohort, and what it cannot count. */
export interface CountedBy {
  readonly system: System;
  /** The field by which it tells when somebody became ready, by the company's own name. */
  readonly field: string;
  readonly terms: readonly Term[];
  readonly notCounted: readonly Term[];
  /** Why it cannot count those, in words. */
  readonly why: string;
}

export interface OwnCountsTold {
  /** Why neither was asked; null: both were. */
  readonly unasked: string | null;
  readonly by: readonly CountedBy[];
}

const whyNot: Readonly<Record<System, string>> = {
  hubspot: 'no property says what became of a turn',
  salesforce: 'no field says what became of a turn, and who was not handed over does not show there',
};

/** What the systems can count of a cohort. `unasked`: why they were not asked. Pure. */
export const ownCounts = (unasked: string | null, pointed: PointedFields): OwnCountsTold => ({
  unasked,
  by: systems.map((system): CountedBy => {
    const isCounted = (term: Term): boolean => counted[system][term] !== undefined;
    const object = system === 'hubspot' ? 'contacts' : 'Lead';
    return {
      system,
      field: nameOn(pointed, object, readyField[system]),
      terms: terms.filter(isCounted),
      notCounted: terms.filter((term) => !isCounted(term)),
      why: whyNot[system],
    };
  }),
});

const named = (all: readonly Term[]): string => all.map((term) => labels[term]).join(', ');

/** The same in words, for whoever reads accounts by cohort. Pure. */
export const ownCountsText = ({ unasked, by }: OwnCountsTold): readonly string[] =>
  unasked !== null
    ? [`By cohort no counts of the systems' own: ${unasked}.`]
    : [
        'By cohort each system counts by the date on the record, which is of its newest turn:',
        ...by.map(
          ({ system, field, terms: own, notCounted, why }) =>
            `- ${systemLabel[system]} ${named(own)} (by ${field}); it cannot count ${named(notCounted)}: ${why}`,
        ),
        'How those stand now who were handed over, each shows by the stage.',
      ];
