import type { Clock } from '../core/clock.ts';
import type { Caller } from '../core/message.ts';
import { deriveSeed, makeRandom } from '../core/random.ts';
import type { CompanyRule } from '../core/rules.ts';
import { LateFigures } from './activity/late-figures.ts';
import { type ActivityState, PortalActivity } from './activity/portal-activity.ts';
import { Associations, type AssociationsState } from './associations/associations.ts';
import { ChangeFeed } from './changes/portal-change.ts';
import { Lists, type ListsState } from './lists/lists.ts';
import { type Owner, owners, personUserId } from './owners.ts';
import { Pipelines } from './pipelines/pipelines.ts';
import { type PortalSettings, portalDefaults } from './portal-settings.ts';
import { companies } from './schema/companies.ts';
import { contacts } from './schema/contacts.ts';
import { deals } from './schema/deals.ts';
import { engagements } from './schema/engagements.ts';
import type { ObjectDefinition } from './schema/object.ts';
import { ObjectSchema, type ObjectSchemaState } from './schema/object-schema.ts';
import { ObjectStore, type ObjectStoreState } from './store/object-store.ts';
import type { ChangeSource } from './store/record.ts';
import { Subscriptions, type SubscriptionsState } from './subscriptions/subscriptions.ts';

/** The objects a portal has from the start; one more is one more definition here. */
const standardObjects: readonly ObjectDefinition[] = [contacts, companies, deals, ...engagements];

export const portalId = 143_553_137;

/** The private app that the integration's token belongs to: the source of its writes. */
export const integrationAppId = '2633736';

export const sources: Readonly<Record<Caller, ChangeSource>> = {
  integration: { sourceType: 'INTEGRATION', sourceId: integrationAppId },
  person: { sourceType: 'CRM_UI', sourceId: `userId:${personUserId}`, userId: personUserId },
};

/** A workflow of the company (POST /_sandbox/rules, kind update). */
export const automationSource: ChangeSource = {
  sourceType: 'AUTOMATION_PLATFORM',
  sourceId: 'enrollmentId:1;actionExecutionIndex:0',
};

/** By whose hand records are entered through POST /_sandbox/records; `app` is somebody else's, `integration` the worker's own. */
export const sourceNames = ['person', 'integration', 'app', 'import', 'form', 'workflow'] as const;
export type SourceName = (typeof sourceNames)[number];

/**
 * Sources as property history names them (https://developers.hubspot.com/docs/api/crm/properties, "source" of a value): an app by its id,
 * a user as `userId:N`.
 */
export const namedSources: Readonly<Record<SourceName, ChangeSource>> = {
  ...sources,
  app: { sourceType: 'INTEGRATION', sourceId: String(Number(integrationAppId) + 1) },
  import: { sourceType: 'IMPORT', sourceId: '51439524', userId: personUserId },
  form: { sourceType: 'FORM', sourceId: '8f1b7a52-9c1c-4a0e-9c56-0d6f5c2a7e11' },
  workflow: automationSource,
};

/** Everything the portal holds, as plain data. */
export interface PortalState {
  readonly rules: readonly CompanyRule[];
  readonly settings: PortalSettings;
  readonly pipelines: ReturnType<Pipelines['exportState']>;
  readonly associations: AssociationsState;
  readonly erasedEmails: readonly string[];
  readonly subscriptions: SubscriptionsState;
  readonly activity: ActivityState;
  readonly lists: ListsState;
  readonly objects: readonly {
    readonly name: string;
    readonly schema: ObjectSchemaState;
    readonly store: ObjectStoreState;
  }[];
}

/** Everything the portal holds. Rebuilt as a whole by a reset. */
export class HubspotState {
  readonly clock: Clock;
  /** Everything that happens to records is told here: webhooks and the journal listen. */
  readonly changes = new ChangeFeed();
  owners: readonly Owner[] = owners;
  readonly pipelines = new Pipelines();
  readonly associations: Associations;
  readonly subscriptions = new Subscriptions();
  /** What visitors did. */
  readonly activity = new PortalActivity();
  readonly lateFigures: LateFigures;
  readonly lists = new Lists();
  /** Addresses of people who were erased; nobody can be entered under them again. */
  readonly erasedEmails = new Set<string>();
  settings: PortalSettings = portalDefaults;
  #stores: ObjectStore[] = [];
  #byName = new Map<string, ObjectStore>();
  #seed = 0;
  #rules: readonly CompanyRule[] = [];

  constructor(clock: Clock) {
    this.clock = clock;
    this.lateFigures = new LateFigures(clock);
    this.associations = new Associations((type) => this.find(type), this.changes);
  }

  /** An empty portal with the standard objects. */
  clear(seed: number): void {
    this.#seed = seed;
    this.#rules = [];
    this.owners = owners;
    this.#stores = [];
    this.#byName = new Map();
    this.pipelines.clear();
    this.associations.clear();
    this.erasedEmails.clear();
    this.subscriptions.clear();
    this.activity.clear(seed);
    this.lateFigures.clear();
    this.lists.clear();
    for (const definition of standardObjects) this.addObject(definition);
  }

  addObject(definition: ObjectDefinition): ObjectStore {
    const random = makeRandom(deriveSeed(this.#seed, `hubspot ${definition.name}`));
    const store = new ObjectStore(new ObjectSchema(definition), random, this.changes);
    this.#stores.push(store);
    for (const name of [definition.name, definition.singular, definition.typeId]) {
      this.#byName.set(name.toLowerCase(), store);
    }
    return store;
  }

  /** By name, singular name or type id; `contacts`, `contact` and `0-1` are the same. */
  find(type: string): ObjectStore | undefined {
    return this.#byName.get(type.toLowerCase());
  }

  get seed(): number {
    return this.#seed;
  }

  get stores(): readonly ObjectStore[] {
    return this.#stores;
  }

  isOwner(id: string): boolean {
    return this.owners.some((owner) => owner.id === id);
  }

  setRules(rules: readonly CompanyRule[]): void {
    this.#rules = rules;
    for (const store of this.#stores) {
      const names = [
        store.schema.definition.name,
        store.schema.definition.singular,
        store.schema.definition.typeId,
      ];
      store.schema.rules = rules.filter((rule) => names.includes(rule.object));
    }
  }

  exportState(): PortalState {
    return {
      rules: this.#rules,
      settings: this.settings,
      pipelines: this.pipelines.exportState(),
      associations: this.associations.exportState(),
      erasedEmails: [...this.erasedEmails],
      subscriptions: this.subscriptions.exportState(),
      activity: this.activity.exportState(),
      lists: this.lists.exportState(),
      objects: this.#stores.map((store) => ({
        name: store.schema.definition.name,
        schema: store.schema.exportState(),
        store: store.exportState(),
      })),
    };
  }

  /** Fills an empty portal; `addObject` makes an object that a portal does not have from the start. */
  importState(state: PortalState, addObject: (name: string) => ObjectStore): void {
    for (const object of state.objects) {
      const store = this.find(object.name) ?? addObject(object.name);
      store.schema.importState(object.schema);
      store.importState(object.store);
    }
    this.settings = state.settings;
    this.pipelines.importState(state.pipelines);
    this.associations.importState(state.associations);
    this.subscriptions.importState(state.subscriptions);
    this.activity.importState(state.activity);
    this.lists.importState(state.lists);
    for (const email of state.erasedEmails) this.erasedEmails.add(email);
    this.setRules(state.rules);
  }
}
