import { z } from 'zod';
import { routers, ruleKinds } from '../routing/model.ts';

// The shape of routing.yaml. config/schema/routing.schema.json is made from it (npm run schema); what no shape can say is in
// routing-rules.ts.

const text = (description: string) => z.string().min(1).meta({ description });
const salesforceId = z
  .string()
  .regex(/^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/, 'it must be a Salesforce id of 15 or 18 characters');

const rule = z.strictObject({
  kind: z.enum(ruleKinds).meta({ description: 'What kind of rule it is; explanations say so.' }),
  name: text('What explanations call it.'),
  when: text(
    "CEL expression, e.g. \"contact.country in ['DE', 'AT', 'CH']\". Names: contact, lead, account (their fields), email.domain, score, fit, engagement.",
  ),
  owner: salesforceId.optional().meta({ description: 'Gives it to this user.' }),
  pool: text('Gives it to the next of this pool.').optional(),
});

const member = z.strictObject({
  owner: salesforceId.meta({ description: 'Salesforce id of the user.' }),
  weight: z.int().min(1).max(100).default(1).meta({ description: 'Share of the leads, against the others.' }),
  'per-day': z.int().min(1).optional().meta({ description: 'The most new leads in a day.' }),
  open: z.int().min(1).optional().meta({ description: 'The most open leads at once.' }),
});

export const routingFile = z
  .strictObject({
    version: text('Name of this version.'),
    by: z.enum(routers).meta({
      description:
        "tandem: by the rules here; salesforce-assignment-rules: the org's active rule; external: another router, and Tandem waits for its owner.",
    }),
    'existing-owner': z.enum(['keep', 'route']).default('keep').meta({
      description: 'Whether a lead keeps the owner it has. One set by a person always stays.',
    }),
    'account-owner': z.enum(['prefer', 'ignore']).default('prefer').meta({
      description: 'Whether whoever has the account gets its people.',
    }),
    rules: z.array(rule).default([]).meta({
      description: 'In order: the first that holds and can give the lead to somebody.',
    }),
    pools: z
      .record(
        z.string().min(1),
        z.strictObject({
          hours: z.enum(['open', 'any']).default('open').meta({
            description: 'open: whoever works now, as long as anybody does; any: whoever has the turn.',
          }),
          members: z.array(member).meta({ description: 'Who takes turns.' }),
        }),
      )
      .default({})
      .meta({ description: 'Reps who take turns.' }),
    otherwise: text('The pool for everybody whom no rule takes; absent: the fallback queue.').optional(),
    sdr: z
      .strictObject({
        pool: text('The SDRs.'),
        when: text('CEL expression: who goes to an SDR first; absent: everybody.').optional(),
      })
      .optional()
      .meta({ description: 'SDRs before reps.' }),
    fallback: z
      .strictObject({
        queue: salesforceId.meta({
          description: 'Salesforce id of the queue for those whom nobody can take.',
        }),
      })
      .meta({ description: 'Where a lead waits that nobody can take.' }),
    'reroutes-max': z.int().min(0).max(20).default(3).meta({
      description: 'Another rep so often in a turn; then the fallback queue.',
    }),
  })
  .meta({ title: 'Tandem routing', description: 'Who gets a lead that is handed over.' });

/** routing.yaml as read, defaults filled in. */
export type RoutingFile = z.output<typeof routingFile>;
