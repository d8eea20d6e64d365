import * as z from 'zod';
import { bounceReasons } from '../schema/contact-options.ts';
import { isEmailAddress, normalizeEmail, parseInstant } from '../write/values.ts';

const instant = z.union([z.string(), z.number()]).transform((value, context) => {
  const ms = parseInstant(String(value));
  if (Number.isFinite(ms) && !Number.isNaN(new Date(ms).getTime())) return ms;
  context.addIssue({ code: 'custom', message: 'must be a time: ISO 8601 or milliseconds since 1970' });
  return z.NEVER;
});

const email = z
  .string()
  .transform(normalizeEmail)
  .refine(isEmailAddress, { message: 'must be an email address' });

const visitor = { email, at: instant.optional() };
const page = {
  url: z.string().max(2_000).default(''),
  title: z.string().max(1_000).default(''),
  referrer: z.string().max(2_000).default(''),
};
const campaignName = z.union([z.string(), z.number()]).transform(String);
/** Name or id of a marketing email; a name that is not there is that of a new one. */
const campaign = campaignName.default('Monthly newsletter');
/** `true` is `bot`. */
const machine = z
  .union([z.boolean(), z.enum(['bot', 'proxy'])])
  .default(false)
  .transform((given) => (given === true ? 'bot' : given === false ? 'person' : given));
const fieldValue = z
  .union([z.string(), z.number(), z.boolean(), z.null()])
  .transform((value) => (value === null ? '' : String(value)));

/**
 * One thing that a visitor does (POST /_sandbox/activity). `at` defaults to now and may lie in the past. Keys that a type does not have are
 * passed over.
 */
export const activityEntry = z.discriminatedUnion('type', [
  z.object({ type: z.literal('pageView'), ...visitor, ...page }),
  z.object({
    type: z.literal('formSubmission'),
    ...visitor,
    ...page,
    /** Name or guid; a name that the portal has no form of is captured as one. */
    form: z.string().min(1).default('Contact us'),
    /** Contact properties by name, beside the email. */
    fields: z.record(z.string(), fieldValue).default({}),
  }),
  z.object({ type: z.literal('emailDelivered'), ...visitor, campaign }),
  z.object({ type: z.literal('emailOpen'), ...visitor, campaign, machine }),
  z.object({ type: z.literal('emailClick'), ...visitor, campaign, machine, url: page.url }),
  z.object({
    type: z.literal('emailBounce'),
    ...visitor,
    campaign,
    bounce: z.enum(['hard', 'soft']).default('hard'),
    reason: z.enum(bounceReasons.map((option) => option.value)).default('UNKNOWN_USER'),
  }),
  z.object({
    type: z.literal('unsubscribe'),
    ...visitor,
    campaign: campaignName.optional(),
    /** Id or name of a subscription type; absent: all email. */
    subscription: z.union([z.string(), z.number()]).transform(String).optional(),
  }),
  z.object({
    type: z.literal('meetingBooked'),
    ...visitor,
    title: z.string().max(1_000).default('Introduction call'),
    /** When the meeting is; a day after the booking by default. */
    start: instant.optional(),
    minutes: z.int().min(1).max(1_440).default(30),
    /** Id or email of the owner whose calendar it is. */
    owner: z.string().optional(),
    firstname: z.string().optional(),
    lastname: z.string().optional(),
  }),
]);
export type ActivityEntry = z.output<typeof activityEntry>;

export const activityBody = z.array(activityEntry);
