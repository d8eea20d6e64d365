import * as z from 'zod';
import { type ApiReply, type Call, pathParam } from '../../core/message.ts';
import type { Route } from '../../core/routes.ts';
import type { Pipeline, Stage } from '../pipelines/pipelines.ts';
import type { HubspotState } from '../state.ts';
import { refuse, refuseRequest } from './errors.ts';
import { parseBody, queryFlag, storeOf } from './input.ts';

const base = '/crm/v3/pipelines/{objectType}';
const stagesMax = 100;

const iso = (ms: number): string => new Date(ms).toISOString();

const stageJson = (stage: Stage): Record<string, unknown> => ({
  label: stage.label,
  displayOrder: stage.displayOrder,
  metadata: stage.metadata,
  id: stage.id,
  createdAt: iso(stage.createdAt),
  updatedAt: iso(stage.updatedAt),
  archived: false,
  writePermissions: 'CRM_PERMISSIONS_ENFORCEMENT',
});

const pipelineJson = (pipeline: Pipeline): Record<string, unknown> => ({
  label: pipeline.label,
  displayOrder: pipeline.displayOrder,
  id: pipeline.id,
  stages: pipeline.stages.toSorted((a, b) => a.displayOrder - b.displayOrder).map(stageJson),
  createdAt: iso(pipeline.createdAt),
  updatedAt: iso(pipeline.updatedAt),
  archived: false,
});

const metadataValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const stageInput = z.object({
  label: z.string().min(1),
  displayOrder: z.int(),
  metadata: z.record(z.string(), metadataValue),
  stageId: z
    .string()
    .regex(/^[a-z0-9_-]+$/, 'must be lower case')
    .optional(),
});
const pipelineInput = z.object({
  label: z.string().min(1),
  displayOrder: z.int(),
  stages: z.array(stageInput).min(1).max(stagesMax),
  pipelineId: z.string().min(1).optional(),
});

interface Place {
  readonly object: string;
  readonly pipelines: Pipeline[];
}

const placeOf = (state: HubspotState, call: Call): Place => {
  const object = storeOf(state, call).schema.definition.name;
  const pipelines = state.pipelines.of(object);
  if (pipelines === null) throw refuseRequest(`${object} have no pipelines`);
  return { object, pipelines };
};

const pipelineOf = (state: HubspotState, call: Call): Place & { readonly pipeline: Pipeline } => {
  const place = placeOf(state, call);
  const pipeline = place.pipelines.find((one) => one.id === pathParam(call.params, 'pipelineId'));
  if (pipeline === undefined) throw refuse(404, 'OBJECT_NOT_FOUND', 'resource not found');
  return { ...place, pipeline };
};

const stageOf = (state: HubspotState, call: Call) => {
  const place = pipelineOf(state, call);
  const stage = place.pipeline.stages.find((one) => one.id === pathParam(call.params, 'stageId'));
  if (stage === undefined) throw refuse(404, 'OBJECT_NOT_FOUND', 'resource not found');
  return { ...place, stage };
};

/** Probability alone decides whether a deal's stage is closed: 0.0 and 1.0 are. */
const readMetadata = (metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  const { probability } = metadata;
  if (probability === undefined) throw refuseRequest('metadata.probability is required for a deal stage');
  const value = Number(probability);
  if (!(value >= 0 && value <= 1)) throw refuseRequest('metadata.probability must be from 0.0 to 1.0');
  return { ...metadata, probability: value.toFixed(1), isClosed: String(value === 0 || value === 1) };
};

const makeStage = (state: HubspotState, object: string, input: z.output<typeof stageInput>): Stage => {
  const now = state.clock.now();
  const id = input.stageId ?? state.pipelines.newId();
  if (state.pipelines.stageOf(object, id) !== null)
    throw refuse(409, 'CONFLICT', `A stage with the ID ${id} already exists`);
  const { label, displayOrder, metadata } = input;
  return { id, label, displayOrder, metadata: readMetadata(metadata), createdAt: now, updatedAt: now };
};

const createPipeline = (state: HubspotState, call: Call): ApiReply => {
  const { object, pipelines } = placeOf(state, call);
  const input = parseBody(call, pipelineInput);
  if (pipelines.some((one) => one.label === input.label))
    throw refuse(409, 'CONFLICT', 'A pipeline with this label already exists');
  const now = state.clock.now();
  const pipeline: Pipeline = {
    id: input.pipelineId ?? state.pipelines.newId(),
    label: input.label,
    displayOrder: input.displayOrder,
    stages: input.stages.map((stage) => makeStage(state, object, stage)),
    createdAt: now,
    updatedAt: now,
  };
  pipelines.push(pipeline);
  return { status: 201, body: pipelineJson(pipeline) };
};

