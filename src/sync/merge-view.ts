import type { FieldMapping } from '../model/mapping.ts';
import type { BaseEntry } from '../model/state.ts';
import { otherSystem, type Sides, type System, systems } from '../model/system.ts';
import { blank, type Canonical, type RawValue, sameCanonical } from '../model/value.ts';
import type { ChangeTime } from './newest.ts';

/** Whose word a value is. */
export interface Voice {
  readonly rank: number;
  /** No source counts more. */
  readonly highest: boolean;
  /** For the ledger: `import`, `person` … */
  readonly source: string;
}

/** One field of a link as it stands: both raw values (undefined: not returned), their base, when and by whom each was entered. */
export interface FieldState {
  readonly base: BaseEntry | undefined;
  readonly values: Sides<RawValue | undefined>;
  readonly times: Sides<ChangeTime>;
  /** Whose words the present values are; where it is not known, the system whose history could tell. Absent: all sources are equals. */
  readonly voices?: Sides<Voice | System>;
  /**
   * Whether a side that shows again what Tandem had replaced was touched by nobody else since; null: the vendor's history could tell.
   * Absent: taken for somebody's change.
   */
  readonly untouched?: Sides<boolean | null>;
  /** Flips in a row that are too many; absent: never. `person` tells whether one was involved; null: history could tell. */
  readonly flapping?: { readonly flips: number; readonly windowMs: number; readonly person: boolean | null };
  /** A person has said that the value of this side is to be taken although a lower source entered it. */
  readonly taken?: System;
  /** The side that has the other's value too, as a further one: a contact with the lead's address beside its primary one. */
  readonly knower?: System;
}

/** Both values of a field, decoded. */
export interface Sight {
  readonly field: FieldMapping;
  readonly raw: Sides<RawValue>;
  readonly canonical: Sides<Canonical>;
  readonly state: FieldState;
}

/** Decodes a side's value; the fill of a required target decodes to blank, so that it never flows back. */
export const viewOf = (field: FieldMapping, system: System, raw: RawValue): Canonical => {
  const value = field.codecs[system].decode(raw);
  const fill = field.fill[system];
  return fill !== undefined && sameCanonical(value, field.codecs[system].decode(fill)) ? blank : value;
};

/** Whether the mapping lets this field flow to that side. */
export const mayFlowTo = (field: FieldMapping, target: System): boolean =>
  field.direction === 'both' || field.direction === `to-${target}`;

/** Both values decoded; null where a side was not returned. */
export const sightOf = (field: FieldMapping, state: FieldState): Sight | null => {
  const { hubspot, salesforce } = state.values;
  if (hubspot === undefined || salesforce === undefined) return null;
  const canonical = {
    hubspot: viewOf(field, 'hubspot', hubspot),
    salesforce: viewOf(field, 'salesforce', salesforce),
  };
  return { field, raw: { hubspot, salesforce }, canonical, state };
};

/** Whether two raw values of one side say the same. */
export const sameRaw = (field: FieldMapping, system: System, a: RawValue, b: RawValue): boolean =>
  a === b || sameCanonical(field.codecs[system].decode(a), field.codecs[system].decode(b));

/** Whether sending this value would change nothing: a checkbox has no blank, a number is kept rounded, two options are one there. */
const isAlreadyThere = (field: FieldMapping, value: Canonical, target: System, there: Canonical): boolean =>
  value.kind !== 'foreign' &&
  there.kind === 'value' &&
  sameCanonical(field.codecs[target].decode(field.codecs[target].encode(value)), there);

/** Equal as they stand, or one a fill and the other blank. A real value that happens to be the other side's fill is equal to itself. */
export const saysTheSame = ({ field, raw, canonical }: Sight): boolean =>
  raw.hubspot === raw.salesforce ||
  sameCanonical(canonical.hubspot, canonical.salesforce) ||
  systems.some((system) =>
    isAlreadyThere(field, canonical[otherSystem(system)], system, canonical[system]),
  ) ||
  sameCanonical(field.codecs.hubspot.decode(raw.hubspot), field.codecs.salesforce.decode(raw.salesforce));

const never: ChangeTime = { from: 0, to: 0, clock: 'interval' };

/** Whether both sides say the same; null where a side was not returned. */
export const fieldsEqual = (field: FieldMapping, values: FieldState['values']): boolean | null => {
  const sight = sightOf(field, { base: undefined, values, times: { hubspot: never, salesforce: never } });
  return sight && saysTheSame(sight);
};

/** Whether this side shows what Tandem's last write replaced there, and differs so from its half of the base. */
export const isTakenBack = ({ field, raw, state: { base } }: Sight, system: System): boolean =>
  base?.wrote?.to === system &&
  sameRaw(field, system, raw[system], base.wrote.over) &&
  !sameRaw(field, system, base[system], raw[system]);

/** Which sides somebody changed since the last settle. A silent refusal is nobody's change. */
export const changedSides = (sight: Sight, base: BaseEntry): Sides<boolean> => {
  const { field, raw, state } = sight;
  const changed = (system: System): boolean =>
    !sameRaw(field, system, base[system], raw[system]) &&
    !(isTakenBack(sight, system) && state.untouched?.[system] === true);
  return { hubspot: changed('hubspot'), salesforce: changed('salesforce') };
};
