import { ruleKinds } from '../routing/model.ts';
import type { RouteLine } from '../routing/route.ts';
import { foreign, quoted } from './plain-text.ts';

const nameMax = 60;

const claims: ReadonlyMap<string, string> = new Map([
  ['existing owner', 'you have this person already'],
  ['same rep', 'you had this person before'],
  ['account owner', 'you have the account'],
  ['other router', 'your router chose you'],
  ['fallback', 'nobody else could take it'],
]);

const words = ({ step, name }: RouteLine): string => {
  const claim = claims.get(step);
  if (claim !== undefined) return claim;
  const named = quoted(name, nameMax);
  if (step === 'sdr')
    return named === null ? 'your turn among the SDRs' : `your turn among the SDRs, ${named}`;
  if (step === 'otherwise') return named === null ? 'your turn' : `your turn in ${named}`;
  // A rule that names an owner is noted by its kind, with its name; one that names a pool by both, with the pool's name.
  if (ruleKinds.some((kind) => kind === step)) return named === null ? step : `${step} ${named}`;
  const rule = foreign(step, nameMax);
  return named === null ? rule : `${rule}, your turn in ${named}`;
};

/** That nobody has a task for a lead in such a queue, told to whoever looks into it; null where there is one. */
export const queueWords = (queue: string | undefined): string | null => {
  const named = quoted(queue, nameMax);
  return named === null ? null : `In the queue ${named}, without a task: take the lead, then act`;
};

/** Why the lead is the reader's, by the step of the route that gave it; null where no step did. */
export const routeWords = (lines: readonly RouteLine[]): string | null => {
  const given = lines.findLast(({ outcome }) => outcome === 'taken' || outcome === 'kept');
  return given === undefined || given.owner === null ? null : `Yours: ${words(given)}`;
};
