import * as z from 'zod';
import { conditionHolds } from '../../core/rules.ts';
import { refuse } from '../errors.ts';
import { toId18 } from '../ids.ts';
import type { ObjectSchema } from '../schema/org-schema.ts';
import type { Row } from '../store/row.ts';
import { readerOf } from './checks.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export const assignmentEntriesSchema = z.array(
  z.strictObject({
    when: z.record(z.string(), z.union([scalar, z.array(scalar)])).optional(),
    owner: z.string(),
  }),
);
type AssignmentEntries = z.output<typeof assignmentEntriesSchema>;

/** A lead assignment rule; owners are ids in 18 characters. */
export interface AssignmentRule {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly entries: AssignmentEntries;
}

export interface AssignmentState {
  readonly rules: readonly AssignmentRule[];
  /** Who gets the leads that no entry takes (Setup, Lead Settings). */
  readonly defaultOwner: string;
}

/** What Sforce-Auto-Assign says: the active rule, none, or the one of this id. */
export type AutoAssign = boolean | string;

/**
 * The header's value: TRUE, which is also what its absence says, FALSE, or the id of a rule (REST API guide, Assignment Rule Header).
 * Throws MALFORMED_ID for anything else, as the SOAP API does (AssignmentRuleHeader; for REST unverified).
 */
export const readAutoAssign = (header: string | undefined): AutoAssign => {
  const text = header?.trim() ?? 'TRUE';
  if (/^(?:true|false)$/i.test(text)) return text.toUpperCase() === 'TRUE';
  const id = toId18(text);
  if (id === null) throw refuse('MALFORMED_ID', `malformed id ${text}`, []);
  return id;
};

/**
 * Lead assignment: the first entry of the rule whose condition holds gives the owner, and where none does, the default lead owner gets
 * the lead. It runs on every create and update through the API unless the caller says FALSE, whoever owns the lead; without an active
 * rule nothing happens (REST API guide, Assignment Rule Header; help: Set Up Assignment Rules).
 */
export class LeadAssignment {
  #rules: readonly AssignmentRule[] = [];
  #defaultOwner: string;

  constructor(defaultOwner: string) {
    this.#defaultOwner = defaultOwner;
  }

  set({ rules, defaultOwner }: AssignmentState): void {
    this.#rules = rules;
    this.#defaultOwner = defaultOwner;
  }

  exportState(): AssignmentState {
    return { rules: this.#rules, defaultOwner: this.#defaultOwner };
  }

  /** Null: the owner stays. Throws for the id of no rule (code and text unverified). */
  ownerFor(schema: ObjectSchema, draft: Row, nowSeconds: number, by: AutoAssign): string | null {
    if (schema.name !== 'Lead' || by === false) return null;
    const rule = this.#rules.find(({ id, active }) => (by === true ? active : id === by));
    if (rule === undefined) {
      if (by === true) return null;
      throw refuse('INVALID_CROSS_REFERENCE_KEY', `invalid assignment rule id: ${by}`, []);
    }
    const read = readerOf(schema, draft, nowSeconds);
    const entry = rule.entries.find(({ when }) =>
      conditionHolds({ object: 'Lead', kind: 'update', ...(when === undefined ? {} : { when }) }, read),
    );
    return entry?.owner ?? this.#defaultOwner;
  }
}
