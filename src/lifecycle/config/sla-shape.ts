import { z } from 'zod';
import { calendarShape } from './calendar-shape.ts';

// The shape of sla.yaml. config/schema/sla.schema.json is made from it (npm run schema); what no shape can say is in sla-rules.ts.

const text = (description: string) => z.string().min(1).meta({ description });
const percent = z.number().min(0).max(100);
const hours = z.number().min(0.05).max(10_000);
const day = z.iso.date('it must be a day, as 2026-01-31');

export const slaFile = z
  .strictObject({
    version: text('Name of this version.'),
    calendars: z.record(z.string().min(1), calendarShape).meta({ description: 'When people work.' }),
    default: text(
      "Name of the calendar for everybody who has none below; its hours count by the clock of the rep's own time zone.",
    ),
    reps: z.record(z.string().min(1), z.string().min(1)).default({}).meta({
      description: 'Salesforce id of a rep: name of their calendar.',
    }),
    automations: z.array(z.string().min(1)).default([]).meta({
      description:
        'Salesforce ids of users behind whom nobody is (integrations, dialers, sequencers): nothing of theirs is a touch, and no lead is theirs.',
    }),
    quality: z
      .strictObject({
        'accepted-percent': percent
          .default(60)
          .meta({ description: 'At least so many of a hundred are accepted.' }),
        'bad-data-percent': percent.default(10).meta({ description: 'At most so many have bad data.' }),
      })
      .prefault({})
      .meta({ description: "Marketing's side: how good the leads are." }),
    'follow-up': z
      .strictObject({
        'asked-hours': hours
          .default(1)
          .meta({ description: 'Business hours to the first touch of who asked.' }),
        'scored-hours': hours
          .default(8)
          .meta({ description: 'Business hours to the first touch of the others.' }),
        'verdict-days': z
          .number()
          .min(0.1)
          .max(365)
          .default(5)
          .meta({ description: 'Working days to a yes or no.' }),
      })
      .prefault({})
      .meta({ description: "Sales' side: how soon they act." }),
    'hand-off': z
      .strictObject({
        hours: hours.default(1).meta({
          description:
            'Business hours (of the default calendar) that a hand-over may take until it counts as late.',
        }),
      })
      .prefault({})
      .meta({ description: 'How soon somebody who is ready is with a rep.' }),
    return: z
      .strictObject({
        hours: hours.default(8).meta({ description: 'Business hours from the no to a program.' }),
      })
      .prefault({})
      .meta({ description: 'How soon somebody whom sales gives back is in a program.' }),
    'remind-percent': z.number().min(1).max(99).default(50).meta({
      description: 'The rep is reminded when so much of the time is used.',
    }),
    breach: z
      .strictObject({
        tells: z
          .array(z.enum(['owner', 'manager']))
          .default(['manager'])
          .meta({ description: 'Who is told.' }),
        'reassign-hours': hours.optional().meta({
          description: 'Business hours after the breach until another rep gets the lead; absent: never.',
        }),
      })
      .prefault({})
      .meta({ description: 'What happens when the time is over.' }),
    pauses: z
      .array(
        z.strictObject({
          name: text('What reports call it.'),
          when: text('CEL expression; names: stage, contact, lead.'),
        }),
      )
      .default([])
      .meta({ description: 'While one of these holds, the clock stands still.' }),
    pilot: z
      .strictObject({
        start: day.meta({ description: 'First day (UTC).' }),
        end: day.meta({ description: 'The day (UTC) on which it is over.' }),
        owners: z
          .array(z.string().min(1))
          .min(1)
          .meta({ description: 'Salesforce ids of the reps who take part.' }),
        'measure-only-days': z
          .int()
          .min(0)
          .max(365)
          .default(30)
          .meta({ description: 'So long it only measures.' }),
        expected: text('The benefit that is expected, in words.').optional(),
      })
      .optional()
      .meta({ description: 'Acts for these reps alone; the others are measured for comparison.' }),
  })
  .meta({ title: 'Tandem service level', description: 'How good leads are, and how soon sales acts.' });

/** sla.yaml as read, defaults filled in. */
export type SlaFile = z.output<typeof slaFile>;
