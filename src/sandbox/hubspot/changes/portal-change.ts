import type { ObjectDefinition } from '../schema/object.ts';
import type { ChangeSource } from '../store/record.ts';

interface ChangeOf {
  /** The object of the record. */
  readonly object: ObjectDefinition;
  readonly id: number;
  /** When it happened, which is also the record's stamp where the change moves it. Changes of one save share it. */
  readonly at: number;
  readonly source: ChangeSource;
}

/**
 * Something that happened in the portal, whoever did it and by whichever way: what webhooks and the journal tell of. A new way of
 * changing records tells of it through `ChangeFeed.tell` and needs nothing else.
 */
export type PortalChange =
  | (ChangeOf & { readonly kind: 'creation' })
  | (ChangeOf & { readonly kind: 'propertyChange'; readonly property: string; readonly value: string })
  | (ChangeOf & { readonly kind: 'deletion' })
  | (ChangeOf & { readonly kind: 'restore' })
  /** GDPR deletion; a `deletion` is told beside it. */
  | (ChangeOf & { readonly kind: 'privacyDeletion' })
  /** `id` is the record that the merge made. */
  | (ChangeOf & {
      readonly kind: 'merge';
      readonly primaryId: number;
      readonly mergedIds: readonly number[];
      readonly propertiesMoved: number;
    })
  /** Told once for each direction; `id` is where it begins. */
  | (ChangeOf & {
      readonly kind: 'associationChange';
      readonly to: ObjectDefinition;
      readonly toId: number;
      readonly typeId: number;
      readonly category: string;
      readonly removed: boolean;
      readonly isPrimary: boolean;
    });

/** Where everything that happens in the portal is told. Listeners are called at once, and must be quick. */
export class ChangeFeed {
  readonly #listeners = new Set<(change: PortalChange) => void>();

  tell(change: PortalChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Whether anybody listens: what costs to tell need not be made where nobody does. */
  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  listen(listener: (change: PortalChange) => void): void {
    this.#listeners.add(listener);
  }
}
