import { checkFile } from '../../../src/lifecycle/config/check-file.ts';
import { scoringKind } from '../../../src/lifecycle/config/files.ts';
import type { Activity } from '../../../src/lifecycle/scoring/activity.ts';
import type { ScoringModel } from '../../../src/lifecycle/scoring/model.ts';
import type { Person } from '../../../src/lifecycle/scoring/score.ts';
import { formatFindings } from '../../../src/mapping/finding.ts';
import { shippedText } from '../shipped-files.ts';

/** A model from text; throws with the findings where it is not right. */
export const modelOf = (text: string): ScoringModel => {
  const { built, findings } = checkFile(scoringKind, { file: 'scoring.yaml', text });
  if (built === null) throw new Error(formatFindings(findings));
  return built;
};

export const shippedScoring = modelOf(
  shippedText('scoring.yaml')
    .replace('competitors: [competitor.example]', 'competitors: [rival.com]')
    .replace('own: [our-company.example]', 'own: [us.com]'),
);

/** A head of a company of 200: 50 points, grade A. */
export const makePerson = (overrides: Partial<Person> = {}): Person => ({
  id: '1',
  contact: { jobtitle: 'Head of Sales', company: 'Acme', numemployees: '100-500', phone: '+1 415 555 2671' },
  lead: {},
  email: 'vera@acme.com',
  owner: null,
  ...overrides,
});

export const makeActivity = (key: string, at: number, overrides: Partial<Activity> = {}): Activity => ({
  key,
  at,
  type: 'pageView',
  url: 'https://us.com/blog',
  ...overrides,
});
