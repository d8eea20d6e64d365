import type { FieldDefinition, ObjectDefinition } from './field.ts';
import { auditFields, idField, isDeletedField, userOwnerField } from './system-fields.ts';

/** A field with its place in the records of its object. Its definition is the present one: an admin may change it. */
export interface BoundField {
  readonly definition: FieldDefinition;
  /** Index into a row's values. */
  readonly column: number;
}

/** An object in force: its definition and its fields by name, in any case, as the API takes them. */
export class ObjectSchema {
  readonly definition: ObjectDefinition;
  readonly #fields: { definition: FieldDefinition; readonly column: number }[] = [];
  readonly #byName = new Map<string, BoundField>();
  readonly #byRelationship = new Map<string, BoundField>();

  constructor(definition: ObjectDefinition) {
    this.definition = definition;
    for (const field of definition.fields) this.addField(field);
  }

  get name(): string {
    return this.definition.name;
  }

  get fields(): readonly BoundField[] {
    return this.#fields;
  }

  field(name: string): BoundField | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  /** The reference field behind a parent relationship (`Owner` → OwnerId). */
  relationship(name: string): BoundField | undefined {
    return this.#byRelationship.get(name.toLowerCase());
  }

  /** The column of a field that every object has, or that this object is known to have. */
  column(name: string): number {
    const field = this.field(name);
    if (field === undefined) throw new Error(`${this.name} has no field ${name}: add it to its definition`);
    return field.column;
  }

  /** Where the moment of the last change stands; a row of a history is never changed. */
  get stampColumn(): number {
    return this.field('SystemModstamp')?.column ?? this.column('CreatedDate');
  }

  addField(definition: FieldDefinition): BoundField {
    const field = { definition, column: this.#fields.length };
    this.#fields.push(field);
    this.#byName.set(definition.name.toLowerCase(), field);
    if (definition.relationshipName !== undefined) {
      this.#byRelationship.set(definition.relationshipName.toLowerCase(), field);
    }
    return field;
  }

  /** Another definition for a field that is there; its name stays. */
  changeField(definition: FieldDefinition): BoundField {
    const field = this.#fields[this.column(definition.name)];
    if (field === undefined) throw new Error(`${this.name} has no field ${definition.name}`);
    field.definition = definition;
    return field;
  }
}

/** What was added to the objects of the start, as plain data. */
export interface OrgSchemaState {
  readonly objects: readonly {
    readonly name: string;
    /** Fields by name, in the order of their columns: the places of the saved values. */
    readonly columns: readonly string[];
    readonly added: readonly FieldDefinition[];
    /** For a custom object: what it is made anew from. */
    readonly custom: {
      readonly label: string;
      readonly keyPrefix: string;
      readonly nameField: FieldDefinition;
    } | null;
  }[];
}

/** All objects of the company. */
export class OrgSchema {
  readonly #objects = new Map<string, ObjectSchema>();
  readonly #byPrefix = new Map<string, ObjectSchema[]>();

  constructor(definitions: readonly ObjectDefinition[]) {
    for (const definition of definitions) this.addObject(definition);
  }

  /** In the order of their names, as the global describe lists them. */
  get objects(): readonly ObjectSchema[] {
    return [...this.#objects.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  object(name: string): ObjectSchema | undefined {
    return this.#objects.get(name.toLowerCase());
  }

  /** The objects whose ids begin so; more than one where they share a prefix. */
  byPrefix(prefix: string): readonly ObjectSchema[] {
    return this.#byPrefix.get(prefix) ?? [];
  }

  addObject(definition: ObjectDefinition): ObjectSchema {
    const schema = new ObjectSchema(definition);
    this.#objects.set(definition.name.toLowerCase(), schema);
    this.#byPrefix.set(definition.keyPrefix, [...this.byPrefix(definition.keyPrefix), schema]);
    return schema;
  }

  exportState(): OrgSchemaState {
    const objects = [...this.#objects.values()].map(({ definition, fields }) => {
      const nameField = definition.fields.find((field) => field.nameField);
      return {
        name: definition.name,
        columns: fields.map((field) => field.definition.name),
        added: fields.slice(definition.fields.length).map((field) => field.definition),
        custom:
          isCustomObject(definition) && nameField
            ? { label: definition.label, keyPrefix: definition.keyPrefix, nameField }
            : null,
      };
    });
    return { objects };
  }

  /**
   * Adds what the saved schema has beyond this one; `addField` adds a field to an object, `optional` are
   * the objects that a company can switch on. Throws when a column has another
   * field than it had: the saved records were made by another version.
   */
  importState(
    state: OrgSchemaState,
    addField: (object: ObjectSchema, definition: FieldDefinition) => void,
    optional: readonly ObjectDefinition[],
  ): void {
    for (const { name, columns, added, custom } of state.objects) {
      if (custom !== null && this.object(name) === undefined) {
        this.addObject(makeCustomObject(name, custom.label, custom.keyPrefix, custom.nameField, []));
      }
      const switchedOn = optional.find((definition) => definition.name === name);
      if (switchedOn !== undefined && this.object(name) === undefined) this.addObject(switchedOn);
      const object = this.object(name);
      if (object !== undefined) for (const definition of added) addField(object, definition);
      const now = object?.fields.map((field) => field.definition.name).join(' ');
      if (now !== columns.join(' ')) throw new Error(`saved by another version: the fields of ${name}`);
    }
  }

  /** The key prefix of the next custom object: a00, a01 … */
  nextCustomPrefix(): string {
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    for (const first of digits) {
      for (const second of digits) {
        const prefix = `a${first}${second}`;
        if (!this.#byPrefix.has(prefix)) return prefix;
      }
    }
    throw new Error('no key prefix is left for another custom object');
  }
}

const isCustomObject = ({ name }: ObjectDefinition): boolean => name.endsWith('__c');

/** A custom object with the fields that the platform gives each. */
export const makeCustomObject = (
  name: string,
  label: string,
  keyPrefix: string,
  nameField: FieldDefinition,
  fields: readonly FieldDefinition[],
): ObjectDefinition => ({
  name,
  label,
  labelPlural: `${label}s`,
  keyPrefix,
  fields: [idField('Record ID'), userOwnerField, isDeletedField, nameField, ...auditFields, ...fields],
});
