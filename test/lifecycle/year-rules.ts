import { checkFile } from '../../src/lifecycle/config/check-file.ts';
import { routingKind, slaKind } from '../../src/lifecycle/config/files.ts';
import { shippedScoring } from './scoring/scoring-model.ts';
import { makeDefinition, shippedText } from './shipped-files.ts';
import type { YearRules } from './year.ts';

const queue = '00G000000000001AAA';
export const yearReps = [1, 2, 3, 4, 5].map((number) => `00500000000000${number}AAA`);
const weights = [1, 1, 2, 2, 4];

const built = <T>({ built: model }: { readonly built: T | null }): T => {
  if (model === null) throw new Error('a file of the year is not right');
  return model;
};
const members = yearReps.map((owner, index) => `{ owner: ${owner}, weight: ${weights[index]} }`).join(', ');
/** The shipped files, but for routing with five reps of different weight; sales-ready holds from the beginning. */
export const yearRules: YearRules = {
  definition: makeDefinition(),
  scoring: {
    ...shippedScoring,
    definitions: shippedScoring.definitions.map((definition) => ({ ...definition, from: 0 })),
  },
  routing: built(
    checkFile(routingKind, {
      file: 'routing.yaml',
      text: `version: '1'\nby: tandem\npools: { all: { hours: any, members: [${members}] } }\notherwise: all\nfallback: { queue: ${queue} }\n`,
    }),
  ),
  sla: built(checkFile(slaKind, { file: 'sla.yaml', text: shippedText('sla.yaml') })),
  queue,
};
