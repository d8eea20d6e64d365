import { z } from 'zod';
import {
  deletionChoices,
  emailChoices,
  leftChoices,
  lifeEventDefaults,
  ownerChoices,
  undeleteChoices,
  unseenChoices,
} from '../model/life-events.ts';
import {
  blankRules,
  breakerDefaults,
  conflictRules,
  consentNames,
  createRules,
  directions,
  duplicateChoices,
  firstRules,
  primaryRules,
  sourceClasses,
} from '../model/mapping.ts';
import { systems } from '../model/system.ts';
import { scaleMax } from './codecs/decimal.ts';
import { kindNames } from './codecs/registry.ts';

// The shape of a mapping file. config/schema/mapping.schema.json is made from it (npm run schema), descriptions included, so
// that an editor explains the keys; what no shape can say is in file-rules.ts. Defaults are told here and nowhere else.

const fieldName = (description: string) =>
  z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'letters, digits and _ only, as API names are')
    .meta({ description });

/** Rules that make sense for a stage: it is never blank, has no size and is no set. */
const placeRules = ['newest', 'prefer-hubspot', 'prefer-salesforce', 'hold'] as const;
const placeFirstRules = ['newest', 'prefer-hubspot', 'prefer-salesforce', 'hold'] as const;

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const field = z.strictObject({
  hubspot: fieldName("Internal name of the HubSpot property, e.g. 'firstname'."),
  salesforce: fieldName("API name of the Salesforce field, e.g. 'FirstName'."),
  converted: z
    .union([
      fieldName("API name of the field on the converted record, e.g. 'MailingStreet'."),
      z.literal(false),
    ])
    .optional()
    .meta({
      description:
        'The field on the converted record, where its name is another; false: it has none, and the value stays as it was.',
    }),
  only: z.literal('converted').optional().meta({
    description: 'converted: the field is aligned on converted records alone; the first object has none.',
  }),
  kind: z
    .enum(kindNames)
    .default('text')
    .meta({ description: 'What kind of value it is: decides what counts as equal.' }),
  direction: z.enum(directions).default('both').meta({ description: 'Which way changes flow.' }),
  conflict: z
    .enum(conflictRules)
    .default('newest')
    .meta({ description: 'What happens when both sides changed, differently. The loser is always kept.' }),
  tie: z.enum(systems).default('salesforce').meta({
    description:
      "Which side wins where 'newest' cannot tell: both changed within 2 seconds, or nobody knows when.",
  }),
  blank: z.enum(blankRules).default('clears').meta({
    description: 'Whether a value that was emptied empties the other side (clears) or not (keeps).',
  }),
  first: z.enum(firstRules).default('newest').meta({
    description:
      'What happens when two records meet for the first time and both are filled, differently. A blank never wins.',
  }),
  fill: z
    .strictObject({ hubspot: z.string().min(1).optional(), salesforce: z.string().min(1).optional() })
    .default({})
    .meta({
      description:
        'Written when a record is created on that side and the other has no value. Read as blank, so it never flows back.',
    }),
  group: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and - only')
    .optional()
    .meta({
      description:
        "Fields of one group (e.g. address) move together: in a conflict all come from the same side, by the first field's rules.",
    }),
  ranges: z.array(z.string().min(1)).min(1).optional().meta({
    description:
      "kind range: the options of HubSpot's property, ascending, e.g. ['1-5', '5-25', '1000+']; Salesforce has the number.",
  }),
  latch: z.boolean().default(false).meta({
    description:
      'kind boolean: consent. True on either side becomes true on both, whatever other rules say, and is never taken back. kind text and one direction: the first text that is there is kept (why mail bounced).',
  }),
  codes: z
    .strictObject({
      hubspot: fieldName(
        'HubSpot property that holds the currency code of the amount, e.g. deal_currency_code; or the code itself, e.g. USD.',
      ),
      salesforce: fieldName(
        'Salesforce field that holds it, e.g. CurrencyIsoCode; or the code itself where the org has one currency.',
      ),
    })
    .optional()
    .meta({
      description:
        'kind currency: amounts whose codes differ are not compared and not written; they are reported.',
    }),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'two capital letters (ISO 3166)')
    .optional()
    .meta({ description: 'kind phone: the country of numbers written without a country code, e.g. US.' }),
  scale: z.int().min(0).max(scaleMax).optional().meta({
    description: 'kind number, currency or percent: digits after the point that the Salesforce field keeps.',
  }),
  zone: z.string().min(1).optional().meta({
    description:
      "kind date: the HubSpot property holds a date and time; its day is what the clocks of this zone show, e.g. 'Europe/Berlin'.",
  }),
  of: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and - only')
    .optional()
    .meta({ description: "kind reference: what is referred to, 'owner' or the name of another mapping." }),
  values: z.record(z.string().min(1), scalar).optional().meta({
    description:
      'kind enum or multi-enum: HubSpot value → Salesforce value. A value that is not listed stays where it is. kind reference of owner: owner (id or email) → user (id or email) or queue (id or name; only for objects that it can own, the owner’s user has the others).',
  }),
  also: z.record(z.string().min(1), z.string().min(1)).optional().meta({
    description:
      'kind enum: further Salesforce values → the HubSpot value that each is read as, where several Salesforce values are one in HubSpot.',
  }),
});