/** Records in these stages; asked for by `validateReferencesBeforeDelete`. */
const assertUnused = (state: HubspotState, call: Call, object: string, stages: readonly Stage[]): void => {
  const isAsked =
    queryFlag(call, 'validateReferencesBeforeDelete') ||
    queryFlag(call, 'validateDealStageUsagesBeforeDelete');
  const store = state.find(object);
  const slot = store?.schema.slot(store.schema.definition.pipeline?.stage ?? '');
  if (!isAsked || store === undefined || slot === undefined) return;
  const ids = new Set(stages.map((stage) => stage.id));
  const records = store.page(
    0,
    100,
    (record) => record.archivedAt === null && ids.has(record.version.values[slot.index] ?? ''),
  );
  if (records.length === 0) return;
  const used = [...new Set(records.map((record) => record.version.values[slot.index] ?? ''))];
  const [stageIds, objectIds] = [used, records.map((record) => record.id)].map(
    (list) => `[${list.join(', ')}]`,
  );
  throw refuse(
    400,
    'VALIDATION_ERROR',
    `Stage IDs: ${stageIds} are being referenced by object IDs: ${objectIds}`,
    {
      context: { stageIds: [stageIds ?? ''], objectIds: [objectIds ?? ''] },
      subCategory: 'PipelineError.STAGE_ID_IN_USE',
    },
  );
};

const removeFrom = <T>(list: T[], item: T): void => {
  list.splice(list.indexOf(item), 1);
};

const patchSchema = z.object({ label: z.string().min(1).optional(), displayOrder: z.int().optional() });
const patchStageSchema = patchSchema.extend({ metadata: z.record(z.string(), metadataValue).optional() });

const apply = (target: Pipeline | Stage, change: z.output<typeof patchSchema>, now: number): void => {
  target.label = change.label ?? target.label;
  target.displayOrder = change.displayOrder ?? target.displayOrder;
  target.updatedAt = now;
};

const patchStage = (state: HubspotState, call: Call): ApiReply => {
  const { stage } = stageOf(state, call);
  const change = parseBody(call, patchStageSchema);
  if (change.metadata !== undefined) stage.metadata = readMetadata({ ...stage.metadata, ...change.metadata });
  apply(stage, change, state.clock.now());
  return { status: 200, body: stageJson(stage) };
};

/** https://developers.hubspot.com/docs/api/crm/pipelines */
export const pipelineRoutes = (state: HubspotState): Route[] => {
  const ok = (body: unknown): ApiReply => ({ status: 200, body });
  const route = (method: string, path: string, handle: (call: Call) => ApiReply): Route => ({
    method,
    template: `${base}${path}`,
    handle,
  });
  return [
    route('GET', '', (call) => ok({ results: placeOf(state, call).pipelines.map(pipelineJson) })),
    route('POST', '', (call) => createPipeline(state, call)),
    route('GET', '/{pipelineId}', (call) => ok(pipelineJson(pipelineOf(state, call).pipeline))),
    route('PATCH', '/{pipelineId}', (call) => {
      const { pipeline } = pipelineOf(state, call);
      apply(pipeline, parseBody(call, patchSchema), state.clock.now());
      return ok(pipelineJson(pipeline));
    }),
    route('DELETE', '/{pipelineId}', (call) => {
      const { object, pipelines, pipeline } = pipelineOf(state, call);
      assertUnused(state, call, object, pipeline.stages);
      removeFrom(pipelines, pipeline);
      return { status: 204 };
    }),
    route('GET', '/{pipelineId}/stages', (call) =>
      ok({ results: pipelineOf(state, call).pipeline.stages.map(stageJson) }),
    ),
    route('POST', '/{pipelineId}/stages', (call) => {
      const { object, pipeline } = pipelineOf(state, call);
      if (pipeline.stages.length >= stagesMax)
        throw refuseRequest(`A pipeline may have at most ${stagesMax} stages`);
      const stage = makeStage(state, object, parseBody(call, stageInput));
      pipeline.stages.push(stage);
      return { status: 201, body: stageJson(stage) };
    }),
    route('GET', '/{pipelineId}/stages/{stageId}', (call) => ok(stageJson(stageOf(state, call).stage))),
    route('PATCH', '/{pipelineId}/stages/{stageId}', (call) => patchStage(state, call)),
    route('DELETE', '/{pipelineId}/stages/{stageId}', (call) => {
      const { object, pipeline, stage } = stageOf(state, call);
      assertUnused(state, call, object, [stage]);
      removeFrom(pipeline.stages, stage);
      return { status: 204 };
    }),
  ];
};
