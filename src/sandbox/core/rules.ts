import * as z from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** `when` names fields and the value (or one of the values) each must have; null is blank. */
const conditionSchema = z.record(z.string(), z.union([scalar, z.array(scalar)]));

/**
 * The company's own automation (POST /_sandbox/rules):
 * - validation: a write is refused after which `when` holds (with `field`: blames that field)
 * - required: a write is refused that leaves `field` blank
 * - update: after a write that leaves `when` holding, `set` is written by the automation
 * - lock: a record for which `when` holds cannot be edited
 * - hide: `field` does not exist for the integration
 * - readonly: `field` can be read but not written by the integration
 * - duplicate: a create is refused whose `field` equals that of another record. In Salesforce an active duplicate rule, called `name`, all
 *   of whose `fields` equal those of another record, of the objects `against` (its own, where nothing is said); `on` says whether it runs on
 *   a create (where nothing is said), an update of one of its fields, or both; with `set: {allowSave: true}` it only alerts
 * - unshare (Salesforce): a record for which `when` holds is not there for the integration, which it is not shared with any more
 * All but hide, readonly and unshare bind every caller. `code` and `message` replace the vendor's own words.
 */
export const ruleSchema = z
  .strictObject({
    object: z.string().min(1),
    kind: z.enum(['validation', 'required', 'update', 'lock', 'hide', 'readonly', 'duplicate', 'unshare']),
    field: z.string().min(1).optional(),
    fields: z.array(z.string().min(1)).min(1).optional(),
    against: z.array(z.string().min(1)).min(1).optional(),
    on: z.enum(['create', 'update', 'both']).optional(),
    name: z.string().min(1).optional(),
    when: conditionSchema.optional(),
    set: z.record(z.string(), scalar).optional(),
    code: z.string().min(1).optional(),
    message: z.string().min(1).optional(),
  })
  .superRefine((rule, context) => {
    const needsField =
      ['required', 'hide', 'readonly'].includes(rule.kind) ||
      (rule.kind === 'duplicate' && rule.fields === undefined);
    if (needsField && rule.field === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['field'],
        message: `a rule of kind ${rule.kind} needs a field`,
      });
    }
    if (rule.kind === 'update' && rule.set === undefined) {
      context.addIssue({ code: 'custom', path: ['set'], message: 'a rule of kind update needs set' });
    }
  });
export const rulesSchema = z.array(ruleSchema);
export type CompanyRule = z.output<typeof ruleSchema>;

type Scalar = z.output<typeof scalar>;

const same = (wanted: Scalar, actual: unknown): boolean =>
  wanted === null || wanted === ''
    ? actual === null || actual === undefined || actual === ''
    : actual !== null && actual !== undefined && String(actual) === String(wanted);

/** Whether a rule's condition holds for a record; a rule without `when` holds always. */
export const conditionHolds = (rule: CompanyRule, read: (field: string) => unknown): boolean =>
  Object.entries(rule.when ?? {}).every(([field, wanted]) => {
    const actual = read(field);
    return Array.isArray(wanted) ? wanted.some((one) => same(one, actual)) : same(wanted, actual);
  });
