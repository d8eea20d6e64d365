import * as z from 'zod';
import { type ApiReply, type Call, pathParam } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import { type Flow, flowsOf } from '../flows/flows.ts';
import type { HubspotState } from '../state.ts';
import { recordNotFound, refuseRequest } from './errors.ts';
import { parseBody, queryLimit } from './input.ts';
import { nextPage } from './paging.ts';
import { scopedRoute } from './scopes.ts';

const base = '/automation/v4/flows';
const pageSize = { default: 100, max: 100 } as const;

const shared = (flow: Flow): Record<string, unknown> => ({
  id: flow.id,
  isEnabled: flow.isEnabled,
  flowType: 'WORKFLOW',
  objectTypeId: '0-1',
  name: flow.name,
  revisionId: flow.revisionId,
  createdAt: new Date(flow.createdAt).toISOString(),
  updatedAt: new Date(flow.updatedAt).toISOString(),
});

/** The whole workflow; who enters it stands in the filters alone, which the list of workflows does not have. */
const flowJson = (flow: Flow, contentId: string): unknown => ({
  ...shared(flow),
  type: 'CONTACT_FLOW',
  startActionId: '1',
  nextAvailableActionId: '2',
  actions: [
    {
      actionId: '1',
      actionTypeId: '0-4',
      actionTypeVersion: 0,
      type: 'SINGLE_CONNECTION',
      fields: { content_id: contentId },
    },
  ],
  enrollmentCriteria: {
    shouldReEnroll: true,
    type: 'LIST_BASED',
    listFilterBranch: {
      filterBranches: [
        {
          filterBranches: [],
          filters: [{ operator: 'IN_LIST', listId: flow.listId, filterType: 'IN_LIST' }],
          filterBranchType: 'AND',
          filterBranchOperator: 'AND',
        },
      ],
      filters: [],
      filterBranchType: 'OR',
      filterBranchOperator: 'OR',
    },
    unEnrollObjectsNotMeetingCriteria: false,
    reEnrollmentTriggersFilterBranches: [],
  },
  timeWindows: [],
  blockedDates: [],
  customProperties: {},
  dataSources: [],
  crmObjectCreationStatus: 'COMPLETE',
  suppressionListIds: [],
  canEnrollFromSalesforce: false,
});

/** The email that every program begins with. */
const firstMail = (state: HubspotState): string =>
  state.activity.emails.all().find(({ name }) => name === 'Nurture: first mail')?.id ?? '';

const listFlows = (state: HubspotState, call: Call): ApiReply => {
  const flows = flowsOf(state.lists);
  const limit = queryLimit(call, pageSize.default, pageSize.max);
  const after = call.request.query.get('after') ?? '';
  const at = after === '' ? 0 : flows.findIndex((flow) => flow.id === after) + 1;
  if (after !== '' && at === 0) throw refuseRequest('after must be the value of paging.next.after');
  const page = flows.slice(at, at + limit);
  const hasMore = at + limit < flows.length;
  return {
    status: 200,
    body: { results: page.map(shared), ...nextPage(call, hasMore ? (page.at(-1)?.id ?? null) : null) },
  };
};

const readFlow = (state: HubspotState, call: Call): ApiReply => {
  const id = pathParam(call.params, 'flowId');
  const flow = flowsOf(state.lists).find((one) => one.id === id);
  if (flow === undefined) throw recordNotFound();
  return { status: 200, body: flowJson(flow, firstMail(state)) };
};

const batchSchema = z.object({
  inputs: z.array(z.object({ flowId: z.string(), type: z.literal('FLOW_ID') })).max(100),
});

/** Ids that are not there are left out. */
const readFlows = (state: HubspotState, call: Call): ApiReply => {
  const wanted = new Set(parseBody(call, batchSchema).inputs.map(({ flowId }) => flowId));
  const instant = new Date(state.clock.now()).toISOString();
  const results = flowsOf(state.lists)
    .filter(({ id }) => wanted.has(id))
    .map((flow) => flowJson(flow, firstMail(state)));
  return { status: 200, body: { status: 'COMPLETE', results, startedAt: instant, completedAt: instant } };
};

/** Workflows, in beta (https://developers.hubspot.com/docs/guides/api/automation/workflows-v4); to be read here, not to be made. */
export const flowRoutes = (state: HubspotState): Route[] => [
  scopedRoute(state, ['automation'], 'GET', base, listFlows),
  scopedRoute(state, ['automation'], 'GET', `${base}/{flowId}`, readFlow),
  scopedRoute(state, ['automation'], 'POST', `${base}/batch/read`, readFlows),
];
