import type { Caller } from '../../core/message.ts';
import type { CompanyRule } from '../../core/rules.ts';
import type { ObjectDefinition, PropertyGroup } from './object.ts';
import type { PropertyDefinition } from './property.ts';

/** A property with the place of its values in a record. */
export interface Slot {
  readonly index: number;
  property: PropertyDefinition;
  archived: boolean;
}

/** A value that at most one live record has. */
export interface UniqueKey {
  readonly slot: number;
  readonly value: string;
}

/** The properties as they stand, as plain data: null for one that is as the definition has it. */
export interface ObjectSchemaState {
  readonly groups: readonly PropertyGroup[];
  readonly properties: readonly {
    readonly name: string;
    readonly archived: boolean;
    readonly changed: PropertyDefinition | null;
  }[];
}

interface UniquePlace {
  readonly from: number;
  readonly under: number;
  readonly isList: boolean;
}

/**
 * The properties of one object as they stand: begins as the definition, grows by the properties API and by
 * /_sandbox/schema. A place, once given, is never given again, so that records need no change.
 */
export class ObjectSchema {
  readonly definition: ObjectDefinition;
  readonly groups: PropertyGroup[];
  rules: readonly CompanyRule[] = [];
  readonly #slots: Slot[] = [];
  readonly #byName = new Map<string, Slot>();
  #uniquePlaces: readonly UniquePlace[] = [];

  constructor(definition: ObjectDefinition) {
    this.definition = definition;
    this.groups = [...definition.groups];
    for (const property of definition.properties) this.add(property);
  }

  /** The name must be free (or that of an archived property, which comes back in its new form). */
  add(property: PropertyDefinition): void {
    const known = this.#byName.get(property.name);
    if (known !== undefined) {
      known.property = property;
      known.archived = false;
      this.#uniquePlaces = this.#findUniquePlaces();
      return;
    }
    const slot: Slot = { index: this.#slots.length, property, archived: false };
    this.#slots.push(slot);
    this.#byName.set(property.name, slot);
    this.#uniquePlaces = this.#findUniquePlaces();
  }

  /** A property that exists, for anybody. */
  slot(name: string): Slot | undefined {
    const slot = this.#byName.get(name);
    return slot?.archived === true ? undefined : slot;
  }

  /** A property that exists for this caller (the rule `hide` takes it from the integration). */
  visible(name: string, caller: Caller): Slot | undefined {
    return this.#ruled('hide', name, caller) ? undefined : this.slot(name);
  }

  isReadOnly(property: PropertyDefinition, caller: Caller): boolean {
    return property.readOnly === true || this.#ruled('readonly', property.name, caller);
  }

  list(caller: Caller): Slot[] {
    return this.#slots.filter((slot) => !slot.archived && !this.#ruled('hide', slot.property.name, caller));
  }

  all(): readonly Slot[] {
    return this.#slots;
  }

  /**
   * The values of a record that nobody else may have, with the place they are looked up under: additional emails
   * under the primary's.
   */
  uniqueKeys(values: readonly (string | null | undefined)[]): UniqueKey[] {
    return this.#uniquePlaces.flatMap(({ from, under, isList }) => {
      const text = values[from] ?? '';
      const keys = isList ? text.split(';') : [text];
      return keys.filter((key) => key !== '').map((value) => ({ slot: under, value }));
    });
  }

  /** Whether records can be named by this property (`idProperty`). */
  identifies(slot: Slot): boolean {
    return slot.property.unique === true || slot.property.name === this.definition.email?.primary;
  }

  exportState(): ObjectSchemaState {
    return {
      groups: [...this.groups],
      properties: this.#slots.map(({ index, property, archived }) => ({
        name: property.name,
        archived,
        changed: property === this.definition.properties[index] ? null : property,
      })),
    };
  }

  /**
   * Takes over what was added and changed. Throws when a property of the definition has another place than it had: the
   * saved records were made by another version.
   */
  importState({ groups, properties }: ObjectSchemaState): void {
    for (const [index, { name, archived, changed }] of properties.entries()) {
      if (changed !== null) this.add(changed);
      const slot = this.#slots[index];
      if (slot?.property.name !== name)
        throw new Error(`saved by another version: property ${name} of ${this.definition.name}`);
      slot.archived = archived;
    }
    this.groups.splice(0, this.groups.length, ...groups);
    this.#uniquePlaces = this.#findUniquePlaces();
  }

  #findUniquePlaces(): UniquePlace[] {
    const { email } = this.definition;
    const places = this.#slots
      .filter((slot) => this.identifies(slot))
      .map(({ index }) => ({ from: index, under: index, isList: false }));
    const primary = email === null ? undefined : this.#byName.get(email.primary);
    const additional = email === null ? undefined : this.#byName.get(email.additional);
    return primary === undefined || additional === undefined
      ? places
      : [...places, { from: additional.index, under: primary.index, isList: true }];
  }

  #ruled(kind: 'hide' | 'readonly', name: string, caller: Caller): boolean {
    return caller === 'integration' && this.rules.some((rule) => rule.kind === kind && rule.field === name);
  }
}
