import type { Finding } from '../../mapping/finding.ts';
import { didYouMean } from '../../mapping/suggest.ts';
import { salesforceCurrency } from '../../model/currency.ts';
import type { ObjectDescription } from '../../model/record.ts';
import { isPrimary } from '../deals/outcome-rule.ts';
import type { LoadedLifecycle } from './load.ts';
import { errorAt, noteAt } from './rule-findings.ts';

/** What Salesforce says of deals. */
export interface OutcomeSchemas {
  readonly opportunity: Pick<ObjectDescription, 'fields'>;
  /** The contact roles that its list proposes; null: not known. */
  readonly roles: readonly string[] | null;
}

const isSame = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** Holds `outcome` of lifecycle.yaml against Salesforce. Pure; nothing is said where stages are off. */
export const checkOutcome = (
  { lifecycle, sources }: LoadedLifecycle,
  { opportunity, roles: known }: OutcomeSchemas,
): readonly Finding[] => {
  const source = sources['lifecycle.yaml'];
  if (source === undefined || lifecycle === null || lifecycle.behaviours.stages === 'off') return [];
  const { roles, currency } = lifecycle.outcome;
  const named = roles === 'any' ? [] : roles;
  // Salesforce takes roles beside its list as well, unless that is restricted.
  const unknown = named.flatMap((role, at): readonly Finding[] => {
    if (known === null || isPrimary(role) || known.some((each) => isSame(each, role))) return [];
    const what = `Salesforce's list of contact roles has no '${role}'`;
    const why = 'deals would show on nobody by it, unless somebody writes that role all the same';
    const fix = `${didYouMean(role, known)}write one of ${known.join(', ')}, or primary`;
    return [noteAt(source, ['outcome', 'roles', at], what, why, fix)];
  });
  const field = opportunity.fields.get(salesforceCurrency);
  if (field === undefined) return unknown;
  const codes = field.options ?? [];
  if (currency === null) {
    const what = 'Salesforce has several currencies, and outcome.currency names none';
    const why =
      'tandem_amount and tandem_revenue of each contact are in the currency of their deals, which HubSpot cannot show, and empty where they have several';
    const fix = `write the currency of HubSpot's figures, such as currency: ${codes[0] ?? 'EUR'}`;
    return [...unknown, noteAt(source, ['outcome'], what, why, fix)];
  }
  if (codes.includes(currency)) return unknown;
  const what = `Salesforce has no currency ${currency}`;
  const fix = `write one of ${codes.join(', ')}`;
  return [
    ...unknown,
    errorAt(source, ['outcome', 'currency'], what, 'no amount would ever be in it, and no sum shown', fix),
  ];
};
