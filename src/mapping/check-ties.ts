import type { Failure } from '../model/failure.ts';
import type { FieldMapping, PairMapping, TieMapping } from '../model/mapping.ts';
import { type Sides, type System, systemLabel } from '../model/system.ts';
import type { Finding } from './finding.ts';
import { didYouMean } from './suggest.ts';

type TieField = FieldMapping & { readonly ties: TieMapping };

/** A system in which the ties cannot be seen: nothing of them could be aligned. */
export const unseenTies = (
  { file, types }: PairMapping,
  { line }: TieField,
  system: System,
  { code, message }: Failure,
): Finding => ({
  level: 'error',
  file,
  line,
  what: `contact roles of ${systemLabel[system]} ${types[system]} cannot be seen`,
  why: `${code}: ${message}`,
  fix: 'give the integration the right to see them, or delete contactRoles',
});

/**
 * Holds the labels and roles of a mapping against those that there are; a side that is not there, or null, takes any. HubSpot refuses a label
 * that it does not have; Salesforce takes a role that is not in its list, unless the list is restricted. Pure.
 */
export const checkTieLabels = (
  { file, types }: PairMapping,
  { line, ties }: TieField,
  labels: Partial<Sides<readonly string[] | null>>,
): readonly Finding[] => {
  const { hubspot, salesforce } = labels;
  const wanted = [...Object.keys(ties.roles), ...(ties.primary === null ? [] : [ties.primary])];
  const place = { file, line };
  const missing = wanted.filter((label) => hubspot && !hubspot.includes(label));
  const unlisted = [...new Set(Object.values(ties.roles))].filter(
    (role) => salesforce && !salesforce.includes(role),
  );
  return [
    ...missing.map(
      (label): Finding => ({
        ...place,
        level: 'error',
        what: `HubSpot ${types.hubspot} to ${ties.types.hubspot} has no label '${label}'`,
        why: 'whoever has that role in Salesforce could not be shown in HubSpot',
        fix: `${didYouMean(label, hubspot ?? [])}create the label in HubSpot, or correct contactRoles`,
      }),
    ),
    ...unlisted.map(
      (role): Finding => ({
        ...place,
        level: 'note',
        what: `Salesforce OpportunityContactRole has no role '${role}'`,
        why: 'its list does not propose it',
        fix: `${didYouMean(role, salesforce ?? [])}add it to the list, or correct contactRoles`,
      }),
    ),
  ];
};
