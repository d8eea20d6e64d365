export type SubscriptionStatus = 'SUBSCRIBED' | 'UNSUBSCRIBED';

/** A kind of email that people can be subscribed to. */
export interface SubscriptionType {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly purpose: string;
}

export const subscriptionTypes: readonly SubscriptionType[] = [
  {
    id: '71000001',
    name: 'Marketing Information',
    description: 'Marketing offers and updates.',
    purpose: 'Marketing',
  },
  { id: '71000002', name: 'Newsletter', description: 'What is new, each month.', purpose: 'Marketing' },
  { id: '71000003', name: 'One to One', description: 'Emails from sales.', purpose: 'Sales' },
];

interface Choices {
  /** When the address was opted out of everything. */
  allOutAt: number | null;
  readonly types: Map<string, { status: SubscriptionStatus; at: number }>;
}

export type SubscriptionsState = readonly (readonly [
  string,
  number | null,
  readonly (readonly [string, { status: SubscriptionStatus; at: number }])[],
])[];

/** What people chose to get, by email address: it holds for the address, whether or not a contact has it. */
export class Subscriptions {
  readonly #byEmail = new Map<string, Choices>();

  clear(): void {
    this.#byEmail.clear();
  }

  /** When the address was opted out of all email; null: it is not. */
  allOutAt(email: string): number | null {
    return this.#byEmail.get(email)?.allOutAt ?? null;
  }

  statusOf(
    email: string,
    typeId: string,
  ): { readonly status: SubscriptionStatus; readonly at: number } | null {
    const choices = this.#byEmail.get(email);
    if (choices === undefined) return null;
    if (choices.allOutAt !== null) return { status: 'UNSUBSCRIBED', at: choices.allOutAt };
    return choices.types.get(typeId) ?? null;
  }

  unsubscribeAll(email: string, at: number): void {
    const choices = this.#of(email);
    choices.allOutAt ??= at;
  }

  /** A new subscription ends the opting out of everything; the other types stay out. */
  set(email: string, typeId: string, status: SubscriptionStatus, at: number): void {
    const choices = this.#of(email);
    if (status === 'SUBSCRIBED' && choices.allOutAt !== null) {
      choices.allOutAt = null;
      for (const { id } of subscriptionTypes) choices.types.set(id, { status: 'UNSUBSCRIBED', at });
    }
    choices.types.set(typeId, { status, at });
  }

  exportState(): SubscriptionsState {
    return [...this.#byEmail].map(([email, { allOutAt, types }]) => [email, allOutAt, [...types]]);
  }

  importState(state: SubscriptionsState): void {
    this.#byEmail.clear();
    for (const [email, allOutAt, types] of state)
      this.#byEmail.set(email, { allOutAt, types: new Map(types) });
  }

  #of(email: string): Choices {
    const choices = this.#byEmail.get(email) ?? { allOutAt: null, types: new Map() };
    this.#byEmail.set(email, choices);
    return choices;
  }
}