const pipelines = z
  .strictObject({
    hubspot: z
      .strictObject({
        pipeline: fieldName('HubSpot property of the pipeline.').default('pipeline'),
        stage: fieldName('HubSpot property of the stage.').default('dealstage'),
      })
      .prefault({}),
    salesforce: z
      .strictObject({
        recordType: fieldName('Salesforce field of the record type.').default('RecordTypeId'),
        stage: fieldName('Salesforce field of the stage.').default('StageName'),
      })
      .prefault({}),
    direction: z.enum(directions).default('both').meta({ description: 'Which way changes flow.' }),
    conflict: z.enum(placeRules).default('newest').meta({
      description:
        'What happens when both sides moved the record, to different stages. The loser is always kept.',
    }),
    tie: z.enum(systems).default('salesforce').meta({
      description: "Which side wins where 'newest' cannot tell.",
    }),
    first: z.enum(placeFirstRules).default('newest').meta({
      description: 'What happens when two records meet for the first time, in different stages.',
    }),
    table: z
      .array(
        z.strictObject({
          pipeline: z.string().min(1).meta({ description: 'Internal id of the HubSpot pipeline.' }),
          recordType: z
            .string()
            .regex(/^012[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?$/, "the id of a record type, '012…'")
            .optional()
            .meta({
              description: 'Id of the Salesforce record type (15 or 18); absent: records without one.',
            }),
          stages: z.record(z.string().min(1), z.string().min(1)).meta({
            description:
              'Internal id of the HubSpot stage → Salesforce stage. A stage that is not listed stays where it is, and is reported.',
          }),
          also: z.record(z.string().min(1), z.string().min(1)).default({}).meta({
            description: 'Further Salesforce stages → the HubSpot stage that each is read as.',
          }),
        }),
      )
      .min(1)
      .meta({ description: 'One row for each pipeline, and the record type that it is.' }),
  })
  .meta({
    description:
      'Several pipelines: each is a record type, with stages of its own. Pipeline and stage move together; map neither in fields.',
  });

const contactRoles = z
  .strictObject({
    of: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and - only')
      .optional()
      .meta({
        description:
          "Name of the mapping of the people; absent: the one that aligns HubSpot contacts with Salesforce's Contact.",
      }),
    direction: z.enum(directions).default('both').meta({ description: 'Which way changes flow.' }),
    tie: z.enum(systems).default('salesforce').meta({
      description: "Whose role counts where both sides changed one person's, differently.",
    }),
    roles: z.record(z.string().min(1), z.string().min(1)).default({}).meta({
      description:
        "Label of HubSpot's association (deal to contact) → Salesforce's Role. A label or role that is not listed stays where it is.",
    }),
    primary: z.string().min(1).optional().meta({
      description:
        "HubSpot's label that stands for Salesforce's IsPrimary; absent: the mark stays where it is.",
    }),
  })
  .meta({
    description:
      'Who takes part in a deal, both ways: HubSpot associations of deals with contacts, Salesforce contact roles of opportunities.',
  });

const sourceClass = z.enum(sourceClasses);

const sources = z
  .strictObject({
    ranks: z
      .array(z.union([sourceClass, z.array(sourceClass).min(1)]))
      .default([['person', 'app'], 'form', 'enrichment', 'import'])
      .meta({ description: 'Whose word counts, highest first; a list in the list is one rank.' }),
    known: z.record(z.string().min(1), sourceClass).default({}).meta({
      description:
        "What a source is, where its word does not say it: 'hubspot:INTEGRATION:12345' (an app's id), 'salesforce:005…' (a user's id).",
    }),
  })
  .prefault({})
  .meta({
    description:
      'A lower source never replaces what a higher one entered: its value is kept beside and can be taken by hand.',
  });

const { flap, mass } = breakerDefaults;
const breakers = z
  .strictObject({
    flap: z
      .strictObject({
        flips: z.int().min(1).max(1_000).default(flap.flips),
        minutes: z.int().min(1).max(1_440).default(flap.minutes),
      })
      .prefault({})
      .meta({ description: 'A field that flips more often than this, no person involved, is parked.' }),
    mass: z
      .strictObject({
        records: z.int().min(1).default(mass.records),
        percent: z.number().min(0).max(100).default(mass.percent),
        minutes: z.int().min(1).max(1_440).default(mass.minutes),
        overwrites: z.enum(['alike', 'all', 'none']).default(mass.overwrites).meta({
          description: 'Which overwrites count: those with one value for all, all, or none.',
        }),
        creations: z.int().min(1).default(mass.creations).meta({
          description:
            'More records than this created in one system in so many minutes wait for a word; a first alignment, hand-offs and what was asked for by hand do not count.',
        }),
      })
      .prefault({})
      .meta({
        description:
          'More records than this, and more than this share of the pair, blanked, deleted or overwritten so wait for a word; and more than `creations` new ones.',
      }),
  })
  .prefault({})
  .meta({ description: 'When something is kept still because no person can have meant it.' });

const scopeRule = (example: string) =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ description: `CEL expression over the record's fields by API name, e.g. ${example}.` });

