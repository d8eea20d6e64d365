/** One kind of association, in one direction. */
export interface AssociationType {
  readonly typeId: number;
  readonly category: 'HUBSPOT_DEFINED' | 'USER_DEFINED';
  /** Null for the plain association that every pair of objects has. */
  label: string | null;
  /** As the v3 listing names it: `contact_to_company`. */
  readonly name: string;
  /** What the other record sees. */
  readonly inverseTypeId: number;
  /** A record has at most one of these to the other object. */
  readonly isPrimary: boolean;
}

type Row = readonly [
  from: string,
  to: string,
  typeId: number,
  inverseTypeId: number,
  label: string | null,
  name: string,
  isPrimary?: true,
];

/**
 * HubSpot's own types (https://developers.hubspot.com/docs/guides/api/crm/associations/associations-v4, "Association type id values").
 * A portal knows a company as primary from either end; only the contact's or deal's end is exclusive.
 */
const rows: readonly Row[] = [
  ['0-1', '0-2', 279, 280, null, 'contact_to_company_unlabeled'],
  ['0-1', '0-2', 1, 2, 'Primary', 'contact_to_company', true],
  ['0-2', '0-1', 280, 279, null, 'company_to_contact_unlabeled'],
  ['0-2', '0-1', 2, 1, 'Primary', 'company_to_contact'],
  ['0-1', '0-1', 449, 449, null, 'contact_to_contact'],
  ['0-1', '0-3', 4, 3, null, 'contact_to_deal'],
  ['0-3', '0-1', 3, 4, null, 'deal_to_contact'],
  ['0-3', '0-2', 341, 342, null, 'deal_to_company_unlabeled'],
  ['0-3', '0-2', 5, 6, 'Primary', 'deal_to_company', true],
  ['0-2', '0-3', 342, 341, null, 'company_to_deal_unlabeled'],
  ['0-2', '0-3', 6, 5, 'Primary', 'company_to_deal'],
  ['0-2', '0-2', 450, 450, null, 'company_to_company'],
  ['0-2', '0-2', 13, 14, 'Child Company', 'parent_to_child_company'],
  ['0-2', '0-2', 14, 13, 'Parent Company', 'child_to_parent_company'],
  ['0-3', '0-3', 451, 451, null, 'deal_to_deal'],
  ...engagementRows(),
];

/** Engagements with contacts, companies and deals: type id there and back. */
function engagementRows(): Row[] {
  const others = [
    ['0-1', 'contact'],
    ['0-2', 'company'],
    ['0-3', 'deal'],
  ] as const;
  const engagements = [
    ['0-48', 'call', [194, 193], [182, 181], [206, 205]],
    ['0-49', 'email', [198, 197], [186, 185], [210, 209]],
    ['0-47', 'meeting', [200, 199], [188, 187], [212, 211]],
    ['0-46', 'note', [202, 201], [190, 189], [214, 213]],
    ['0-27', 'task', [204, 203], [192, 191], [216, 215]],
  ] as const;
  return engagements.flatMap(([typeId, name, ...pairs]) =>
    others.flatMap(([otherId, other], at): Row[] => {
      const [there, back] = pairs[at] ?? [0, 0];
      return [
        [typeId, otherId, there, back, null, `${name}_to_${other}`],
        [otherId, typeId, back, there, null, `${other}_to_${name}`],
      ];
    }),
  );
}

/** Labels that a pair of objects may have beside HubSpot's own. */
export const labelsMax = 10;

const pairKey = (from: string, to: string): string => `${from}>${to}`;

export type DefinitionsState = {
  readonly lastId: number;
  readonly pairs: readonly (readonly [string, readonly AssociationType[]])[];
};

/** Which associations two objects can have, by type id. A custom object's plain ones are made when they are first asked for. */
export class AssociationDefinitions {
  readonly #pairs = new Map<string, AssociationType[]>();
  #lastId = 0;

  constructor() {
    this.clear();
  }

  clear(): void {
    this.#pairs.clear();
    this.#lastId = 60;
    for (const [from, to, typeId, inverseTypeId, label, name, isPrimary = false] of rows) {
      this.#add(from, to, { typeId, category: 'HUBSPOT_DEFINED', label, name, inverseTypeId, isPrimary });
    }
  }

  /** The types from one object (by type id) to another; the plain one is among them. */
  of(from: string, to: string): readonly AssociationType[] {
    if (!this.#pairs.has(pairKey(from, to))) this.#makePlain(from, to);
    return this.#pairs.get(pairKey(from, to)) ?? [];
  }

  plain(from: string, to: string): AssociationType {
    const found = this.of(from, to).find((type) => type.label === null);
    if (found === undefined) throw new Error(`${from} to ${to} has no plain association`);
    return found;
  }

  type(from: string, to: string, typeId: number): AssociationType | undefined {
    return this.of(from, to).find((type) => type.typeId === typeId);
  }

  /** Adds a label and its inverse; within one object an unpaired label is its own inverse. Answers both directions' types. */
  addLabel(
    from: string,
    to: string,
    name: string,
    label: string,
    inverseLabel: string | null,
  ): readonly AssociationType[] {
    this.of(from, to);
    this.of(to, from);
    this.#lastId += 1;
    const typeId = this.#lastId;
    const isOwnInverse = from === to && inverseLabel === null;
    if (!isOwnInverse) this.#lastId += 1;
    const inverseTypeId = this.#lastId;
    const shared = { category: 'USER_DEFINED', name, isPrimary: false } as const;
    const there: AssociationType = { ...shared, typeId, inverseTypeId, label };
    this.#add(from, to, there);
    if (isOwnInverse) return [there];
    const back: AssociationType = {
      ...shared,
      typeId: inverseTypeId,
      inverseTypeId: typeId,
      label: inverseLabel ?? label,
    };
    this.#add(to, from, back);
    return [there, back];
  }

  removeLabel(from: string, to: string, type: AssociationType): void {
    this.#remove(from, to, type.typeId);
    this.#remove(to, from, type.inverseTypeId);
  }

  exportState(): DefinitionsState {
    return { lastId: this.#lastId, pairs: [...this.#pairs] };
  }

  importState({ lastId, pairs }: DefinitionsState): void {
    this.#lastId = lastId;
    this.#pairs.clear();
    for (const [pair, types] of pairs) this.#pairs.set(pair, [...types]);
  }

  #add(from: string, to: string, type: AssociationType): void {
    const key = pairKey(from, to);
    const types = this.#pairs.get(key);
    if (types === undefined) this.#pairs.set(key, [type]);
    else types.push(type);
  }

  #remove(from: string, to: string, typeId: number): void {
    const types = this.#pairs.get(pairKey(from, to)) ?? [];
    const at = types.findIndex((type) => type.typeId === typeId);
    if (at >= 0) types.splice(at, 1);
  }

  #makePlain(from: string, to: string): void {
    this.#lastId += 1;
    const typeId = this.#lastId;
    if (from !== to) this.#lastId += 1;
    const inverseTypeId = this.#lastId;
    const shared = { category: 'USER_DEFINED', label: null, isPrimary: false } as const;
    this.#add(from, to, { ...shared, typeId, inverseTypeId, name: `${from}_to_${to}` });
    if (from !== to)
      this.#add(to, from, {
        ...shared,
        typeId: inverseTypeId,
        inverseTypeId: typeId,
        name: `${to}_to_${from}`,
      });
  }
}
