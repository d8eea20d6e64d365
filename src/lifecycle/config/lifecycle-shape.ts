import { z } from 'zod';
import { reasons } from '../stage/facts.ts';
import { type LifecycleBehaviour, lifecycleBehaviours, modes, placeKinds } from '../stage/journey.ts';
import { stages } from '../stage/stages.ts';

// The shape of lifecycle.yaml. config/schema/lifecycle.schema.json is made from it (npm run schema), descriptions included; what no
// shape can say is in lifecycle-rules.ts.

const text = (description: string) => z.string().min(1).meta({ description });
const dayCount = z.int().min(1).max(3_650);

const stage = z.strictObject({
  label: text('What people call it.').optional(),
  marketing: text("Who answers for it on marketing's side: a role or a team."),
  sales: text("Who answers for it on sales' side: a role or a team."),
  entry: text(
    'CEL expression that must hold for those whom Tandem moves here, e.g. "engagement <= 3"; lead, engaged, customer (who has bought, beside those whose deal was won), and for customers at-risk and lost. Names: contact, lead (their fields by API name), score, fit, engagement, asked.',
  ).optional(),
  lifecyclestage: text("HubSpot's lifecyclestage that shows it; absent: left alone.").optional(),
  leadStatus: text("HubSpot's hs_lead_status that shows it; absent: left alone.").optional(),
  salesforceStatus: text("Salesforce's Lead.Status that shows it; absent: left to the reps.").optional(),
  program: text(
    'Name of the HubSpot list that those are put on who enter it, until they leave it; in nurture those whose reason has none. Not where a rep works them.',
  ).optional(),
});

const mode = z.enum(modes);
/** Every behaviour has to be named, but for `content`: it came later, and files without it go on as they were. */
const named = Object.fromEntries(lifecycleBehaviours.map((name) => [name, mode])) as Readonly<
  Record<LifecycleBehaviour, typeof mode>
>;

const moves = z.union([z.literal('any'), z.array(z.string().min(1))], {
  error: "it must be any, or a list of moves such as 'lead -> sales-ready'",
});

const place = z.strictObject({
  place: z.enum(placeKinds).meta({
    description:
      'nurture: a program; re-route: another rep; account-owner: whoever has the account; repair: mended first, never mailed; disqualify: the end.',
  }),
  program: text('Name of the HubSpot list that the nurture workflow listens to.').optional(),
  'cool-down-days': z.int().min(0).max(3_650).default(0).meta({
    description: 'So long only asking for contact, a date set by the rep, or a person brings them forward.',
  }),
  mended: z.enum(['sales-ready', 'nurture']).default('nurture').meta({
    description: 'repair: where they go once mended.',
  }),
});

const words = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .transform((said) => (typeof said === 'string' ? [said] : said));

/** A field of the company's own: its name, or its name and what Tandem's words are called there. */
const pointed = z
  .union([
    z.string().min(1),
    z.strictObject({
      field: text("The company's field, by its API name (HubSpot: internal name)."),
      values: z.record(z.string().min(1), words).default({}).meta({
        description:
          "For lists: Tandem's word and the company's, or several of them; the first is what Tandem writes. A word that is not here is the same in both.",
      }),
    }),
  ])
  .transform((said) => (typeof said === 'string' ? { field: said, values: {} } : said));

