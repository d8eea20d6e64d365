import { futureToleranceMs } from '../stage/advance.ts';
import { hasBought } from '../stage/bought.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import type { Fact, FactRecord } from '../stage/facts.ts';
import { owningStages, salesStages } from '../stage/stages.ts';
import type { StoredJourney } from './stored.ts';

/** What the rules saw at the last look. */
const recordBefore = ({ contact, sales, told }: StoredJourney): FactRecord => ({
  contact: contact?.fields ?? {},
  lead: sales?.fields ?? {},
  score: told?.score ?? null,
  fit: told?.fit ?? null,
  engagement: told?.engagement ?? null,
  asked: false,
});

/**
 * What the company's own rule says of somebody whose purchase nobody saw: that they have bought. Pure. It comes before everything else that the same look tells, so that a customer
 * of years who asks for a demo is one before they ask. Told once; of who was lost since only when the rule begins to hold anew, for nobody empties the field that it names.
 */
export const boughtFacts = (
  before: StoredJourney,
  record: FactRecord,
  told: readonly Fact[],
  { stages, behaviours }: LifecycleDefinition,
  now: number,
): readonly Fact[] => {
  const { contact, journey } = before;
  const { entry } = stages.customer;
  if (entry === null || behaviours.stages === 'off' || !entry.holds(record)) return [];
  if (owningStages.has(journey.stage) || hasBought(journey)) return [];
  const held = contact === null || entry.holds(recordBefore(before));
  const { churnedAt } = journey;
  if (held && churnedAt !== null) return [];
  const first = Math.min(now, ...told.map((each) => each.at)) - 1;
  return [
    {
      ...{ kind: 'bought', key: `bought/${now}/${before.version}`, by: 'tandem' },
      at: Math.max(first, (churnedAt ?? Number.NEGATIVE_INFINITY) + 1),
      ...(held ? { standing: true } : {}),
    },
  ];
};

/**
 * What the company's rules of entry say of a customer now: at risk, lost, or no longer at risk. Pure. `told` is what the same look tells beside it: who has just
 * bought is a customer already. A rule counts as long as it holds, so that those for whom it held before it was written are found too; but for who was
 * lost before, or grows, it counts only once it begins to hold: they bought after it did, and nobody has emptied the field yet.
 */
export const customerFacts = (
  before: StoredJourney,
  record: FactRecord,
  told: readonly Fact[],
  { stages, behaviours }: LifecycleDefinition,
  now: number,
): readonly Fact[] => {
  const { stage, churnedAt } = before.journey;
  // By a rule, whoever a rep works on stays with the rep.
  const isFree = !(salesStages.has(stage) || stage === 'opportunity');
  const buys = told.some(({ kind }) => kind === 'won' || (kind === 'bought' && isFree));
  if (behaviours.stages === 'off' || !(owningStages.has(stage) || buys)) return [];
  const grows = stage === 'growing' || told.some(({ kind }) => kind === 'grew');
  const held = (name: 'at-risk' | 'lost'): boolean =>
    before.contact === null || stages[name].entry?.holds(recordBefore(before)) === true;
  const holds = (name: 'at-risk' | 'lost', beginsOnly: boolean): boolean => {
    const { entry, used } = stages[name];
    if (entry === null || !used || !entry.holds(record)) return false;
    return !beginsOnly || !entry.holds(recordBefore(before));
  };
  // After what the same look tells, also where that bears the same moment: by then they are a customer.
  const latest = Math.max(
    now - 1,
    ...told.map((each) => each.at).filter((each) => each <= now + futureToleranceMs),
  );
  const fact = (kind: 'at-risk' | 'churned' | 'recovered', isStanding = false): readonly Fact[] => [
    {
      ...{ kind, key: `${kind}/${now}/${before.version}`, at: latest + 1, by: 'tandem' },
      ...(isStanding ? { standing: true } : {}),
    },
  ];
  if (holds('lost', churnedAt !== null)) return fact('churned', held('lost'));
  if (stage !== 'at-risk') return holds('at-risk', grows) ? fact('at-risk', held('at-risk')) : [];
  const { entry } = stages['at-risk'];
  return entry === null || entry.holds(record) ? [] : fact('recovered');
};
