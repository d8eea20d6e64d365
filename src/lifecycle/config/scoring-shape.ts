import { z } from 'zod';
import { activityTypes } from '../scoring/activity.ts';

// The shape of scoring.yaml. config/schema/scoring.schema.json is made from it (npm run schema), descriptions included; what no shape
// can say is in scoring-rules.ts.

const text = (description: string) => z.string().min(1).meta({ description });
const points = z.number().min(-1_000).max(1_000).meta({ description: 'Points; negative ones take away.' });
const cap = (most: number) => z.number().min(1).max(1_000).default(most);
const day = (description: string) => z.iso.date('it must be a day, as 2026-01-31').meta({ description });

const personRule =
  'CEL expression; names: contact, lead (their fields by API name), email.domain, email.address, lists.NAME.';
const activityRule = 'CEL expression; names: event.url, event.form, event.campaign, event.list, lists.NAME.';
const on = z.array(z.enum(activityTypes)).min(1).meta({ description: 'What somebody does.' });

const half = { cap: cap(60).meta({ description: 'The most that this half gives.' }) };

export const scoringFile = z
  .strictObject({
    version: text('Name of this version of the rules.'),
    score: z
      .strictObject({
        from: text(
          'HubSpot property that holds a score the company already has, e.g. hubspotscore.',
        ).optional(),
      })
      .prefault({})
      .meta({ description: 'Where the score comes from; absent: from the rules here.' }),
    'half-life-days': z.number().min(0.1).max(3_650).default(30).meta({
      description: 'After so many days half of the points of what somebody did are left.',
    }),
    lists: z
      .record(
        z.string().regex(/^[a-z][a-z0-9_]*$/, 'lower-case letters, digits and _ only'),
        z.array(z.string().min(1)),
      )
      .default({})
      .meta({ description: 'Texts that rules name, as lists.free_mail.' }),
    fit: z
      .strictObject({
        ...half,
        grades: z
          .strictObject({ A: z.number(), B: z.number(), C: z.number() })
          .meta({ description: 'Points from which on somebody is an A, B, C; below: D.' }),
        rules: z.array(
          z.strictObject({ name: text('What the explanation calls it.'), when: text(personRule), points }),
        ),
      })
      .meta({ description: 'What somebody is.' }),
    engagement: z
      .strictObject({
        ...half,
        levels: z
          .strictObject({ '1': z.number(), '2': z.number(), '3': z.number() })
          .meta({ description: 'Points from which on engagement is 1 (the best), 2, 3; below: 4.' }),
        rules: z.array(
          z.strictObject({
            name: text('What the explanation calls it.'),
            on,
            when: text(activityRule).optional(),
            points,
            cap: z
              .number()
              .min(0)
              .max(1_000)
              .optional()
              .meta({ description: 'The most that this rule gives or takes.' }),
            'half-life-days': z.number().min(0.1).max(3_650).optional(),
          }),
        ),
      })
      .meta({ description: 'What somebody does.' }),
    excluded: z
      .array(z.strictObject({ name: text('The reason.'), when: text(personRule) }))
      .default([])
      .meta({ description: 'Who is never handed over, even when asking.' }),
    asks: z
      .array(z.strictObject({ name: text('What was asked for.'), on, when: text(activityRule).optional() }))
      .default([])
      .meta({ description: 'What is a request for contact: it goes at once, past score and cool-down.' }),
    'sales-ready': z
      .array(
        z.strictObject({
          version: text('Name of this version; stored with each hand-off that it fires.'),
          from: day('The day (UTC) from which on it holds.'),
          approved: z
            .strictObject({
              marketing: text('Who approved it for marketing.'),
              sales: text('Who approved it for sales.'),
            })
            .meta({ description: 'An approver of each side.' }),
          when: text(
            'CEL expression; names: score, fit, engagement (1 is the best), fit_points, engagement_points, and those of rules.',
          ),
          pilot: z
            .strictObject({
              owners: z
                .array(z.string().min(1))
                .default([])
                .meta({ description: 'Salesforce ids of owners.' }),
              segment: text(personRule).optional(),
              share: z
                .number()
                .min(0)
                .max(100)
                .default(0)
                .meta({ description: 'So many of a hundred people.' }),
              until: day('The day (UTC) on which the pilot is over.').optional(),
            })
            .optional()
            .meta({
              description: 'Tried on these people only, beside the version that holds for the others.',
            }),
        }),
      )
      .min(1)
      .meta({ description: 'The versions of sales-ready.' }),
  })
  .meta({ title: 'Tandem scoring', description: 'The score, and who is sales-ready.' });

/** scoring.yaml as read, defaults filled in. */
export type ScoringFile = z.output<typeof scoringFile>;
