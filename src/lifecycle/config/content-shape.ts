import { z } from 'zod';
import { contentKinds } from '../content/model.ts';
import { stages } from '../stage/stages.ts';

// The shape of content.yaml. config/schema/content.schema.json is made from it (npm run schema), descriptions included; what no
// shape can say is in content-rules.ts.

const text = (description: string) => z.string().min(1).meta({ description });
const names = (description: string) => z.array(z.string().min(1)).default([]).meta({ description });
const name = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u, 'letters, digits, spaces, dots, - and _ only');
const language = z
  .string()
  .regex(/^[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{2,8})*$/, 'it must be a language, as en or pt-BR');

const audience = (description: string) =>
  z
    .record(name, text('CEL expression; names: contact, lead (their fields by API name).'))
    .default({})
    .meta({ description });

const piece = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and - only')
    .meta({ description: 'Names the piece for good: reports count by it.' }),
  title: text('As reps and people know it.'),
  url: text('Where people read it: an http or https address.'),
  kind: z.enum(contentKinds).meta({ description: 'What it is.' }),
  stages: z
    .array(z.enum(stages))
    .min(1)
    .meta({ description: 'Where people stand for whom it is made; opportunity: for deals.' }),
  'deal-stages': names(
    "Stages of opportunities, as Salesforce calls them, for which it is made; absent: every one. Needs 'opportunity' under stages.",
  ),
  segments: names('Segments, one of which the person has to be in; absent: everybody.'),
  personas: names('Personas, one of which the person has to be; absent: everybody.'),
  topics: names('What it is about: who looked at one of these has it recommended before others.'),
  language: language
    .optional()
    .meta({ description: 'Its language, as en or pt-BR; absent: of no language.' }),
  'valid-until': z.iso
    .date('it must be a day, as 2026-12-31')
    .optional()
    .meta({ description: 'Its last day (UTC); absent: it stays valid.' }),
  forms: names('HubSpot forms by which people get it: who sent one has it already.'),
  say: text('What to say with it, in a sentence.').optional(),
});

export const contentFile = z
  .strictObject({
    version: text('Name of this version of the catalogue.'),
    max: z.int().min(1).max(10).default(3).meta({ description: 'So many pieces are recommended at once.' }),
    segments: audience('What companies can be, by name.'),
    personas: audience('What people can be, by name.'),
    topics: z
      .record(name, z.array(z.string().min(1)).min(1))
      .default({})
      .meta({ description: 'Words, in pages, forms and mails that somebody opened, that mean a topic.' }),
    language: z
      .strictObject({
        from: text("HubSpot property with the person's language.").default('hs_language'),
        otherwise: language.default('en').meta({ description: 'The language of those who have none there.' }),
      })
      .prefault({}),
    pieces: z.array(piece).min(1).meta({ description: 'The pieces; of equal ones the first goes first.' }),
  })
  .meta({ title: 'Tandem content', description: 'What reps can send, and for whom it is made.' });

/** content.yaml as read, defaults filled in. */
export type ContentFile = z.output<typeof contentFile>;
