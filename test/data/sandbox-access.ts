import { z } from 'zod';

/** The line that the sandbox prints: where it is, and who signs in with what. */
export const accessShape = z.object({
  hubspot: z.url(),
  salesforce: z.url(),
  hubspotToken: z.string(),
  hubspotPersonToken: z.string(),
  hubspotClientId: z.string(),
  hubspotClientSecret: z.string(),
  salesforceUsername: z.string(),
  salesforcePassword: z.string(),
  salesforceClientId: z.string(),
  salesforceClientSecret: z.string(),
  salesforcePersonUsername: z.string(),
  salesforcePersonPassword: z.string(),
});
export type Access = z.infer<typeof accessShape>;