const scope = z
  .strictObject({
    hubspot: scopeRule("\"lifecyclestage in ['lead', 'customer']\""),
    salesforce: scopeRule('"Status != \'Unqualified\'"'),
    leaves: z.literal('keep').default('keep').meta({
      description: 'A record that leaves: keep, the link stays and nothing flows until it is back.',
    }),
  })
  .prefault({})
  .meta({
    description:
      'Which records take part; everyone where nothing is said. Consent (latch) flows all the same.',
  });

const { erasure: erasureDefaults, ...eventDefaults } = lifeEventDefaults;
const lifeEvents = z
  .strictObject({
    merge: z.literal('follow').default(eventDefaults.merge).meta({
      description: 'A record was merged into another. follow: the link goes to the survivor.',
    }),
    conversion: z.literal('follow').default(eventDefaults.conversion).meta({
      description: 'A lead was converted. follow: the link goes to its contact, the lead follows.',
    }),
    delete: z.enum(deletionChoices).default(eventDefaults.delete).meta({
      description:
        'The Salesforce record was deleted: the link ends, nothing is deleted in HubSpot. end: a question only where a change crossed it; ask: always.',
    }),
    archive: z.enum(deletionChoices).default(eventDefaults.archive).meta({
      description: 'The HubSpot record was archived: as delete, with the sides exchanged.',
    }),
    undelete: z.enum(undeleteChoices).default(eventDefaults.undelete).meta({
      description:
        'A deleted or archived record is back. revive: the link begins anew with what it knew; ask: a person decides.',
    }),
    erasure: z
      .strictObject({
        counterpart: z.enum(leftChoices).default(erasureDefaults.counterpart).meta({
          description:
            'What is left on the other side; it is never deleted. ask: a question names it; keep: it is kept without one.',
        }),
        unseen: z.enum(unseenChoices).default(erasureDefaults.unseen).meta({
          description:
            'A linked contact that HubSpot knows nothing of, look after look. erase: it was erased; park: UNREACHABLE, a person decides.',
        }),
        flag: z
          .strictObject({
            hubspot: fieldName('HubSpot property (single check box).').optional(),
            salesforce: fieldName(
              'Salesforce check box, e.g. one that follows Individual.ShouldForget.',
            ).optional(),
          })
          .prefault({})
          .meta({
            description: 'A check box that says, once it is ticked, that Tandem is to erase the person.',
          }),
      })
      .prefault({})
      .meta({ description: "A person is erased for privacy: Tandem's own values always go." }),
    emailChange: z.enum(emailChoices).default(eventDefaults.emailChange).meta({
      description:
        'A match key was changed to one that another record has on the other side. park: it is not sent, a person is told; send: it is.',
    }),
    ownerDeactivated: z.enum(ownerChoices).default(eventDefaults.ownerDeactivated).meta({
      description:
        'The owner has no active counterpart. The owner there stays as it is. park: somebody is told; keep: nobody is.',
    }),
    accessLost: z.literal('park').default(eventDefaults.accessLost).meta({
      description:
        'A record is not shown to Tandem any more, and nothing says that it is gone. park: its link waits as UNREACHABLE and goes on once it is shown again.',
    }),
    recordType: z.literal('align').default(eventDefaults.recordType).meta({
      description:
        "Record type or pipeline was changed. align: the fields go on, a value that does not fit there is parked. 'scope' lets types leave.",
    }),
  })
  .prefault({})
  .meta({
    description: "What is done about the events in a record's life; every default is the careful choice.",
  });

