import { z } from 'zod';
import { blocklistedCode } from '../../model/failure.ts';
import type { HubSpotError } from './wire.ts';

/** HubSpot blames one property; `code` is its word for why (`INVALID_OPTION`). */
export interface PropertyBlame {
  readonly property: string;
  readonly code: string;
}

const embeddedSchema = z.array(
  z.object({ name: z.string(), error: z.string(), message: z.string().catch('') }),
);

/** HubSpot's words for an address that nobody can have any more, since its contact was deleted for good: `email has been GDPR blacklisted`. */
const blocklisted = /\bGDPR\b|\bb(?:lock|lack)listed\b/i;

/** Its code for that is not documented, and the same as that of a wrong address in some versions: the words are surer. */
const codeOf = (code: string, message: string | null | undefined): string =>
  blocklisted.test(message ?? '') ? blocklistedCode : code;

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
  return parsed.success
    ? parsed.data.map(({ name, error, message }) => ({ property: name, code: codeOf(error, message) }))
    : [];
};

/**
 * The properties that an error blames: out of `errors[]` where HubSpot gives it, else out of the JSON in the message.
 * Only names and codes; the texts beside them quote the values, and are read for what they are about alone.
 */
export const blamedProperties = (error: HubSpotError): readonly PropertyBlame[] => {
  const listed = (error.errors ?? []).flatMap((entry) =>
    (entry.context?.propertyName ?? []).map((property) => ({
      property,
      code: codeOf(entry.code ?? error.category ?? 'VALIDATION_ERROR', entry.message),
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
