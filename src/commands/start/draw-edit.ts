import type { System } from '../../model/system.ts';
import { systems } from '../../model/system.ts';
import { deriveSeed, makeRandom, type Random } from '../../sandbox/core/random.ts';
import { makePerson, type Person } from '../../sandbox/people/person.ts';
import { type EditableField, nameFields } from './editable-fields.ts';

/** One thing that a colleague does in their system. */
export type Scene =
  | { readonly kind: 'change'; readonly system: System; readonly set: FieldChange }
  | { readonly kind: 'rename'; readonly system: System; readonly set: readonly [FieldChange, FieldChange] }
  | { readonly kind: 'both'; readonly sets: { readonly [side in System]: FieldChange } }
  | { readonly kind: 'newcomer'; readonly system: System; readonly person: Person };

/** A field's new value; null empties it. */
export interface FieldChange {
  readonly field: EditableField;
  readonly value: string | null;
}

/** Where each kind ends between 0 and 1: 6 % newcomers, 12 % renames, 14 % both at once; the rest are single changes. */
const upTo = { newcomer: 0.06, rename: 0.18, both: 0.32 } as const;
/** Of the changes of a field that may be empty. */
const clearShare = 0.12;
/** People of the story's own, apart from those of the start (and their earlier selves). */
const firstPerson = 5_000_000;
const drawsMax = 40;

const isLatin = (text: string): boolean => /^[\p{Script=Latin}\p{P}\s\d]*$/u.test(text);

/** Draws what happens next: mostly small edits, now and then both colleagues at once, a rename, somebody new. */
export class SceneWriter {
  readonly #seed: number;
  readonly #random: Random;
  readonly #fields: readonly EditableField[];
  #next = firstPerson;

  /** The same seed writes the same scenes; `seed` must differ between two starts, or newcomers would be the same people. */
  constructor(seed: number, fields: readonly EditableField[]) {
    this.#seed = seed;
    this.#random = makeRandom(deriveSeed(seed, 'story'));
    this.#fields = fields;
    // Other people than those of an earlier start: the number is part of their email address.
    this.#next += this.#random.integer(0, 900_000_000);
  }

  next(): Scene {
    const system = this.#random.pick(systems);
    const draw = this.#random.next();
    if (draw < upTo.newcomer) return { kind: 'newcomer', system, person: this.#person() };
    if (draw < upTo.rename) return { kind: 'rename', system, set: this.#rename() };
    if (draw < upTo.both) return { kind: 'both', sets: this.#both() };
    return { kind: 'change', system, set: this.#change(this.#random.pick(this.#fields)) };
  }

  /** One of them, evenly. */
  pick<T>(choices: readonly T[]): T {
    return this.#random.pick(choices);
  }

  #person(): Person {
    this.#next += 1;
    return makePerson(this.#seed, this.#next);
  }

  #change(field: EditableField): FieldChange {
    if (field.canClear && this.#random.chance(clearShare)) return { field, value: null };
    for (let draws = 0; draws < drawsMax; draws += 1) {
      const value = field.takeFrom(this.#person());
      if (value !== '') return { field, value };
    }
    return { field, value: null };
  }

  /** A name in another script than Latin. */
  #rename(): readonly [FieldChange, FieldChange] {
    let person = this.#person();
    for (let draws = 0; draws < drawsMax && isLatin(person.lastName); draws += 1) person = this.#person();
    return [
      { field: nameFields.first, value: person.firstName },
      { field: nameFields.last, value: person.lastName },
    ];
  }

  /** Different fields of one person. */
  #both(): { readonly [side in System]: FieldChange } {
    const hubspot = this.#random.pick(this.#fields);
    const salesforce = this.#random.pick(this.#fields.filter((field) => field !== hubspot));
    return { hubspot: this.#change(hubspot), salesforce: this.#change(salesforce) };
  }
}