const create = z.enum(createRules).meta({
  description:
    'matchable: a record is created here for everyone who has a valid match key; always: for every record; sales-ready (Salesforce): for those whom the lifecycle hands to sales; never: only existing ones are linked.',
});

export const mappingFile = z
  .strictObject({
    object: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and - only')
      .meta({ description: "Name of the pair, used in reports and commands, e.g. 'people'." }),
    hubspot: fieldName("HubSpot object type, e.g. 'contacts'."),
    salesforce: fieldName("API name of the Salesforce object, e.g. 'Lead'."),
    converted: fieldName(
      "API name of the object that a record lives on as once it was converted, e.g. 'Contact'.",
    ).optional(),
    identity: z
      .strictObject({
        hubspot: fieldName('HubSpot property (unique) that holds the Salesforce id.'),
        salesforce: fieldName('Salesforce field (external id, unique) that holds the HubSpot id.'),
      })
      .meta({ description: 'The fields in which the two records of a pair name each other.' }),
    match: z.array(fieldName('HubSpot name of a mapped field.')).meta({
      description:
        'Mapped fields (by HubSpot name) by which records that are not linked yet find each other. Empty: by the identity fields alone.',
    }),
    native: z
      .array(fieldName("HubSpot property that holds a Salesforce id, e.g. 'salesforcecontactid'."))
      .default([])
      .meta({
        description:
          "Who comes from HubSpot's own Salesforce integration: the HubSpot properties in which it left the id of the Salesforce record. Records that are not linked yet find each other by it before the match keys.",
      }),
    create: z
      .strictObject({
        hubspot: create,
        salesforce: create,
        converted: z.string().min(1).optional().meta({
          description:
            "CEL expression over HubSpot's properties and 'converted.FIELD' (what the converted record would have, e.g. converted.AccountId != null): where it holds, whoever is missing is created as a converted record (a contact), else as the first object (a lead).",
        }),
      })
      .meta({ description: 'Whether a record without counterpart is created on each side, and as what.' }),
    primary: z.enum(primaryRules).default('oldest').meta({
      description:
        'Several Salesforce records of one HubSpot record: which of them is aligned, the others follow. A contact before a lead, an open lead before a converted one, then this.',
    }),
    duplicates: z.enum(duplicateChoices).default('review').meta({
      description:
        'A duplicate rule of Salesforce warns that a record may be there already. review: nothing is saved, a person is asked; save: it is saved all the same. A rule that blocks is never passed.',
    }),
    scope,
    sources,
    breakers,
    lifeEvents,
    consentNowhere: z.array(z.enum(consentNames)).min(1).optional().meta({
      description:
        'Consent of people that the company decided not to carry over. What is not named here and has no latch, `tandem check` fails by.',
    }),
    contactRoles: contactRoles.optional(),
    pipelines: pipelines.optional(),
    fields: z.array(field).min(1).meta({ description: 'The fields that are kept aligned.' }),
  })
  .meta({
    title: 'Tandem mapping',
    description: 'How one HubSpot object and one Salesforce object are kept aligned.',
  });

/** A mapping file as read, defaults filled in. */
export type MappingFile = z.output<typeof mappingFile>;
export type MappingFileField = MappingFile['fields'][number];

/** The JSON Schema of a mapping file, for editors: draft 7, which yaml-language-server reads best. */
export const mappingJsonSchema = (): unknown =>
  z.toJSONSchema(mappingFile, { io: 'input', target: 'draft-7' });
