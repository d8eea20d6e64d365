import { z } from 'zod';
import type { CallContext } from '../../model/budget.ts';
import type { CampaignMembership, MembershipOutcome } from '../../model/campaign.ts';
import type { Api } from './api.ts';
import { chunksOf, collectionMax } from './read-many.ts';
import { rowCategory, toFailure, vendorErrorsSchema } from './vendor-error.ts';

const resultsSchema = z.array(
  z.object({ id: z.string().nullish(), success: z.boolean(), errors: vendorErrorsSchema.nullish() }),
);
type Result = z.infer<typeof resultsSchema>[number];

const toRecord = ({ campaign, person, status }: CampaignMembership): Readonly<Record<string, unknown>> => ({
  attributes: { type: 'CampaignMember' },
  CampaignId: campaign,
  [person.type === 'Lead' ? 'LeadId' : 'ContactId']: person.id,
  ...(status === null ? {} : { Status: status }),
});

/** Salesforce itself keeps anybody from being a member twice (DUPLICATE_VALUE, 'Already a campaign member.'): who is one is one. */
const outcomeOf = (result: Result | undefined): MembershipOutcome => {
  if (result === undefined) return { kind: 'unknown', cause: 'the answer has fewer rows than were sent' };
  const error = result.errors?.[0];
  if (result.success || error?.code === 'DUPLICATE_VALUE') return { kind: 'landed' };
  if (error === undefined) return { kind: 'unknown', cause: 'refused without a reason' };
  return { kind: 'refused', failure: toFailure(error, rowCategory(error)) };
};

/**
 * Makes leads and contacts members of campaigns, 200 a call; one outcome each, in order. Made again after an unknown outcome it repeats nothing.
 * Source: Object Reference, CampaignMember; REST API guide, sObject Collections. Never rejects for what the vendor says.
 */
export const joinCampaigns = async (
  api: Api,
  members: readonly CampaignMembership[],
  context: CallContext,
): Promise<readonly MembershipOutcome[]> => {
  const outcomes: MembershipOutcome[] = [];
  for (const chunk of chunksOf(members, collectionMax)) {
    const call = await api.write(
      context,
      {
        method: 'POST',
        path: '/composite/sobjects',
        headers: { 'Sforce-Mru': 'updateMru=false' },
        body: { allOrNone: false, records: chunk.map(toRecord) },
      },
      resultsSchema,
    );
    outcomes.push(...chunk.map((_, at) => (call.kind === 'answered' ? outcomeOf(call.body[at]) : call)));
  }
  return outcomes;
};