export const lifecycleFile = z
  .strictObject({
    version: text('Name of this version; each transition stores the one that decided.'),
    behaviours: z
      .strictObject({ ...named, content: mode.default('off') })
      .meta({ description: 'off: does nothing; observe: records what it would do; act: does it.' }),
    stages: z.partialRecord(z.enum(stages), stage).meta({
      description:
        'The stages in use. lead, engaged, sdr, accepted, growing, at-risk and win-back can be left out.',
    }),
    skips: moves.default('any').meta({
      description: "Stages that may be skipped: any, or a list of 'lead -> sales-ready'.",
    }),
    backward: moves.default([]).meta({
      description: "Steps back that are allowed: any, or a list of 'at-risk -> growing'.",
    }),
    reasons: z.record(z.enum(reasons), place).meta({
      description: 'Where each reason leads. Unknown is what counts where none was given in time.',
    }),
    pull: z
      .strictObject({
        'no-touch-days': dayCount
          .default(10)
          .meta({ description: 'Days from the hand-off without a touch.' }),
        'stalled-days': dayCount.default(14).meta({ description: 'Days without any step of sales.' }),
        nudge: z
          .strictObject({
            'after-days': dayCount.meta({
              description: 'Days without any step of sales; less than stalled-days.',
            }),
            as: z.enum(['task', 'program']).default('task').meta({
              description: 'task: for the owner; program: the person is enrolled.',
            }),
            program: text('Name of the HubSpot list, with as: program.').optional(),
            offer: text('What to offer, in words; absent: what the content catalogue recommends.').optional(),
          })
          .optional()
          .meta({ description: 'What is tried before somebody stalls; absent: nothing.' }),
        'win-back-days': dayCount
          .default(90)
          .meta({ description: 'Days from the loss of a customer to the win-back program.' }),
      })
      .prefault({})
      .meta({ description: 'When people come back without a word.' }),
    requests: z
      .strictObject({
        'set-stage': z.array(z.enum(stages)).default([]).meta({
          description: 'Stages that a rep or marketer may set by a request.',
        }),
        programs: z.array(z.string().min(1)).default([]).meta({
          description:
            'Further programs (HubSpot lists) that a request may enroll people in, beside those of reasons, stages and nudge.',
        }),
        campaigns: z.array(z.string().min(1)).default([]).meta({
          description:
            'Salesforce campaigns, by name or id: whoever is added to one from now on is named a prospect.',
        }),
      })
      .prefault({}),
    'hand-off': z
      .strictObject({
        campaigns: z
          .strictObject({
            from: text(
              "HubSpot contact property that names the person's campaign; absent: the campaigns of their mails alone.",
            ).optional(),
            status: text("Status that the members get; absent: the campaign's own default.").optional(),
            map: z.record(
              z.string().min(1),
              z.string().regex(/^701[a-zA-Z0-9]{12}(?:[a-zA-Z0-9]{3})?$/, {
                error: 'it must be the id of a campaign in Salesforce, such as 701000000000001AAA',
              }),
            ),
          })
          .optional()
          .meta({
            description:
              'Campaigns of HubSpot by name, and those of Salesforce by id: who is handed over becomes a member. Absent: nobody does.',
          }),
        timeline: z.int().min(0).max(5).default(0).meta({
          description:
            'How many of the most telling things that somebody did stand as completed tasks on the timeline of the lead; 0: none.',
        }),
      })
      .prefault({})
      .meta({ description: 'What a hand-off shows beside owner, digest, task and clock.' }),
    'first-start': z
      .strictObject({
        'hand-offs': z.int().min(0).default(50).meta({
          description: 'People who are ready by what they did before, the best score first.',
        }),
        returns: z.int().min(0).default(50).meta({
          description: 'Leads that sales had before and that nobody has moved since, when they stall.',
        }),
        'lifecyclestage-back': z.int().min(0).default(50).meta({
          description: 'With lifecyclestage: both: contacts whose value stands further than their stage.',
        }),
        observed: z.int().min(0).default(50).meta({
          description:
            'People who were ready while hand-off only observed, once it acts: so many go by themselves, and so many more with each tandem apply --held. Who asked goes first, then the best score.',
        }),
        'observed-returns': z.int().min(0).default(50).meta({
          description:
            'People whom sales gave back while return only observed, once it acts: so many go by themselves, and so many more with each tandem apply --held. Who waited longest goes first.',
        }),
      })
      .prefault({})
      .meta({
        description:
          'Of the people who were there before the lifecycle was on, so many go by themselves, in all; the others are held back until tandem apply --held lets them go. Who asks for contact is never held back.',
      }),
    signals: z
      .strictObject({
        source: text('HubSpot contact property that says where somebody came from.').default(
          'hs_analytics_source',
        ),
        segment: text(
          'HubSpot contact property with few values that says which kind of person they are.',
        ).optional(),
        task: text('Salesforce id of the user who gets a task for each signal; absent: nobody.').optional(),
      })
      .prefault({})
      .meta({
        description:
          'By what each stage is compared with its own past once a week: a fall of conversion or a growth of time is told.',
      }),
    outcome: z
      .strictObject({
        roles: z
          .union([z.literal('any'), z.array(z.string().min(1)).min(1)], {
            error: "it must be any, or a list of contact roles such as 'Decision Maker', or 'primary'",
          })
          .default('any')
          .meta({
            description:
              "On whose HubSpot contact a deal's stage, amounts and loss show: any (everybody with a role in it; without roles, of its account), or a list of Salesforce's contact roles; primary is the primary contact.",
          }),
        currency: z
          .string()
          .regex(/^[A-Z]{3}$/, { error: 'it must be the code of a currency, such as EUR' })
          .optional()
          .meta({
            description:
              "The currency of HubSpot's figures, where Salesforce has several: a sum with amounts in another one is left empty. Absent: a sum of several currencies is.",
          }),
      })
      .prefault({})
      .meta({ description: 'What HubSpot shows of deals, and on whom.' }),
    fields: z.record(z.string().min(1), pointed).default({}).meta({
      description:
        "Fields that the company already has, by the field of Tandem's own that they stand for (docs/admins/fields.md): 'Tandem_Reason__c: Rejection_Reason__c'; 'Opportunity.Tandem_Competitor__c' means one object alone.",
    }),
    lifecyclestage: z.enum(['forward', 'both', 'never']).default('forward').meta({
      description:
        "Whether HubSpot's lifecyclestage is written: forward only, both ways (moving it back fires workflows), never.",
    }),
    'lifecyclestage-back-per-day': z.int().min(0).default(50).meta({
      description:
        'With lifecyclestage: both: so many steps back in 24 hours go by themselves; the others are held back, and go by tandem apply --held or as the day goes on. Those of before the lifecycle was on count by first-start.',
    }),
  })
  .meta({
    title: 'Tandem lifecycle',
    description: 'The stages of one pipeline over both systems, and where people go who leave it.',
  });

/** lifecycle.yaml as read, defaults filled in. */
export type LifecycleFile = z.output<typeof lifecycleFile>;
