import type { Caller } from '../core/message.ts';
import { type CompanyRule, conditionHolds } from '../core/rules.ts';
import type { BoundField, ObjectSchema } from './schema/org-schema.ts';

/** Who acts, and the user id that its writes bear. */
export interface Actor {
  readonly caller: Caller;
  readonly userId: string;
}

/** The company's own automation, by object, and what of the schema it takes away from the integration. */
export class CompanyRules {
  readonly all: readonly CompanyRule[];
  readonly #byObject = new Map<string, CompanyRule[]>();
  /** Asked for every row of every query. */
  readonly #sharesAll: boolean;

  constructor(rules: readonly CompanyRule[] = []) {
    this.all = rules;
    this.#sharesAll = rules.every((rule) => rule.kind !== 'unshare');
    for (const rule of rules) {
      const key = rule.object.toLowerCase();
      const list = this.#byObject.get(key);
      if (list === undefined) this.#byObject.set(key, [rule]);
      else list.push(rule);
    }
  }

  of(object: ObjectSchema, kind: CompanyRule['kind']): readonly CompanyRule[] {
    return (this.#byObject.get(object.name.toLowerCase()) ?? []).filter((rule) => rule.kind === kind);
  }

  /** A field without field-level security for the integration: to it, the field is not there. */
  hides(actor: Actor, object: ObjectSchema, field: BoundField): boolean {
    return this.#binds(actor, object, field, 'hide');
  }

  /** A field that the integration may only read. */
  locksField(actor: Actor, object: ObjectSchema, field: BoundField): boolean {
    return this.#binds(actor, object, field, 'readonly');
  }

  /** The field as this actor knows it; undefined where it does not exist or is hidden. */
  visibleField(actor: Actor, object: ObjectSchema, name: string): BoundField | undefined {
    const field = object.field(name);
    return field === undefined || this.hides(actor, object, field) ? undefined : field;
  }

  visibleFields(actor: Actor, object: ObjectSchema): readonly BoundField[] {
    return object.fields.filter((field) => !this.hides(actor, object, field));
  }

  /** Whether sharing lets this actor see a record; `read` gives its fields in the form of the API. */
  shares(actor: Actor, object: ObjectSchema, read: (field: string) => unknown): boolean {
    return (
      this.#sharesAll ||
      actor.caller !== 'integration' ||
      !this.of(object, 'unshare').some((rule) => conditionHolds(rule, read))
    );
  }

  #binds(actor: Actor, object: ObjectSchema, field: BoundField, kind: 'hide' | 'readonly'): boolean {
    if (actor.caller !== 'integration') return false;
    const name = field.definition.name.toLowerCase();
    return this.of(object, kind).some((rule) => rule.field?.toLowerCase() === name);
  }
}
