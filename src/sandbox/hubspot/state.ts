import type { Clock } from '../core/clock.ts';
import type { Caller } from '../core/message.ts';
import { deriveSeed, makeRandom } from '../core/random.ts';
import type { CompanyRule } from '../core/rules.ts';
import { ChangeFeed } from './changes/portal-change.ts';
import { type Owner, owners, personUserId } from './owners.ts';
import { contacts } from './schema/contacts.ts';
import type { ObjectDefinition } from './schema/object.ts';
import { ObjectSchema, type ObjectSchemaState } from './schema/object-schema.ts';
import { ObjectStore, type ObjectStoreState } from './store/object-store.ts';
import type { ChangeSource } from './store/record.ts';

/** The objects a portal has from the start; one more is one more definition here. */
const standardObjects: readonly ObjectDefinition[] = [contacts];

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

/** Everything the portal holds, as plain data. */
export interface PortalState {
  readonly rules: readonly CompanyRule[];
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
  readonly owners: readonly Owner[] = owners;
  #stores: ObjectStore[] = [];
  #byName = new Map<string, ObjectStore>();
  #seed = 0;
  #rules: readonly CompanyRule[] = [];

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** An empty portal with the standard objects. */
  clear(seed: number): void {
    this.#seed = seed;
    this.#rules = [];
    this.#stores = [];
    this.#byName = new Map();
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
    this.setRules(state.rules);
  }
}
