import type { Tie } from '../../model/tie.ts';

/** For whom deals count in HubSpot, and in which currency its figures are kept. */
export interface OutcomeRule {
  /** Contact roles as Salesforce has them, in any case; `primary` is the primary contact, whatever the role; `any`: whoever's deal it is. */
  readonly roles: 'any' | readonly string[];
  /** As EUR; null: not said. */
  readonly currency: string | null;
}

const isSame = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** Whether this word of `roles` means the primary contact. */
export const isPrimary = (role: string): boolean => isSame(role, 'primary');

/**
 * Whether a deal counts for somebody, by their part in it; undefined: they have none, as in a deal of their account. Pure. Where roles are named such a deal counts for
 * nobody, or the same amount would stand on everybody of the account.
 */
export const isCounted = (
  { roles }: Pick<OutcomeRule, 'roles'>,
  part: Pick<Tie, 'labels' | 'primary'> | undefined,
): boolean => {
  if (roles === 'any') return true;
  if (part === undefined) return false;
  return roles.some((role) =>
    isPrimary(role) ? part.primary : part.labels.some((label) => isSame(label, role)),
  );
};
