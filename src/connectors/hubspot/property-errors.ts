import { z } from 'zod';
import type { HubSpotError } from './wire.ts';

/** HubSpot blames one property; `code` is its word for why (`INVALID_OPTION`). */
export interface PropertyBlame {
  readonly property: string;
  readonly code: string;
}

const embeddedSchema = z.array(z.object({ name: z.string(), error: z.string() }));

/** The message of a VALIDATION_ERROR ends in a JSON list: `Property values were not valid: [{"error":…,"name":…}]`. */
const embeddedBlames = (message: string): readonly PropertyBlame[] => {
  const start = message.indexOf('[{');
  if (start < 0) return [];
  let list: unknown;
  try {
    list = JSON.parse(message.slice(start, message.lastIndexOf(']') + 1));
  } catch {
    return [];
  }
  const parsed = embeddedSchema.safeParse(list);
  return parsed.success ? parsed.data.map(({ name, error }) => ({ property: name, code: error })) : [];
};

/**
 * The properties that an error blames: out of `errors[]` where HubSpot gives it, else out of the JSON in the message.
 * Only names and codes; the texts beside them quote the values.
 */
export const blamedProperties = (error: HubSpotError): readonly PropertyBlame[] => {
  const listed = (error.errors ?? []).flatMap((entry) =>
    (entry.context?.propertyName ?? []).map((property) => ({
      property,
      code: entry.code ?? error.category ?? 'VALIDATION_ERROR',
    })),
  );
  if (listed.length > 0) return listed;
  const embedded = embeddedBlames(error.message ?? '');
  if (embedded.length > 0) return embedded;
  return (error.context?.propertyName ?? []).map((property) => ({
    property,
    code: error.category ?? 'VALIDATION_ERROR',
  }));
};
