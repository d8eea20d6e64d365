import type { FieldDefinition, ObjectDefinition } from './field.ts';
import { auditFields, idField, isDeletedField, userOwnerField } from './system-fields.ts';

/** A field with its place in the records of its object. */
export interface BoundField {
  readonly definition: FieldDefinition;
  /** Index into a row's values. */
  readonly column: number;
}

/** An object in force: its definition and its fields by name, in any case, as the API takes them. */
export class ObjectSchema {
  readonly definition: ObjectDefinition;
  readonly #fields: BoundField[] = [];
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

  addField(definition: FieldDefinition): BoundField {
    const field = { definition, column: this.#fields.length };
    this.#fields.push(field);
    this.#byName.set(definition.name.toLowerCase(), field);
    if (definition.relationshipName !== undefined) {
      this.#byRelationship.set(definition.relationshipName.toLowerCase(), field);
    }
    return field;
  }
}

/** All objects of the company. */
export class OrgSchema {
  readonly #objects = new Map<string, ObjectSchema>();
  readonly #byPrefix = new Map<string, ObjectSchema>();

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

  byPrefix(prefix: string): ObjectSchema | undefined {
    return this.#byPrefix.get(prefix);
  }

  addObject(definition: ObjectDefinition): ObjectSchema {
    const schema = new ObjectSchema(definition);
    this.#objects.set(definition.name.toLowerCase(), schema);
    this.#byPrefix.set(definition.keyPrefix, schema);
    return schema;
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
