import type { RoutePlan } from '../../lifecycle/effects/effect.ts';
import type { RouteDecision, RouteLine } from '../../lifecycle/routing/route.ts';

/** Names of users and queues by Salesforce id; who is not there is told by the id. */
export type OwnerNames = ReadonlyMap<string, string>;

/** Who got the lead and why, as the store has it; null where nobody was chosen. */
export const routeOf = (text: string | null): RoutePlan | null =>
  text === null ? null : (JSON.parse(text) as RoutePlan | null);

const outcomes: Readonly<Record<RouteLine['outcome'], string>> = {
  taken: 'gets it',
  kept: 'has it and keeps it',
  'does-not-hold': 'does not hold',
  nobody: 'nobody can',
  'not-there': 'is not there',
  'cannot-own': 'cannot own such a record',
  inactive: 'is inactive',
  refused: 'gave it away',
  absent: 'is absent',
  full: 'has as many open leads as they may',
  'enough-today': 'has enough for today',
  closed: 'does not work at this hour',
};

const lineWords = ({ step, name, owner, outcome }: RouteLine, names: OwnerNames): string => {
  const who = owner === null ? '' : ` ${names.get(owner) ?? owner}`;
  return `${step}${name === null ? '' : ` ${name}`}:${who} ${outcomes[outcome]}`;
};

const decided = (decision: RouteDecision, names: OwnerNames): string => {
  if (decision.kind === 'owner' || decision.kind === 'queue') return names.get(decision.id) ?? decision.id;
  return decision.kind === 'assignment-rules' ? "whom the org's assignment rules choose" : 'nobody yet';
};

/** Why this owner: whom the lead went to, and each step of the way there. */
export const routeWords = ({ decision, lines, version }: RoutePlan, names: OwnerNames): string => {
  const words = [decided(decision, names), lines.map((line) => lineWords(line, names)).join(' · ')]
    .filter((each) => each !== '')
    .join(' — ');
  return version === undefined ? words : `${words} (routing.yaml ${version})`;
};
