import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { PortalChange } from '../changes/portal-change.ts';
import { portalId } from '../state.ts';
import { actionOf, isTold, type JournalSubscription, type SubscriptionRequest } from './subscription.ts';

/** The journal holds the last three days (https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/journal-entries/guide). */
const keptMs = 3 * 86_400_000;
/** How long changes are gathered into one entry. Not documented; files come every few seconds at most. */
const gatherMs = 200;
/** Events of one entry; not documented. */
const eventsMax = 500;

type JournalEvent = Record<string, unknown>;

/** One file of the journal. */
export interface JournalEntry {
  readonly offset: string;
  readonly publishedAt: number;
  readonly events: readonly JournalEvent[];
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** The parts that every event of a record has. */
const common = (change: PortalChange, action: string): JournalEvent => ({
  type: change.kind === 'associationChange' ? 'association' : 'object',
  portalId,
  occurredAt: iso(change.at),
  action,
  objectTypeId: change.object.typeId,
  objectId: change.id,
});

const eventOf = (change: PortalChange, action: string): JournalEvent => {
  switch (change.kind) {
    case 'creation':
      return { ...common(change, action), propertyChanges: {} };
    case 'propertyChange':
      return { ...common(change, action), propertyChanges: { [change.property]: change.value } };
    case 'merge':
      return { ...common(change, action), mergedObjectIds: change.mergedIds };
    case 'associationChange':
      return {
        type: 'association',
        portalId,
        occurredAt: iso(change.at),
        action,
        fromObjectTypeId: change.object.typeId,
        fromObjectId: change.id,
        toObjectTypeId: change.to.typeId,
        toObjectId: change.toId,
        associationTypeId: change.typeId,
        associationCategory: change.category,
        isPrimary: change.isPrimary,
      };
    default:
      return common(change, action);
  }
};

/** What the portal's changes become for an app that reads them: files in order, each with an offset. */
export class Journal {
  readonly #clock: Clock;
  #entries: JournalEntry[] = [];
  #subscriptions: JournalSubscription[] = [];
  #gathered: JournalEvent[] = [];
  #stop = new AbortController();
  #number = 0;
  #seed = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Back to the start; offsets of another seed are others. */
  clear(seed: number): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#entries = [];
    this.#subscriptions = [];
    this.#gathered = [];
    this.#seed = seed;
  }

  stop(): void {
    this.#stop.abort();
  }

  /** As if so much time had passed that all that is there has gone; offsets given out so far are known no more. */
  expire(): void {
    this.#entries = [];
  }

  get subscriptions(): readonly JournalSubscription[] {
    return this.#subscriptions;
  }

  /** Makes a subscription, or replaces the one of the same object and kind. */
  subscribe(request: SubscriptionRequest): JournalSubscription {
    const now = this.#clock.now();
    const same = this.#subscriptions.find(
      (one) => one.subscriptionType === request.subscriptionType && one.objectTypeId === request.objectTypeId,
    );
    this.#number += 1;
    const subscription = {
      ...request,
      id: same?.id ?? 5_000 + this.#number,
      createdAt: same?.createdAt ?? now,
      updatedAt: now,
    };
    this.#subscriptions = [...this.#subscriptions.filter((one) => one !== same), subscription];
    return subscription;
  }

  unsubscribe(isGone: (subscription: JournalSubscription) => boolean): void {
    this.#subscriptions = this.#subscriptions.filter((one) => !isGone(one));
  }

  hear(change: PortalChange): void {
    const told = this.#subscriptions.filter((one) => isTold(one, change));
    const action = actionOf(change);
    if (action === null) return;
    if (change.kind === 'propertyChange' && this.#joins(change)) return;
    if (told.length === 0) return;
    this.#gathered.push(eventOf(change, action));
    if (this.#gathered.length > 1) return;
    const { signal } = this.#stop;
    this.#clock.sleep(gatherMs, signal).then(
      () => {
        if (!signal.aborted) this.publish();
      },
      () => undefined,
    );
  }

  /** Closes the file that is being gathered. */
  publish(): void {
    for (let from = 0; from < this.#gathered.length; from += eventsMax) {
      this.#number += 1;
      const digest = createHash('sha256')
        .update(`${this.#seed} ${this.#number} ${this.#clock.now()}`)
        .digest('hex');
      const offset = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
      const events = this.#gathered.slice(from, from + eventsMax);
      this.#entries.push({ offset, publishedAt: this.#clock.now(), events });
    }
    this.#gathered = [];
  }

  earliest(): JournalEntry | undefined {
    this.#forget();
    return this.#entries[0];
  }

  latest(): JournalEntry | undefined {
    this.#forget();
    return this.#entries.at(-1);
  }

  entry(offset: string): JournalEntry | undefined {
    this.#forget();
    return this.#entries.find((one) => one.offset === offset);
  }

  /** The entry behind an offset; `unknown` when that offset has expired or never was. */
  next(offset: string): JournalEntry | undefined | 'unknown' {
    this.#forget();
    const at = this.#entries.findIndex((one) => one.offset === offset);
    return at < 0 ? 'unknown' : this.#entries[at + 1];
  }

  /** A property of a save joins the event that tells of that save, where the app wants to know it. */
  #joins(change: PortalChange & { readonly kind: 'propertyChange' }): boolean {
    const last = this.#gathered.at(-1);
    const isSame =
      last?.objectId === change.id &&
      last.objectTypeId === change.object.typeId &&
      last.occurredAt === iso(change.at) &&
      (last.action === 'CREATE' || last.action === 'UPDATE');
    if (!isSame || last === undefined) return false;
    const asked = this.#subscriptions.some(
      (one) =>
        isTold({ ...one, actions: ['UPDATE'] }, change) && one.actions.includes(last.action as 'CREATE'),
    );
    if (asked)
      last.propertyChanges = { ...(last.propertyChanges as object), [change.property]: change.value };
    return asked;
  }

  #forget(): void {
    const oldest = this.#clock.now() - keptMs;
    const first = this.#entries.findIndex((entry) => entry.publishedAt > oldest);
    if (first > 0) this.#entries.splice(0, first);
    else if (first < 0) this.#entries = [];
  }
}
