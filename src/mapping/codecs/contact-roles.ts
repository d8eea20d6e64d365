import type { Sides } from '../../model/system.ts';
import { formatTies, parseTies, type TiedRecord } from '../../model/tie-text.ts';
import { blank, type Canonical, type SideCodec } from '../../model/value.ts';
import { clearedHubspot, clearedSalesforce } from './codec-kind.ts';
import { longId, type ReferenceTable } from './reference.ts';

/** How the parts that people take in a deal are spelled on each side. */
export interface RoleTable {
  readonly roles: Readonly<Record<string, string>>;
  /** Null: who is the primary one is not aligned. */
  readonly primary: string | null;
}

const canonical = (records: readonly TiedRecord[]): Canonical => {
  const text = formatTies(records);
  return text === null ? blank : { kind: 'value', key: text, text };
};

/**
 * People with their role, as a set. Canonical are Salesforce's ids and roles; a person has one role: the first of the table that is among
 * theirs. Who has no counterpart is in neither: nobody is taken away for not being known. Roles and labels that the table does not
 * list say nothing, and stay where they are.
 */
export const makeRoleCodecs = (table: RoleTable, known: ReferenceTable): Sides<SideCodec> => {
  const pairs = Object.entries(table.roles);
  const marked = (record: TiedRecord): boolean => table.primary !== null && record.primary;
  const roleAmong = (side: 0 | 1, labels: readonly string[]): string | undefined =>
    pairs.find((pair) => labels.includes(pair[side]))?.[1];
  const decodeWith =
    (side: 0 | 1, idOf: (id: string) => string | undefined): SideCodec['decode'] =>
    (raw) =>
      canonical(
        parseTies(raw).flatMap((record): TiedRecord[] => {
          const id = idOf(record.id);
          if (id === undefined) return [];
          const role = roleAmong(side, record.labels);
          return [{ id, labels: role === undefined ? [] : [role], primary: marked(record) }];
        }),
      );
  const labelOf = (role: string): string | undefined => pairs.find(([, own]) => own === role)?.[0];
  return {
    hubspot: {
      decode: decodeWith(0, (id) => {
        const there = known.toSalesforce(id);
        return there === undefined ? undefined : longId(there);
      }),
      encode: (value) =>
        value.kind === 'blank'
          ? clearedHubspot
          : (formatTies(
              parseTies(String(value.text)).flatMap(({ id, labels, primary }): TiedRecord[] => {
                const own = known.toHubspot(id);
                return own === undefined
                  ? []
                  : [{ id: own, labels: labels.flatMap((role) => labelOf(role) ?? []), primary }];
              }),
            ) ?? clearedHubspot),
    },
    salesforce: {
      decode: decodeWith(1, (id) => (known.toHubspot(longId(id)) === undefined ? undefined : longId(id))),
      encode: (value) => (value.kind === 'blank' ? clearedSalesforce : String(value.text)),
    },
  };
};
