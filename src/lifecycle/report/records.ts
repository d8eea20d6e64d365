import { type AccountEntry, accountOf, everybody } from '../account/account.ts';
import type { Leaf } from '../account/leaf.ts';
import { turnKey } from '../account/rows.ts';
import type { TurnStory } from '../account/turns.ts';
import type { WeeklyInput } from './input.ts';

/** One turn of a person, with all that a reader wants to know of it. */
export interface LeadRecord {
  /** `journey/turn`. */
  readonly key: string;
  readonly journey: string;
  readonly turn: number;
  readonly name: string | null;
  readonly company: string | null;
  readonly source: string | null;
  readonly definition: string | null;
  readonly readyAt: number;
  readonly handedAt: number | null;
  /** Id of whoever has or had the lead in this turn; null: nobody that is known. */
  readonly owner: string | null;
  readonly ownerName: string | null;
  readonly leaf: Leaf;
  readonly why: string | null;
  readonly hubspot: string | null;
  readonly salesforce: string | null;
}

/** Every turn that there was, in the order of the time when they became ready. Pure. */
export const leadRecords = (
  turns: readonly TurnStory[],
  { clocks, people, owners, now }: Pick<WeeklyInput, 'clocks' | 'people' | 'owners' | 'now'>,
): readonly LeadRecord[] => {
  const ownerOf = new Map(clocks.map((clock) => [turnKey(clock), clock.owner]));
  return accountOf(turns, now, everybody).ready.entries.map((entry: AccountEntry): LeadRecord => {
    const { journey, turn, readyAt, handedAt, definition, leaf, why } = entry;
    const key = turnKey(entry);
    const person = people.get(journey);
    const owner = ownerOf.get(key) ?? null;
    return {
      ...{ key, journey, turn, readyAt, handedAt, definition, leaf, why, owner },
      name: person?.name ?? null,
      company: person?.company ?? null,
      source: person?.source ?? null,
      ownerName: owner === null ? null : (owners.get(owner) ?? null),
      hubspot: person?.hubspot ?? entry.hubspot,
      salesforce: person?.salesforce ?? entry.salesforce,
    };
  });
};
