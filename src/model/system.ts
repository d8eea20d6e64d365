/** The two systems that a pair joins. HubSpot is always the left side of a link, Salesforce the right. */
export type System = 'hubspot' | 'salesforce';

export const systems = ['hubspot', 'salesforce'] as const satisfies readonly System[];

/** The name people know each system by, for messages. */
export const systemLabel: Record<System, string> = { hubspot: 'HubSpot', salesforce: 'Salesforce' };

/** The system on the other side of a link. */
export const otherSystem = (system: System): System => (system === 'hubspot' ? 'salesforce' : 'hubspot');

/** One value per system; the shape of everything that a pair has twice. */
export interface Sides<T> {
  readonly hubspot: T;
  readonly salesforce: T;
}

/** Builds both sides with one function. */
export const bothSides = <T>(make: (system: System) => T): Sides<T> => ({
  hubspot: make('hubspot'),
  salesforce: make('salesforce'),
});

/** A record in one of the systems. `type` is the API's own name (`contacts`, `Lead`), `id` its id (Salesforce: 18 characters). */
export interface RecordRef {
  readonly system: System;
  readonly type: string;
  readonly id: string;
}

/** `hubspot:contacts/151` or `salesforce:Lead/00Q…`, the form used in logs and as keys. */
export const formatRef = (ref: RecordRef): string => `${ref.system}:${ref.type}/${ref.id}`;
