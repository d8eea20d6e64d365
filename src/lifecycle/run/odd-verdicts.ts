import { typesOn } from '../../model/mapping.ts';
import { ownVerdictTypes, verdictField } from '../look/odd-verdict.ts';
import { verdictWords } from '../look/sales-facts.ts';
import type { LifecycleContext } from './context.ts';

const key = 'lifecycle:verdicts';
/** So many records are named. */
const namedMax = 5;

/**
 * Looks for people with sales whose record has a word that is no verdict in the place of one: the rep reads so on the record, and somebody has to keep the list of the
 * field. A problem as long as there are any. Asks the store alone. Where lifecycle.yaml names another field, its further words are the company's own.
 */
export const findOddVerdicts = async ({ store, engine, models, pair }: LifecycleContext): Promise<void> => {
  const { pointed, behaviours } = models.lifecycle;
  const types = behaviours.stages === 'off' ? [] : ownVerdictTypes(pointed, typesOn(pair, 'salesforce'));
  const ids = types.length === 0 ? [] : await store.oddVerdicts(types, verdictField, verdictWords);
  if (ids.length === 0) return engine.clearProblem(key);
  const named = ids.slice(0, namedMax);
  const more = ids.length - named.length;
  await engine.raiseProblem({
    key,
    what: `${ids.length} ${ids.length === 1 ? 'record with sales says' : 'records with sales say'} a verdict that is none: ${named.join(', ')}${more === 0 ? '' : ` and ${more} more`}`,
    cause: `${verdictField} knows ${verdictWords.join(', ')}. Any other word moves nobody, and the clock for the verdict runs on.`,
    fault: 'data',
    next: `Have the rep choose one of them (the record says so, too), and let the field have no other values (a restricted picklist); if your words are others, name your field under 'fields' in lifecycle.yaml.`,
  });
};
