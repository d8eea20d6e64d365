import { z } from 'zod';
import type { System } from '../../model/system.ts';

const system = z.enum(['hubspot', 'salesforce']);
const sourceRef = z
  .string()
  .regex(/^(hubspot|salesforce):.+$/)
  .transform((text) => {
    const mark = text.indexOf(':');
    return { system: text.slice(0, mark) as System, id: text.slice(mark + 1) };
  });

const known = z.discriminatedUnion('event', [
  z.object({ event: z.literal('ready'), url: z.string(), pairs: z.array(z.string()) }),
  z.object({ event: z.literal('alignment-started') }),
  z.object({ event: z.literal('alignment-page'), hubspot: z.number(), salesforce: z.number() }),
  z.object({ event: z.literal('alignment-done'), pair: z.string() }),
  z.object({
    event: z.literal('change'),
    from: sourceRef,
    to: system,
    id: z.string(),
    op: z.enum(['create', 'update']),
    fields: z.string().transform((text) => text.split(' ')),
    outcome: z.enum(['landed', 'refused', 'unknown']),
  }),
  z.object({
    event: z.literal('call-failed'),
    system,
    code: z.string(),
    message: z.string(),
    next: z.string(),
  }),
]);

/** What the worker says on stdout, as far as the story needs it. Lines name records and fields, never values. */
export type WorkerEvent = z.infer<typeof known>;

/** An event in a line of the worker's output; null for everything else. */
export const parseWorkerLine = (line: string): WorkerEvent | null => {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = known.safeParse(json);
  return parsed.success ? parsed.data : null;
};
