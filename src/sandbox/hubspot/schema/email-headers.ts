import * as z from 'zod';
import { computed } from './build.ts';
import type { RecordView } from './property.ts';

const person = z.object({
  email: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
});
const headers = z.object({ from: person.optional(), to: z.array(person).default([]) });

/** Whatever is not readable is as good as not there. */
const headersOf = (record: RecordView): z.output<typeof headers> => {
  try {
    return headers.parse(JSON.parse(record.read('hs_email_headers') ?? '{}'));
  } catch {
    return { to: [] };
  }
};

/** A property of the sender, as `hs_email_headers` (JSON) has it; null where that is not readable. */
export const sender = (part: 'email' | 'firstName' | 'lastName') =>
  computed((record) => headersOf(record).from?.[part] ?? null);

/** A property of all recipients, joined by semicolons. */
export const recipients = (part: 'email' | 'firstName' | 'lastName') =>
  computed(
    (record) =>
      headersOf(record)
        .to.flatMap((one) => one[part] ?? [])
        .join(';') || null,
  );
