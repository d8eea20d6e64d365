import type { Sides, System } from './system.ts';

/** What is done about the events in a record's life, as a mapping says it. The first choice of each is the default, and the careful one. */
export const deletionChoices = ['end', 'ask'] as const;
export const undeleteChoices = ['revive', 'ask'] as const;
export const leftChoices = ['ask', 'keep'] as const;
export const unseenChoices = ['erase', 'park'] as const;
export const emailChoices = ['park', 'send'] as const;
export const ownerChoices = ['park', 'keep'] as const;

export interface LifeEventPolicies {
  /** A record was merged into another: the link goes to the survivor. */
  readonly merge: 'follow';
  /** A lead was converted: the link goes to its contact. */
  readonly conversion: 'follow';
  /** The Salesforce record was deleted: the link ends; a person is asked about a change that crossed it, or always. */
  readonly delete: (typeof deletionChoices)[number];
  /** The same of a HubSpot record that was archived. */
  readonly archive: (typeof deletionChoices)[number];
  /** The record is back: the link begins anew, or a person is asked. */
  readonly undelete: (typeof undeleteChoices)[number];
  readonly erasure: {
    /** The record that is left on the other side: a question names it, or it is kept without one. It is never deleted. */
    readonly counterpart: (typeof leftChoices)[number];
    /** A contact that HubSpot knows nothing of any more: taken for erased, or unreachable. */
    readonly unseen: (typeof unseenChoices)[number];
    /** A check box of a side that says, once it is ticked, that the person is to be erased. */
    readonly flag: Partial<Sides<string>>;
  };
  /** The match key changed on one side, and another record has it on the other: the change is parked, or sent all the same. */
  readonly emailChange: (typeof emailChoices)[number];
  /** The owner has no active counterpart: the field is parked, so that somebody is told, or kept without a word. */
  readonly ownerDeactivated: (typeof ownerChoices)[number];
  /** A record is not shown any more, and nothing says that it is gone: the link waits (`UNREACHABLE`) until it is shown again. */
  readonly accessLost: 'park';
  /** The record type or pipeline changed: the fields go on, and values that do not fit there are parked. */
  readonly recordType: 'align';
}

export const lifeEventDefaults: LifeEventPolicies = {
  merge: 'follow',
  conversion: 'follow',
  delete: 'end',
  archive: 'end',
  undelete: 'revive',
  erasure: { counterpart: 'ask', unseen: 'erase', flag: {} },
  emailChange: 'park',
  ownerDeactivated: 'park',
  accessLost: 'park',
  recordType: 'align',
};

export const policiesOf = ({
  lifeEvents = lifeEventDefaults,
}: {
  readonly lifeEvents?: LifeEventPolicies;
}): LifeEventPolicies => lifeEvents;

/** The check box of one side by which people are erased, where there is one. */
export const flagsOf = (
  pair: { readonly lifeEvents?: LifeEventPolicies },
  system: System,
): readonly string[] => {
  const flag = policiesOf(pair).erasure.flag[system];
  return flag === undefined ? [] : [flag];
};

/** The policies in the words of the mapping file, one after another: `merge: follow`, `erasure.counterpart: ask`. */
export const policyWords = (policies: LifeEventPolicies): readonly string[] =>
  Object.entries(policies).flatMap(([event, choice]) =>
    typeof choice === 'string'
      ? [`${event}: ${choice}`]
      : Object.entries(choice as LifeEventPolicies['erasure']).flatMap(([name, own]) =>
          typeof own === 'string'
            ? [`${event}.${name}: ${own}`]
            : Object.entries(own).map(([system, field]) => `${event}.${name}.${system}: ${field}`),
        ),
  );
